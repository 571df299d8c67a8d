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

// TestClone clones the template to each local datastore as Cluster API does, without a host: the machine must land on the host
// that mounts it. The simulator alone panics here.
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
	for datastore, host := range map[string]string{"datastore00": "host-21", "datastore01": "host-22", "datastore02": "host-23"} {
		ref := lab.Find("Datastore", datastore)
		task, err := template.Clone(ctx, folder, "on-"+datastore, types.VirtualMachineCloneSpec{
			Location: types.VirtualMachineRelocateSpec{Datastore: &ref, Pool: &pool},
		})
		if err != nil {
			t.Fatal(err)
		}
		info, err := task.WaitForResult(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var vm mo.VirtualMachine
		if err := object.NewVirtualMachine(c.Client, info.Result.(types.ManagedObjectReference)).Properties(ctx, info.Result.(types.ManagedObjectReference), []string{"runtime.host", "datastore"}, &vm); err != nil {
			t.Fatal(err)
		}
		if vm.Runtime.Host.Value != host || len(vm.Datastore) != 1 || vm.Datastore[0] != ref {
			t.Errorf("%s: on host %v and datastores %v, want %s", datastore, vm.Runtime.Host, vm.Datastore, host)
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
