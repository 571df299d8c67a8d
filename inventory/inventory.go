// SPDX-License-Identifier: Apache-2.0

// Package inventory is what vspread knows of a vSphere: its hosts, datastores and templates, kept in
// git as a ConfigMap. It is the only memory vspread has.
//
// The package takes and gives values only. Parse takes the text of the ConfigMap and gives an Inventory, checked;
// Format gives the one canonical form of the text. Merge takes an Inventory and a Reading of a vCenter, and gives the next
// Inventory; Forget gives one without what is gone, Changes what is different in one, in sentences. Advise judges it;
// IsLocal and Shared classify datastores; Find resolves the names, paths and ids that manifests use for vSphere objects.
package inventory

import (
	"cmp"
	"slices"
)

// APIVersion and Kind head the text of an inventory.
const (
	APIVersion = "vspread.dev/v1alpha1"
	Kind       = "Inventory"
)

// State is the state of a host or datastore. Only Gone has consequences for pools; the others are
// transient and give a warning.
type State string

// The states. An empty State is Connected: the hand-written minimum does not have it.
const (
	Connected    State = "connected"
	Maintenance  State = "maintenance"
	Disconnected State = "disconnected"
	Inaccessible State = "inaccessible"
	// Gone is what vCenter no longer shows and the inventory still remembers. Its pools stay at zero
	// replicas until the entry is forgotten.
	Gone State = "gone"
)

// Inventory is one vCenter's part that clusters may use. The order of fields here is the order in
// which Format writes them.
type Inventory struct {
	// Server, Version, InstanceID and Thumbprint identify the vCenter.
	Server     string `json:"server,omitempty"`
	Version    string `json:"version,omitempty"`
	InstanceID string `json:"instanceID,omitempty"`
	Thumbprint string `json:"thumbprint,omitempty"`
	// LastOrdinal is the highest ordinal that was ever given, when no datastore has it any more.
	LastOrdinal       int                `json:"lastOrdinal,omitempty"`
	Datacenters       []Datacenter       `json:"datacenters,omitempty"`
	Clusters          []ComputeCluster   `json:"clusters,omitempty"`
	Hosts             []Host             `json:"hosts,omitempty"`
	Datastores        []Datastore        `json:"datastores,omitempty"`
	DatastoreClusters []DatastoreCluster `json:"datastoreClusters,omitempty"`
	Networks          []Network          `json:"networks,omitempty"`
	ResourcePools     []ResourcePool     `json:"resourcePools,omitempty"`
	Folders           []Folder           `json:"folders,omitempty"`
	Templates         []Template         `json:"templates,omitempty"`
	StoragePolicies   []StoragePolicy    `json:"storagePolicies,omitempty"`
	// Gaps names what could not be read; a gap is not an absence.
	Gaps []string `json:"gaps,omitempty"`
	// Disagreements are where vCenter contradicts itself: both sides could be read.
	Disagreements []string `json:"disagreements,omitempty"`
}

// Tags maps tag categories to tags.
type Tags map[string]string

// Datacenter is a vSphere datacenter.
type Datacenter struct {
	Name string `json:"name"`
	Path string `json:"path,omitempty"`
	ID   string `json:"id,omitempty"`
	Tags Tags   `json:"tags,omitempty"`
}

// ComputeCluster is a vSphere compute cluster.
type ComputeCluster struct {
	Name string `json:"name"`
	Path string `json:"path,omitempty"`
	ID   string `json:"id,omitempty"`
	DRS  *bool  `json:"drs,omitempty"`
	// HostGroups and VMGroups are those of DRS rules.
	HostGroups []HostGroup `json:"hostGroups,omitempty"`
	VMGroups   []string    `json:"vmGroups,omitempty"`
	Tags       Tags        `json:"tags,omitempty"`
}

// HostGroup is a named group of hosts of a compute cluster.
type HostGroup struct {
	Name  string   `json:"name"`
	Hosts []string `json:"hosts,omitempty"`
}

