// SPDX-License-Identifier: Apache-2.0

package simulated

import (
	"context"
	"path"
	"strings"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// Machine is what a virtual machine or template is made of.
type Machine struct {
	Name         string
	Folder, Pool Ref
	Host         Ref
	Datastore    Ref
	DiskGiB      int64
	GuestOS      string
	Template     bool
	Snapshot     bool
}

// Machine makes a virtual machine or a template.
func (b *Builder) Machine(m Machine) Ref {
	if dc, ok := b.ctx.Map.Get(m.Folder).(*simulator.Datacenter); ok {
		m.Folder = dc.VmFolder
	}
	if c, ok := b.ctx.Map.Get(m.Pool).(*simulator.ClusterComputeResource); ok {
		m.Pool = *c.ResourcePool
	}
	ds := b.ctx.Map.Get(m.Datastore).(*simulator.Datastore)
	// Machines of one name in different folders get different directories, as in vCenter.
	plain := strings.NewReplacer("/", "_", "\\", "_", "%", "_").Replace(m.Name)
	home := "[" + ds.Name + "] " + m.Folder.Value + "-" + plain
	spec := types.VirtualMachineConfigSpec{Name: plain, GuestId: m.GuestOS, NumCPUs: 2, MemoryMB: 4096,
		Files: &types.VirtualMachineFileInfo{VmPathName: home}}
	var devices object.VirtualDeviceList
	scsi, err := devices.CreateSCSIController("pvscsi")
	must(err)
	disk := devices.CreateDisk(scsi.(types.BaseVirtualController), types.ManagedObjectReference{}, path.Join(home, "disk-0.vmdk"))
	disk.CapacityInKB = m.DiskGiB << 20
	disk.CapacityInBytes = m.DiskGiB << 30
	devices = append(devices, scsi, disk)
	spec.DeviceChange, err = devices.ConfigSpec(types.VirtualDeviceConfigSpecOperationAdd)
	must(err)

	folder := object.NewFolder(b.client, m.Folder)
	task, err := folder.CreateVM(b.ctx, spec, object.NewResourcePool(b.client, m.Pool), object.NewHostSystem(b.client, m.Host))
	must(err)
	info, err := task.WaitForResult(context.Background())
	must(err)
	vm := object.NewVirtualMachine(b.client, info.Result.(Ref))
	own := b.ctx.Map.Get(vm.Reference()).(*simulator.VirtualMachine)
	// The simulator loses parts of the specification where it has to escape the name.
	own.Name = strings.NewReplacer("%", "%25", "/", "%2f", "\\", "%5c").Replace(m.Name)
	own.Config.Name, own.Summary.Config.Name = own.Name, own.Name
	if m.Snapshot {
		// The simulator makes one only of disks that it made itself in another way.
		ref := Ref{Type: "VirtualMachineSnapshot", Value: "snapshot-" + own.Self.Value}
		own.Snapshot = &types.VirtualMachineSnapshotInfo{CurrentSnapshot: &ref, RootSnapshotList: []types.VirtualMachineSnapshotTree{
			{Snapshot: ref, Vm: own.Self, Name: "linked"},
		}}
	}
	if m.Template {
		must(vm.MarkAsTemplate(b.ctx))
	}
	return vm.Reference()
}

// Copies makes n more of a template, in its folder and under other names, at once: through the API each would
// take a hundred times as long.
func (b *Builder) Copies(template Ref, n int, name func(int) string) []Ref {
	vm := b.ctx.Map.Get(template).(*simulator.VirtualMachine)
	folder := b.ctx.Map.Get(*vm.Parent).(*simulator.Folder)
	host := b.ctx.Map.Get(*vm.Runtime.Host).(*simulator.HostSystem)
	var made []Ref
	for i := range n {
		c := &simulator.VirtualMachine{VirtualMachine: vm.VirtualMachine}
		config := *vm.Config
		c.Config = &config
		c.Name, c.Config.Name, c.Summary.Config.Name = name(i), name(i), name(i)
		b.ctx.Map.NewEntity(c)
		b.ctx.Map.PutEntity(folder, c)
		folder.ChildEntity = append(folder.ChildEntity, c.Self)
		host.Vm = append(host.Vm, c.Self)
		made = append(made, c.Self)
	}
	return made
}
