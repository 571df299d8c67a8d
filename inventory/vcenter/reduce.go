// SPDX-License-Identifier: Apache-2.0

package vcenter

import "github.com/vmware/govmomi/vim25/types"

// other is a value that is there, and of a type that nobody asked for.
type other struct{}

// reduce keeps of a property what matters.
func reduce(value types.AnyType) types.AnyType {
	switch v := value.(type) {
	case types.ArrayOfHostPortGroup:
		return reducePortGroups(v.HostPortGroup)
	case types.ArrayOfVirtualDevice:
		return reduceDisks(v.VirtualDevice)
	case types.ArrayOfDatastoreHostMount:
		return reduceMounts(v.DatastoreHostMount)
	case types.ClusterConfigInfoEx:
		return reduceCluster(v)
	case types.VMwareDVSPortSetting:
		return distributed(v)
	case string, bool, int16, int64, types.ManagedObjectReference, types.ArrayOfManagedObjectReference, types.DatastoreSummary,
		types.HostSystemConnectionState, types.VirtualMachinePowerState:
		return v
	}
	return other{}
}

// hostMount is a host that a datastore lists.
type hostMount struct {
	host types.ManagedObjectReference
	// mounted tells whether it mounts it. Not mounted is not the same as inaccessible, which stays in the list.
	mounted bool
}

func reduceMounts(all []types.DatastoreHostMount) []hostMount {
	out := make([]hostMount, len(all))
	for i, m := range all {
		out[i] = hostMount{m.Key, m.MountInfo.Mounted == nil || *m.MountInfo.Mounted}
	}
	return out
}

// portGroups is what matters of a host's standard port groups: their policies by their names.
type portGroups map[string][]types.HostNetworkSecurityPolicy

func reducePortGroups(groups []types.HostPortGroup) portGroups {
	out := portGroups{}
	for _, g := range groups {
		if g.ComputedPolicy.Security != nil {
			out[g.Spec.Name] = append(out[g.Spec.Name], *g.ComputedPolicy.Security)
		}
	}
	return out
}

// disk is what matters of a virtual disk.
type disk struct {
	bytes     int64
	datastore *types.ManagedObjectReference
	// volume tells that it is a disk by itself, as the CSI driver makes them, which comes and goes.
	volume bool
}

func reduceDisks(devices []types.BaseVirtualDevice) []disk {
	var out []disk
	for _, device := range devices {
		d, ok := device.(*types.VirtualDisk)
		if !ok {
			continue
		}
		r := disk{bytes: d.CapacityInBytes, volume: d.VDiskId != nil}
		if r.bytes == 0 {
			r.bytes = d.CapacityInKB << 10
		}
		if b, ok := d.Backing.(types.BaseVirtualDeviceFileBackingInfo); ok {
			r.datastore = b.GetVirtualDeviceFileBackingInfo().Datastore
		}
		out = append(out, r)
	}
	return out
}

// cluster is what matters of a compute cluster's configuration.
type cluster struct {
	drs        *bool
	hostGroups []types.ClusterHostGroup
	vmGroups   []string
}

func reduceCluster(c types.ClusterConfigInfoEx) cluster {
	out := cluster{drs: c.DrsConfig.Enabled}
	for _, g := range c.Group {
		switch g := g.(type) {
		case *types.ClusterHostGroup:
			out.hostGroups = append(out.hostGroups, *g)
		case *types.ClusterVmGroup:
			out.vmGroups = append(out.vmGroups, g.Name)
		}
	}
	return out
}