// Host is an ESXi host.
type Host struct {
	Name string `json:"name"`
	ID   string `json:"id,omitempty"`
	// Path is that of a host which stands alone in a folder of hosts; without it the host is at <datacenter>/host/<name>.
	Path string `json:"path,omitempty"`
	// Cluster is the inventory path of the compute cluster; a stand-alone host has none.
	Cluster string `json:"cluster,omitempty"`
	// CPUs counts the physical cores.
	CPUs      int   `json:"cpus,omitempty"`
	MemoryMiB int   `json:"memoryMiB,omitempty"`
	State     State `json:"state,omitempty"`
	Tags      Tags  `json:"tags,omitempty"`
}

// Datastore is a vSphere datastore.
type Datastore struct {
	Name string `json:"name"`
	Path string `json:"path,omitempty"`
	ID   string `json:"id,omitempty"`
	// Ordinal is the datastore's age: given at first sight and never given again. The oldest takes the
	// odd replica, so that a newcomer moves as little as possible.
	Ordinal int `json:"ordinal,omitempty"`
	// URL is ds:///vmfs/volumes/…/ as the vSphere CSI driver wants it.
	URL string `json:"url,omitempty"`
	// Type is VMFS, NFS, NFS41, vsan, VVOL…; absent is VMFS.
	Type        string `json:"type,omitempty"`
	CapacityGiB int    `json:"capacityGiB,omitempty"`
	FreeGiB     int    `json:"freeGiB,omitempty"`
	// Local overrides what the type and the mount list say.
	Local *bool `json:"local,omitempty"`
	State State `json:"state,omitempty"`
	// Hosts is the mount list, accessible or not.
	Hosts []string `json:"hosts,omitempty"`
	Tags  Tags     `json:"tags,omitempty"`
}

// DatastoreCluster is a storage pod with its members by name.
type DatastoreCluster struct {
	Name       string   `json:"name"`
	Path       string   `json:"path,omitempty"`
	ID         string   `json:"id,omitempty"`
	Datastores []string `json:"datastores,omitempty"`
	Tags       Tags     `json:"tags,omitempty"`
}

// Security is the security policy of a port group.
type Security struct {
	Promiscuous     *bool `json:"promiscuous,omitempty"`
	MACChanges      *bool `json:"macChanges,omitempty"`
	ForgedTransmits *bool `json:"forgedTransmits,omitempty"`
}

// Network is a network or port group.
type Network struct {
	Name     string    `json:"name"`
	Path     string    `json:"path,omitempty"`
	ID       string    `json:"id,omitempty"`
	Type     string    `json:"type,omitempty"`
	Hosts    []string  `json:"hosts,omitempty"`
	Security *Security `json:"security,omitempty"`
	Tags     Tags      `json:"tags,omitempty"`
}

// ResourcePool is a resource pool; it is known by its path.
type ResourcePool struct {
	Path string `json:"path"`
	ID   string `json:"id,omitempty"`
	Tags Tags   `json:"tags,omitempty"`
}

// Folder is a folder for virtual machines; it is known by its path.
type Folder struct {
	Path string `json:"path"`
	ID   string `json:"id,omitempty"`
	Tags Tags   `json:"tags,omitempty"`
}

// Template is a virtual machine that others are cloned from.
type Template struct {
	Name       string   `json:"name"`
	Path       string   `json:"path,omitempty"`
	ID         string   `json:"id,omitempty"`
	GuestOS    string   `json:"guestOS,omitempty"`
	DiskGiB    int      `json:"diskGiB,omitempty"`
	Datastores []string `json:"datastores,omitempty"`
	// Snapshot tells whether it has one, as a linked clone needs.
	Snapshot *bool `json:"snapshot,omitempty"`
	Tags     Tags  `json:"tags,omitempty"`
}

// StoragePolicy is a storage policy with the names of the datastores that satisfy it.
type StoragePolicy struct {
	Name       string   `json:"name"`
	ID         string   `json:"id,omitempty"`
	Datastores []string `json:"datastores,omitempty"`
}

