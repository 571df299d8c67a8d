-- MachineDeployment and KubeadmControlPlane.
--
-- Argo CD's own check of a MachineDeployment looks at status.phase, which is Running as soon as there are enough Machine
-- objects: before their machines have booted, and all through a rollout. It has none for a control plane.
local spec = obj.spec or {}
local status = obj.status or {}
local other = status.v1beta2 or {} -- where core v1beta1 keeps what is new

local function condition(name)
  for _, list in ipairs({ status.conditions or {}, other.conditions or {} }) do
    for _, c in ipairs(list) do
      if c.type == name and c.status == "True" then
        return c
      end
    end
  end
end

local function answer(health, message)
  return { status = health, message = message }
end

if spec.paused or condition("Paused") then
  return answer("Suspended", "paused")
end
if status.failureMessage ~= nil then
  return answer("Degraded", status.failureMessage)
end
if obj.status == nil or status.observedGeneration == nil or status.observedGeneration < (obj.metadata.generation or 0) then
  return answer("Progressing", "the controller has not seen this change yet")
end
local remediating = condition("Remediating")
if remediating then
  return answer("Degraded", remediating.message or "unhealthy machines are being replaced")
end

local wanted = spec.replicas or 1
local are = status.replicas or 0
local new = status.upToDateReplicas or other.upToDateReplicas or status.updatedReplicas or 0
local available = status.availableReplicas or other.availableReplicas or status.readyReplicas or 0

if new < wanted then
  return answer("Progressing", new .. " of " .. wanted .. " machines are as wanted")
end
if are > wanted then
  return answer("Progressing", are - wanted .. " machines are still to be deleted")
end
if available < wanted then
  return answer("Progressing", available .. " of " .. wanted .. " machines are available")
end
return answer("Healthy", available .. " machines are available")
