// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/vim25/types"
)

// sources tells which properties make which fields of an inventory.
var sources = []struct {
	kinds    []string
	property string
	fields   []string
	// optional is a property that vCenter leaves out where it is empty; another one that is left out is not known, as the
	// configuration of a disconnected host or of an inaccessible machine.
	optional bool
}{
	{[]string{"ClusterComputeResource"}, "configurationEx", []string{"drs", "hostGroups", "vmGroups"}, false},
	{[]string{"HostSystem"}, "runtime.connectionState", []string{"state"}, false},
	{[]string{"HostSystem"}, "runtime.inMaintenanceMode", []string{"state"}, false},
	{[]string{"HostSystem"}, "summary.hardware.numCpuCores", []string{"cpus"}, false},
	{[]string{"HostSystem"}, "summary.hardware.memorySize", []string{"memoryMiB"}, false},
	{[]string{"HostSystem"}, "datastore", []string{"datastores"}, true},
	{[]string{"Datastore"}, "summary", []string{"url", "type", "capacityGiB", "freeGiB", "state"}, false},
	{[]string{"Datastore"}, "host", []string{"hosts"}, true},
	{[]string{"Network", "OpaqueNetwork", "DistributedVirtualPortgroup"}, "host", []string{"hosts"}, true},
	{[]string{"DistributedVirtualPortgroup"}, "config.defaultPortConfig", []string{"security"}, false},
	{[]string{"VirtualMachine"}, "config.guestId", []string{"guestOS"}, false},
	{[]string{"VirtualMachine"}, "config.hardware.device", []string{"diskGiB"}, false},
	{[]string{"VirtualMachine"}, "datastore", []string{"datastores"}, true},
	{[]string{"VirtualMachine"}, "snapshot", []string{"snapshot"}, true},
}

// unknown notes the fields of objects that could not be read. Of those outside of the scope it tells whether their hosts could.
func (b *builder) unknown(nodes []*node) {
	for _, n := range nodes {
		for _, s := range sources {
			if _, read := n.values[s.property]; slices.Contains(s.kinds, n.ref.Type) && (n.missing[s.property] != "" || !read && !s.optional) {
				b.doubt(n, s.fields...)
			}
		}
		if n.ref.Type == "Datastore" && !b.chosen.within[n.ref] && !slices.ContainsFunc(mounts(n), func(m hostMount) bool { return m.mounted }) {
			// Nobody mounts it at the moment, so it says nothing of who had it.
			b.doubt(n, "hosts")
		}
		switch {
		case b.pathOf(n) != "":
		case n.ref.Type == "HostSystem":
			b.doubt(n, "cluster", "path")
		default:
			b.doubt(n, "path")
		}
		if summary, read := n.values["summary"].(types.DatastoreSummary); read && !summary.Accessible {
			// What vCenter shows of an inaccessible datastore is what it last knew, or nothing.
			b.doubt(n, "capacityGiB", "freeGiB")
			if summary.Url == "" {
				b.doubt(n, "url")
			}
			if summary.Type == "" {
				b.doubt(n, "type")
			}
		}
	}
}