// Host finds a host by name.
func (inv *Inventory) Host(name string) (Host, bool) {
	// Sorted by name since Parse.
	i, ok := slices.BinarySearchFunc(inv.Hosts, name, func(h Host, n string) int { return cmp.Compare(h.Name, n) })
	if !ok {
		return Host{}, false
	}
	return inv.Hosts[i], true
}

// HostNames lists the hosts that are not gone.
func (inv *Inventory) HostNames() []string {
	var names []string
	for _, h := range inv.Hosts {
		if h.State != Gone {
			names = append(names, h.Name)
		}
	}
	return names
}

// canonicalise gives every list its one order, in copies. Names are not unique in vSphere, so paths and
// ids decide among equals.
func (inv *Inventory) canonicalise() {
	inv.Datacenters = sortBy(inv.Datacenters, func(x Datacenter) string { return key(x.Name, x.Path, x.ID) })
	inv.Clusters = sortBy(inv.Clusters, func(x ComputeCluster) string { return key(x.Name, x.Path, x.ID) })
	inv.Hosts = sortBy(inv.Hosts, func(x Host) string { return key(x.Name, x.Cluster, x.ID) })
	inv.Datastores = sortBy(inv.Datastores, func(x Datastore) string { return key(x.Name, x.Path, x.ID, x.URL) })
	inv.DatastoreClusters = sortBy(inv.DatastoreClusters, func(x DatastoreCluster) string { return key(x.Name, x.Path, x.ID) })
	inv.Networks = sortBy(inv.Networks, func(x Network) string { return key(x.Name, x.Path, x.ID) })
	inv.ResourcePools = sortBy(inv.ResourcePools, func(x ResourcePool) string { return key(x.Path, x.ID) })
	inv.Folders = sortBy(inv.Folders, func(x Folder) string { return key(x.Path, x.ID) })
	inv.Templates = sortBy(inv.Templates, func(x Template) string { return key(x.Name, x.Path, x.ID) })
	inv.StoragePolicies = sortBy(inv.StoragePolicies, func(x StoragePolicy) string { return key(x.Name, x.ID) })
	for i := range inv.Clusters {
		inv.Clusters[i].VMGroups = slices.Sorted(slices.Values(inv.Clusters[i].VMGroups))
		inv.Clusters[i].HostGroups = sortBy(inv.Clusters[i].HostGroups, func(x HostGroup) string { return key(x.Name) })
		for j := range inv.Clusters[i].HostGroups {
			g := &inv.Clusters[i].HostGroups[j]
			g.Hosts = slices.Sorted(slices.Values(g.Hosts))
		}
	}
	for i := range inv.Datastores {
		inv.Datastores[i].Hosts = slices.Sorted(slices.Values(inv.Datastores[i].Hosts))
	}
	for i := range inv.DatastoreClusters {
		inv.DatastoreClusters[i].Datastores = slices.Sorted(slices.Values(inv.DatastoreClusters[i].Datastores))
	}
	for i := range inv.Networks {
		inv.Networks[i].Hosts = slices.Sorted(slices.Values(inv.Networks[i].Hosts))
	}
	for i := range inv.Templates {
		inv.Templates[i].Datastores = slices.Sorted(slices.Values(inv.Templates[i].Datastores))
	}
	for i := range inv.StoragePolicies {
		inv.StoragePolicies[i].Datastores = slices.Sorted(slices.Values(inv.StoragePolicies[i].Datastores))
	}
	inv.Gaps = slices.Sorted(slices.Values(inv.Gaps))
	inv.Disagreements = slices.Sorted(slices.Values(inv.Disagreements))
}

func sortBy[T any](list []T, key func(T) string) []T {
	return slices.SortedStableFunc(slices.Values(list), func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}

// key joins parts with a byte that sorts before all that names consist of.
func key(parts ...string) string {
	joined := ""
	for _, p := range parts {
		joined += p + "\x00"
	}
	return joined
}
