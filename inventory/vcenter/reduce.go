// SPDX-License-Identifier: Apache-2.0

package vcenter

import "github.com/vmware/govmomi/vim25/types"

// portGroup is what matters of a host's standard port group.
type portGroup struct {
	name     string
	security types.HostNetworkSecurityPolicy
}

func reducePortGroups(groups []types.HostPortGroup) []portGroup {
	var out []portGroup
	for _, g := range groups {
		if g.ComputedPolicy.Security != nil {
			out = append(out, portGroup{g.Spec.Name, *g.ComputedPolicy.Security})
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
