-- VSphereCluster, VSphereMachine, VSphereVM, VSphereDeploymentZone and VSphereClusterIdentity, for which Argo CD has no
-- check. CAPV sums up in Ready (Available for an identity). What it waits for is Progressing, what somebody has to
-- look at is Degraded.
local status = obj.status or {}
-- Conditions of the new form: in v1beta1 they lie below v1beta2, and the old form says by severity how grave it is.
local conditions = status.conditions or {}
if status.v1beta2 ~= nil and status.v1beta2.conditions ~= nil then
  conditions = status.v1beta2.conditions
end

-- What Ready is made of. Others are False when all is well.
local parts = {
  ClusterModulesReady = true,
  FailureDomainValidated = true,
  FailureDomainsReady = true,
  IPAddressClaimsFulfilled = true,
  PlacementConstraintReady = true,
  VCenterAvailable = true,
  VirtualMachineProvisioned = true,
}
-- Argo CD gives these scripts no string functions, so they are listed.
local passing = {
  Deleting = true,
  IPAddressClaimsBeingCreated = true,
  PoweringOn = true,
  Provisioning = true,
  WaitingForBIOSUUID = true,
  WaitingForBootstrapData = true,
  WaitingForClone = true,
  WaitingForClusterInfrastructureReady = true,
  WaitingForControlPlaneInitialized = true,
  WaitingForFailureDomainStatus = true,
  WaitingForIPAddress = true,
  WaitingForIPAllocation = true,
  WaitingForNetworkAddress = true,
  WaitingForStaticIPAllocation = true,
  WaitingForVirtualMachineGroup = true,
}

local function isFailure(c)
  if c.severity ~= nil then
    return c.severity ~= "Info"
  end
  -- Before the first attempt the reason is one of failure, without a message.
  return (c.message or "") ~= "" and not passing[c.reason or ""]
end

local ready, failure
for _, c in ipairs(conditions) do
  if c.type == "Paused" and c.status == "True" then
    return { status = "Suspended", message = "paused" }
  end
  local sum = c.type == "Ready" or (c.type == "Available" and obj.kind == "VSphereClusterIdentity")
  if sum then
    ready = c
  end
  -- The sum says whether it fails in the old form, and for an identity, which has no parts.
  local counts = parts[c.type] or (sum and (c.severity ~= nil or obj.kind == "VSphereClusterIdentity"))
  if counts and c.status == "False" and isFailure(c) then
    failure = c
  end
end
if failure ~= nil then
  return { status = "Degraded", message = failure.type .. ": " .. (failure.message or failure.reason or "") }
end
if ready ~= nil and ready.status == "True" then
  return { status = "Healthy", message = "ready" }
end
-- In v1beta1 an identity may have neither.
if ready == nil and status.ready == true then
  return { status = "Healthy", message = "ready" }
end
local message = "CAPV has not looked at it yet"
if ready ~= nil then
  message = ready.message or ""
  if message == "" then
    message = ready.reason or "not ready"
  end
end
return { status = "Progressing", message = message }
