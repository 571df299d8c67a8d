// SPDX-License-Identifier: Apache-2.0

package simulated_test

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vspread/vspread/inventory/vcenter/simulated"
)

// TestClone clones the template to each local datastore as Cluster API does, without a host and with a larger disk: the machine
// must land on the host that mounts it, with all that it has. The simulator alone panics here. It goes again each time, and
// the template must not suffer.
func TestClone(t *testing.T) {
	t.Parallel()
	lab, err := simulated.Start(simulated.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer lab.Close()
	ctx := context.Background()
	u := lab.URL
	u.User = url.UserPassword(simulated.Username, simulated.Password)
	c, err := govmomi.NewClient(ctx, &u, true)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Logout(ctx) }()
	finder := find.NewFinder(c.Client)
	template, err := finder.VirtualMachine(ctx, "/Datacenter/vm/tkg/photon-3-kube-v1.21.2")
	if err != nil {
		t.Fatal(err)
	}
	folder, err := finder.Folder(ctx, "/Datacenter/vm/tkg")
	if err != nil {
		t.Fatal(err)
	}
	pool := lab.Find("ResourcePool", "tkg")
	devices, err := template.Device(ctx)
	if err != nil {
		t.Fatal(err)
	}
	disk := devices.SelectByType((*types.VirtualDisk)(nil))[0].(*types.VirtualDisk)
	disk.CapacityInKB = 40 << 20
	larger := &types.VirtualMachineConfigSpec{DeviceChange: []types.BaseVirtualDeviceConfigSpec{
		&types.VirtualDeviceConfigSpec{Operation: types.VirtualDeviceConfigSpecOperationEdit, Device: disk},
	}}
	for datastore, host := range map[string]string{"datastore00": "host-21", "datastore01": "host-22", "datastore02": "host-23"} {
		ref := lab.Find("Datastore", datastore)
		task, err := template.Clone(ctx, folder, "on-"+datastore, types.VirtualMachineCloneSpec{
			Location: types.VirtualMachineRelocateSpec{Datastore: &ref, Pool: &pool}, Config: larger,
		})
		if err != nil {
			t.Fatal(err)
		}
		info, err := task.WaitForResult(ctx)
		if err != nil {
			t.Fatal(err)
		}
		made := object.NewVirtualMachine(c.Client, info.Result.(types.ManagedObjectReference))
		var vm mo.VirtualMachine
		if err := made.Properties(ctx, made.Reference(), []string{"runtime.host", "datastore", "config.hardware.device"}, &vm); err != nil {
			t.Fatal(err)
		}
		if vm.Runtime.Host.Value != host || len(vm.Datastore) != 1 || vm.Datastore[0] != ref {
			t.Errorf("%s: on host %v and datastores %v, want %s", datastore, vm.Runtime.Host, vm.Datastore, host)
		}
		disks := object.VirtualDeviceList(vm.Config.Hardware.Device).SelectByType((*types.VirtualDisk)(nil))
		if len(disks) != 1 || disks[0].(*types.VirtualDisk).CapacityInKB != disk.CapacityInKB {
			t.Errorf("%s: disks %+v, want one of 40 GiB", datastore, disks)
		}
		task, err = made.Destroy(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := task.Wait(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFindByUUID looks for machines as Cluster API does, before and after it made one.
func TestFindByUUID(t *testing.T) {
	t.Parallel()
	lab, err := simulated.Start(simulated.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer lab.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	u := lab.URL
	u.User = url.UserPassword(simulated.Username, simulated.Password)
	c, err := govmomi.NewClient(ctx, &u, true)
	if err != nil {
		t.Fatal(err)
	}
	template := lab.Find("VirtualMachine", "photon-3-kube-v1.21.2")
	var vm mo.VirtualMachine
	if err := c.RetrieveOne(ctx, template, []string{"config.uuid"}, &vm); err != nil {
		t.Fatal(err)
	}
	for uuid, want := range map[string]bool{vm.Config.Uuid: true, "00000000-0000-0000-0000-000000000000": false} {
		found, err := object.NewSearchIndex(c.Client).FindByUuid(ctx, nil, uuid, true, nil)
		if err != nil || (found != nil) != want {
			t.Errorf("%s: %v, %v", uuid, found, err)
		}
	}
}
