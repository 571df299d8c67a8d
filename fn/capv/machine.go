// SPDX-License-Identifier: Apache-2.0

// Package capv knows the kinds of Cluster API Provider vSphere that vspread reads and writes, as small structs in the form of
// v1beta2. It takes nodes and gives what the API server would refuse. Tests hold the structs to the real CRDs
// (fields.txt, and test/crd).
package capv

// MachineSpec is spec.template.spec of a VSphereMachineTemplate.
type MachineSpec struct {
	Template                        string            `json:"template"`
	CloneMode                       CloneMode         `json:"cloneMode"`
	Snapshot                        string            `json:"snapshot"`
	Server                          string            `json:"server"`
	Thumbprint                      string            `json:"thumbprint"`
	Datacenter                      string            `json:"datacenter"`
	Folder                          string            `json:"folder"`
	Datastore                       string            `json:"datastore"`
	StoragePolicyName               string            `json:"storagePolicyName"`
	ResourcePool                    string            `json:"resourcePool"`
	Network                         Network           `json:"network"`
	NumCPUs                         int32             `json:"numCPUs"`
	NumCoresPerSocket               int32             `json:"numCoresPerSocket"`
	Resources                       Resources         `json:"resources"`
	MemoryMiB                       int64             `json:"memoryMiB"`
	DiskGiB                         int32             `json:"diskGiB"`
	AdditionalDisksGiB              []int32           `json:"additionalDisksGiB"`
	CustomVMXKeys                   map[string]string `json:"customVMXKeys"`
	TagIDs                          []string          `json:"tagIDs"`
	PCIDevices                      []PCIDevice       `json:"pciDevices"`
	OS                              OS                `json:"os"`
	HardwareVersion                 string            `json:"hardwareVersion"`
	DataDisks                       []Disk            `json:"dataDisks"`
	NestedHV                        bool              `json:"nestedHV"`
	FtEncryptionMode                FtEncryptionMode  `json:"ftEncryptionMode"`
	MigrateEncryption               MigrateEncryption `json:"migrateEncryption"`
	CryptoKeyID                     string            `json:"cryptoKeyID"`
	CryptoProfile                   string            `json:"cryptoProfile"`
	ProviderID                      string            `json:"providerID"`
	PowerOffMode                    PowerOffMode      `json:"powerOffMode"`
	GuestSoftPowerOffTimeoutSeconds int32             `json:"guestSoftPowerOffTimeoutSeconds"`
	Naming                          Naming            `json:"naming"`
}

// Naming is how virtual machines get their names.
type Naming struct {
	Template string `json:"template"`
}

// Network is how a machine is connected.
type Network struct {
	Devices []NetworkDevice `json:"devices"`
	Routes  []Route         `json:"routes"`
}

// NetworkDevice is a network card.
type NetworkDevice struct {
	NetworkName        string        `json:"networkName"`
	DeviceName         string        `json:"deviceName"`
	DHCP4              bool          `json:"dhcp4"`
	DHCP6              bool          `json:"dhcp6"`
	Gateway4           string        `json:"gateway4"`
	Gateway6           string        `json:"gateway6"`
	IPAddrs            []string      `json:"ipAddrs"`
	MTU                int64         `json:"mtu"`
	MACAddr            string        `json:"macAddr"`
	Nameservers        []string      `json:"nameservers"`
	Routes             []Route       `json:"routes"`
	SearchDomains      []string      `json:"searchDomains"`
	AddressesFromPools []IPPool      `json:"addressesFromPools"`
	DHCP4Overrides     DHCPOverrides `json:"dhcp4Overrides"`
	DHCP6Overrides     DHCPOverrides `json:"dhcp6Overrides"`
	SkipIPAllocation   bool          `json:"skipIPAllocation"`
}

// IPPool refers to a pool of addresses.
type IPPool struct {
	APIGroup string `json:"apiGroup"`
	Kind     string `json:"kind"`
	Name     string `json:"name"`
}

// DHCPOverrides change what is taken from DHCP.
type DHCPOverrides struct {
	Hostname     string `json:"hostname"`
	RouteMetric  int32  `json:"routeMetric"`
	SendHostname bool   `json:"sendHostname"`
	UseDNS       bool   `json:"useDNS"`
	UseDomains   string `json:"useDomains"`
	UseHostname  bool   `json:"useHostname"`
	UseMTU       bool   `json:"useMTU"`
	UseNTP       bool   `json:"useNTP"`
	UseRoutes    string `json:"useRoutes"`
}

// Route is a static route.
type Route struct {
	To     string `json:"to"`
	Via    string `json:"via"`
	Metric int32  `json:"metric"`
}

// Resources are reservations, limits and shares.
type Resources struct {
	Requests Amounts `json:"requests"`
	Limits   Amounts `json:"limits"`
	Shares   Shares  `json:"shares"`
}

// Amounts are quantities such as 2Gi.
type Amounts struct {
	CPU    Quantity `json:"cpu"`
	Memory Quantity `json:"memory"`
}

// Shares are relative.
type Shares struct {
	CPU    int32 `json:"cpu"`
	Memory int32 `json:"memory"`
}

// Quantity is a number or a text.
type Quantity struct{ text string }

// UnmarshalJSON takes both.
func (q *Quantity) UnmarshalJSON(text []byte) error {
	q.text = string(text)
	return nil
}

// PCIDevice is a device that is passed through.
type PCIDevice struct {
	DeviceID    int32  `json:"deviceId"`
	VendorID    int32  `json:"vendorId"`
	VGPUProfile string `json:"vGPUProfile"`
	CustomLabel string `json:"customLabel"`
}

// Disk is a disk next to the template's.
type Disk struct {
	Name             string           `json:"name"`
	SizeGiB          int32            `json:"sizeGiB"`
	ProvisioningMode ProvisioningMode `json:"provisioningMode"`
}

// CloneMode is a way to clone.
type CloneMode string

// Allowed lists the values.
func (CloneMode) Allowed() []string { return []string{"fullClone", "linkedClone"} }

// OS is a family of operating systems. The CRD takes any text; CAPV knows these.
type OS string

// Allowed lists the values.
func (OS) Allowed() []string { return []string{"Linux", "Windows"} }

// PowerOffMode is a way to switch a machine off.
type PowerOffMode string

// Allowed lists the values.
func (PowerOffMode) Allowed() []string { return []string{"hard", "soft", "trySoft"} }

// ProvisioningMode is how a disk takes its space.
type ProvisioningMode string

// Allowed lists the values.
func (ProvisioningMode) Allowed() []string { return []string{"Thin", "Thick", "EagerlyZeroed"} }

// FtEncryptionMode is how traffic of fault tolerance is encrypted.
type FtEncryptionMode string

// Allowed lists the values.
func (FtEncryptionMode) Allowed() []string {
	return []string{"ftEncryptionDisabled", "ftEncryptionOpportunistic", "ftEncryptionRequired"}
}

// MigrateEncryption is how migrations are encrypted.
type MigrateEncryption string

// Allowed lists the values.
func (MigrateEncryption) Allowed() []string { return []string{"disabled", "opportunistic", "required"} }
