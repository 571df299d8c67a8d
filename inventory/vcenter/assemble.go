// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vspread/vspread/inventory"
)

// inventory puts the objects of all classes together.
func (b *builder) inventory() inventory.Inventory {
	var inv inventory.Inventory
	for _, n := range b.chosen.datacenters {
		inv.Datacenters = append(inv.Datacenters, inventory.Datacenter{Name: n.name, Path: b.pathOf(n), ID: n.ref.Value, Tags: b.tags[n.ref]})
	}
	for _, n := range b.chosen.clusters {
		inv.Clusters = append(inv.Clusters, b.cluster(n))
	}
	for _, n := range b.chosen.hosts {
		inv.Hosts = append(inv.Hosts, b.host(n))
	}
	for _, n := range b.chosen.datastores {
		inv.Datastores = append(inv.Datastores, b.datastore(n))
	}
	for _, n := range b.chosen.pods {
		inv.DatastoreClusters = append(inv.DatastoreClusters, b.datastoreCluster(n))
	}
	for _, n := range b.chosen.networks {
		inv.Networks = append(inv.Networks, b.network(n))
	}
	for _, n := range b.chosen.pools {
		// Pools and folders are known by their path; where that is not visible, their entries stay as they were.
		if p := b.pathOf(n); p != "" {
			inv.ResourcePools = append(inv.ResourcePools, inventory.ResourcePool{Path: p, ID: n.ref.Value, Tags: b.tags[n.ref]})
		} else {
			b.hidden[n.ref.Value] = true
		}
	}
	for _, n := range b.chosen.folders {
		if p := b.pathOf(n); p != "" {
			inv.Folders = append(inv.Folders, inventory.Folder{Path: p, ID: n.ref.Value, Tags: b.tags[n.ref]})
		} else {
			b.hidden[n.ref.Value] = true
		}
	}
	for _, n := range b.chosen.templates {
		inv.Templates = append(inv.Templates, b.template(n))
	}
	b.disagreements()
	return inv
}

func (b *builder) cluster(n *node) inventory.ComputeCluster {
	c := value[cluster](n, "configurationEx")
	out := inventory.ComputeCluster{Name: n.name, Path: b.pathOf(n), ID: n.ref.Value, DRS: c.drs, Tags: b.tags[n.ref], VMGroups: slices.Clone(c.vmGroups)}
	for _, g := range c.hostGroups {
		names, hidden := b.names(g.Host)
		b.outOfSight(n, hidden, "the hosts of host group %s are", g.Name)
		if hidden > 0 {
			b.doubt(n, "hostGroups")
		}
		out.HostGroups = append(out.HostGroups, inventory.HostGroup{Name: g.Name, Hosts: names})
	}
	return out
}

func (b *builder) host(n *node) inventory.Host {
	out := inventory.Host{
		Name:      n.name,
		ID:        n.ref.Value,
		CPUs:      int(value[int16](n, "summary.hardware.numCpuCores")),
		MemoryMiB: int(nearest(value[int64](n, "summary.hardware.memorySize"), 1<<20)),
		Tags:      b.tags[n.ref],
	}
	if c := b.above(n, "ClusterComputeResource"); c != nil {
		out.Cluster = b.pathOf(c)
	} else if alone := b.above(n, "ComputeResource"); alone != nil {
		// Where hosts stand that nobody put into a folder goes without saying.
		if dc := b.above(alone, "Datacenter"); dc != nil && b.pathOf(alone) != b.pathOf(dc)+"/host/"+n.name {
			out.Path = b.pathOf(alone)
		}
	}
	switch value[types.HostSystemConnectionState](n, "runtime.connectionState") {
	case types.HostSystemConnectionStateConnected:
		out.State = inventory.Connected
		if value[bool](n, "runtime.inMaintenanceMode") {
			out.State = inventory.Maintenance
		}
	case types.HostSystemConnectionStateDisconnected, types.HostSystemConnectionStateNotResponding:
		out.State = inventory.Disconnected
	}
	return out
}

func (b *builder) datastoreCluster(n *node) inventory.DatastoreCluster {
	out := inventory.DatastoreCluster{Name: n.name, Path: b.pathOf(n), ID: n.ref.Value, Tags: b.tags[n.ref]}
	for _, d := range b.chosen.members[n.ref] {
		out.Datastores = append(out.Datastores, b.spelled(d))
	}
	return out
}

func (b *builder) template(n *node) inventory.Template {
	out := inventory.Template{
		Name:    n.name,
		Path:    b.pathOf(n),
		ID:      n.ref.Value,
		GuestOS: value[string](n, "config.guestId"),
		Tags:    b.tags[n.ref],
	}
	if disks := value[[]disk](n, "config.hardware.device"); len(disks) > 0 {
		// Upwards: a machine's disk must not be smaller than its template's.
		out.DiskGiB = int((disks[0].bytes + 1<<30 - 1) >> 30)
	}
	var hidden int
	if out.Datastores, hidden = b.datastoreNames(references(n, "datastore")); hidden > 0 {
		b.outOfSight(n, hidden, "its datastores are")
		b.doubt(n, "datastores")
	}
	if n.missing["snapshot"] == "" {
		_, has := n.values["snapshot"]
		out.Snapshot = &has
	}
	return out
}
