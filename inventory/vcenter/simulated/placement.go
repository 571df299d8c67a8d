// SPDX-License-Identifier: Apache-2.0

package simulated

import (
	"slices"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// place gives a host to each clone that names none, as vCenter does. The simulator leaves a clone
// on its template's host and panics where that host does not mount the datastore; and a create without a host
// scrambles its list of the cluster's hosts.
func place(ctx *simulator.Context, m *simulator.Method) (mo.Reference, types.BaseMethodFault) {
	switch r := m.Body.(type) {
	case *types.CloneVM_Task:
		resizeOwn(r.Spec.Config)
		l := &r.Spec.Location
		if l.Host == nil && l.Pool != nil && l.Datastore != nil {
			l.Host = pick(ctx, *l.Pool, *l.Datastore)
			if l.Host == nil {
				return nil, &types.InvalidDatastore{Datastore: l.Datastore}
			}
		}
	case *types.CreateVM_Task:
		var path object.DatastorePath
		if r.Host != nil || r.Config.Files == nil || !path.FromString(r.Config.Files.VmPathName) {
			return nil, nil
		}
		for _, e := range ctx.Map.All("Datastore") {
			if ds, ok := e.(*simulator.Datastore); ok && ds.Name == path.Datastore {
				if r.Host = pick(ctx, r.Pool, ds.Self); r.Host != nil {
					return nil, nil
				}
			}
		}
		return nil, &types.InvalidDatastore{Name: path.Datastore}
	}
	return nil, nil
}

// resizeOwn lets a clone whose disk is to be of another size have a file of its own for it. Who asks for that sends the
// template's disk with the new size, as Cluster API does; a vCenter knows that the clone's is meant, and the simulator gives it
// the template's file, which goes when the clone is destroyed.
func resizeOwn(spec *types.VirtualMachineConfigSpec) {
	if spec == nil {
		return
	}
	for _, change := range spec.DeviceChange {
		c := change.GetVirtualDeviceConfigSpec()
		disk, ok := c.Device.(*types.VirtualDisk)
		if !ok || c.Operation != types.VirtualDeviceConfigSpecOperationEdit {
			continue
		}
		if backing, ok := disk.Backing.(*types.VirtualDiskFlatVer2BackingInfo); ok {
			// The simulator then names the file itself.
			backing.FileName, backing.Datastore = "", nil
			c.FileOperation = types.VirtualDeviceConfigSpecFileOperationReplace
		}
	}
}

// pick chooses the host that can run a machine on the datastore and has the fewest.
func pick(ctx *simulator.Context, pool, datastore types.ManagedObjectReference) *types.ManagedObjectReference {
	p, ok := ctx.Map.Get(pool).(*simulator.ResourcePool)
	if !ok {
		return nil
	}
	ds, ok := ctx.Map.Get(datastore).(*simulator.Datastore)
	if !ok {
		return nil
	}
	var best *simulator.HostSystem
	for _, m := range ds.Host {
		h, ok := ctx.Map.Get(m.Key).(*simulator.HostSystem)
		if !ok || h.Parent == nil || *h.Parent != p.Owner || h.Runtime.InMaintenanceMode ||
			h.Runtime.ConnectionState != types.HostSystemConnectionStateConnected {
			continue
		}
		if m.MountInfo.Accessible != nil && !*m.MountInfo.Accessible || !slices.Contains(h.Datastore, datastore) {
			continue
		}
		if best == nil || len(h.Vm) < len(best.Vm) || len(h.Vm) == len(best.Vm) && h.Self.Value < best.Self.Value {
			best = h
		}
	}
	if best == nil {
		return nil
	}
	return &best.Self
}
