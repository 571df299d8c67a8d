// SPDX-License-Identifier: Apache-2.0

package vcenter_test

import (
	"context"
	"errors"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vspread/vspread/inventory"
	"github.com/vspread/vspread/inventory/vcenter"
	"github.com/vspread/vspread/inventory/vcenter/simulated"
)

func TestHomeLab(t *testing.T) {
	t.Parallel()
	l := start(t, simulated.Options{})
	inv := l.collect(t, vcenter.Scope{})
	if inv.Server != l.URL.Host {
		t.Errorf("server %s, want %s", inv.Server, l.URL.Host)
	}
	again := l.collect(t, vcenter.Scope{})
	if a, b := inventory.Format(inv), inventory.Format(again); a != b {
		t.Errorf("two reads differ:\n%s\n%s", a, b)
	}
	inv.Server = "vcenter.lab.local" // the port differs from run to run
	golden(t, "homelab.yaml", inventory.Format(inv))
}

// mixed is what the home lab is not: two datacenters with the same names, names with slashes, a stand-alone host,
// rules, a machine here and there.
func mixed(b *simulated.Builder) {
	for _, name := range []string{"east", "west"} {
		dc := b.Datacenter(name)
		one := b.Cluster(dc, name+"-one", true)
		two := b.Cluster(dc, name+"-two", false)
		hosts := []simulated.Ref{b.Host(one, "a."+name, ""), b.Host(one, "b."+name, ""), b.Host(two, "c."+name, "")}
		b.Standalone(dc, "alone."+name)
		local := b.Datastore(dc, simulated.Datastore{Name: "datastore1", Capacity: 100, FreeGiB: 50, Hosts: hosts[:1]})
		b.Datastore(dc, simulated.Datastore{Name: "pair", Capacity: 100, FreeGiB: 50, Hosts: hosts[1:]})
		folder := b.Folder(b.Folder(dc, "a/b"), `c%d\e`)
		pool := b.Pool(b.Pool(one, "outer"), "inner")
		template := b.Machine(simulated.Machine{Name: "tem/plate", Folder: folder, Pool: one, Host: hosts[0], Datastore: local, DiskGiB: 7, GuestOS: "ubuntu64Guest", Template: true, Snapshot: true})
		b.Machine(simulated.Machine{Name: "machine", Folder: folder, Pool: pool, Host: hosts[0], Datastore: local, DiskGiB: 9, GuestOS: "ubuntu64Guest"})
		b.PortGroup(dc, "dpg-"+name, simulated.Security(true, false, true), hosts...)
		b.Tag("colour", "red-"+name, folder, template)
		b.Tag("colour", "blue-"+name, folder)
	}
}

func TestMixed(t *testing.T) {
	t.Parallel()
	l := start(t, simulated.Options{Build: mixed})
	yes := true
	config := &types.ClusterConfigInfoEx{DrsConfig: types.ClusterDrsConfigInfo{Enabled: &yes}, Group: []types.BaseClusterGroupInfo{
		&types.ClusterHostGroup{ClusterGroupInfo: types.ClusterGroupInfo{Name: "rack"}, Host: []types.ManagedObjectReference{l.Find("HostSystem", "b.east"), l.Find("HostSystem", "a.east")}},
		&types.ClusterVmGroup{ClusterGroupInfo: types.ClusterGroupInfo{Name: "machines"}},
	}}
	l.Update(l.Find("ClusterComputeResource", "east-one"), types.PropertyChange{Name: "configurationEx", Val: config})
	l.Update(l.Find("HostSystem", "a.east"), types.PropertyChange{Name: "runtime.inMaintenanceMode", Val: true})
	l.Update(l.Find("HostSystem", "b.east"), types.PropertyChange{Name: "runtime.connectionState", Val: types.HostSystemConnectionStateNotResponding})
	l.Update(l.Find("HostSystem", "c.east"), types.PropertyChange{Name: "runtime.connectionState", Val: types.HostSystemConnectionStateDisconnected})

	inv := l.collect(t, vcenter.Scope{})
	inv.Server = "vcenter.lab.local"
	golden(t, "mixed.yaml", inventory.Format(inv))
	samePaths(t, l, inv)

	l.options.Datacenter = "west"
	inv = l.collect(t, vcenter.Scope{Cluster: "*-one"})
	inv.Server = "vcenter.lab.local"
	golden(t, "scoped.yaml", inventory.Format(inv))
	first := l.refresh(t, vcenter.Scope{Cluster: "*-one"}, inventory.Inventory{})
	if d := first.Datastores[1]; d.Name != "pair" || d.IsLocal() {
		t.Errorf("with one of its hosts out of scope, %+v looks local", d)
	}

	s := l.connect(t)
	for scope, words := range map[vcenter.Scope]string{
		{Datacenter: "north"}:                   `there is no datacenter "north": the user sees east, west`,
		{Datacenter: "/east", Cluster: "west*"}: `there is no cluster "west*": the user sees east-one, east-two`,
		{Cluster: "["}:                          `"[" is no pattern for clusters`,
	} {
		_, err := s.Collect(context.Background(), scope, inventory.Inventory{}, nil)
		check(t, err, words)
	}
}

// samePaths holds the paths, which are put together here, to those that govc asks vCenter for one by one.
func samePaths(t *testing.T, l *lab, inv inventory.Inventory) {
	t.Helper()
	ctx := context.Background()
	c, err := vim25.NewClient(ctx, l.Model.Service)
	if err != nil {
		t.Fatal(err)
	}
	for class, kind := range map[inventory.Class]string{inventory.DatacenterClass: "Datacenter", inventory.DatastoreClass: "Datastore",
		inventory.FolderClass: "Folder", inventory.ResourcePoolClass: "ResourcePool", inventory.TemplateClass: "VirtualMachine"} {
		for _, o := range inv.Objects(class) {
			want, err := find.InventoryPath(ctx, c, types.ManagedObjectReference{Type: kind, Value: o.ID})
			if err != nil || o.Path != want {
				t.Errorf("%s %s: path %s, want %s (%v)", class, o.ID, o.Path, want, err)
			}
		}
	}
}

func TestMachines(t *testing.T) {
	t.Parallel()
	l := start(t, simulated.Options{Build: mixed})
	s := l.connect(t)
	machines, gaps, err := s.Machines(context.Background(), vcenter.Scope{}, nil)
	if err != nil || len(gaps) != 0 {
		t.Fatal(err, gaps)
	}
	for i := range machines {
		if len(machines[i].UUID) != 36 || !strings.HasPrefix(machines[i].ID, "vm-") {
			t.Errorf("%+v", machines[i])
		}
		machines[i].UUID, machines[i].ID = "", ""
	}
	machine := func(dc string) vcenter.Machine {
		// Two datastores of one name, each known by its datacenter.
		home := inventory.Object{Name: "datastore1", Path: "/" + dc + "/datastore/datastore1", ID: map[string]string{"east": "datastore-49", "west": "datastore-115"}[dc]}
		return vcenter.Machine{Name: "machine", Path: "/" + dc + "/vm/a%2fb/c%25d%5ce/machine", Host: "a." + dc,
			ResourcePool: "/" + dc + "/host/" + dc + "-one/Resources/outer/inner", Datastore: home, Disks: []inventory.Object{home}}
	}
	if diff := cmp.Diff([]vcenter.Machine{machine("east"), machine("west")}, machines); diff != "" {
		t.Error(diff)
	}
	machines, _, err = s.Machines(context.Background(), vcenter.Scope{Cluster: "west-*"}, nil)
	if err != nil || len(machines) != 1 || machines[0].Host != "a.west" {
		t.Error(machines, err)
	}
	l.Show(missing("VirtualMachine", "machine", "config.uuid", &types.NoPermission{}))
	_, gaps, err = s.Machines(context.Background(), vcenter.Scope{Cluster: "west-*"}, nil)
	if err != nil || len(gaps) != 1 || !strings.Contains(gaps[0], "virtual machine /west/vm/a%2fb/c%25d%5ce/machine: config.uuid cannot be read") {
		t.Error(gaps, err)
	}
}

// TestVolumes lets a machine have a disk of its own elsewhere, and a volume, which is none.
func TestVolumes(t *testing.T) {
	t.Parallel()
	l := start(t, simulated.Options{Build: func(b *simulated.Builder) {
		p := simulated.HomeLabPlaces(b)
		b.Machine(simulated.Machine{Name: "worker", Folder: p.Folder, Pool: p.Pool, Host: p.Hosts[0], Datastore: p.Local[0], DiskGiB: 20})
	}})
	on := func(datastore string, id *types.ID) types.BaseVirtualDevice {
		ref := l.Find("Datastore", datastore)
		backing := &types.VirtualDiskFlatVer2BackingInfo{VirtualDeviceFileBackingInfo: types.VirtualDeviceFileBackingInfo{FileName: "[" + datastore + "] x.vmdk", Datastore: &ref}}
		return &types.VirtualDisk{VirtualDevice: types.VirtualDevice{Backing: backing}, VDiskId: id}
	}
	l.Show(func(o types.ObjectContent) (types.ObjectContent, bool) {
		o.PropSet = slices.Clone(o.PropSet)
		for i, p := range o.PropSet {
			if v, ok := p.Val.(types.ArrayOfVirtualDevice); ok && o.Obj == l.Find("VirtualMachine", "worker") {
				v.VirtualDevice = append(slices.Clone(v.VirtualDevice), on("datastore01", nil), on("iscsi-ds-0", &types.ID{Id: "volume"}))
				o.PropSet[i].Val = v
			}
		}
		return o, true
	})
	s := l.connect(t)
	machines, gaps, err := s.Machines(context.Background(), vcenter.Scope{}, nil)
	if err != nil || len(gaps) != 0 || len(machines) != 1 {
		t.Fatal(machines, gaps, err)
	}
	var disks []string
	for _, d := range machines[0].Disks {
		disks = append(disks, d.Path)
	}
	if diff := cmp.Diff([]string{"/Datacenter/datastore/datastore00", "/Datacenter/datastore/datastore01"}, disks); diff != "" {
		t.Error(diff)
	}
	// A home that is not visible is known by its name alone, and one that cannot be read not at all.
	hidden := l.Find("Datastore", "datastore00")
	l.Show(func(o types.ObjectContent) (types.ObjectContent, bool) { return o, o.Obj != hidden })
	machines, _, err = s.Machines(context.Background(), vcenter.Scope{}, nil)
	if want := (inventory.Object{Name: "datastore00"}); err != nil || machines[0].Datastore != want {
		t.Errorf("%+v, %v", machines, err)
	}
	l.Show(missing("VirtualMachine", "worker", "config.files.vmPathName", &types.NoPermission{}))
	machines, gaps, err = s.Machines(context.Background(), vcenter.Scope{}, nil)
	if want := (inventory.Object{}); err != nil || machines[0].Datastore != want || len(gaps) != 1 {
		t.Errorf("%+v, %v, %v", machines, gaps, err)
	}
}

// TestMounts lets the two sides of a mount disagree, and datastores be in a bad state.
func TestMounts(t *testing.T) {
	t.Parallel()
	l := start(t, simulated.Options{})
	mount := func(host string, mounted, accessible bool) types.DatastoreHostMount {
		return types.DatastoreHostMount{Key: types.ManagedObjectReference{Type: "HostSystem", Value: host},
			MountInfo: types.HostMountInfo{AccessMode: "readWrite", Mounted: &mounted, Accessible: &accessible}}
	}
	// One that the hosts know and the datastore does not; one mounted and not accessible; one not mounted.
	l.Update(l.Find("Datastore", "datastore00"), types.PropertyChange{Name: "host", Val: []types.DatastoreHostMount{}})
	l.Update(l.Find("Datastore", "datastore01"), types.PropertyChange{Name: "host", Val: []types.DatastoreHostMount{mount("host-22", true, false), mount("host-23", true, true)}},
		types.PropertyChange{Name: "summary.accessible", Val: false})
	l.Update(l.Find("Datastore", "datastore02"), types.PropertyChange{Name: "host", Val: []types.DatastoreHostMount{mount("host-23", false, true)}},
		types.PropertyChange{Name: "summary.maintenanceMode", Val: string(types.DatastoreSummaryMaintenanceModeStateInMaintenance)})
	inv := l.collect(t, vcenter.Scope{})
	got := map[string]inventory.Datastore{}
	for _, d := range inv.Datastores {
		got[d.Name] = d
	}
	if d := got["datastore00"]; len(d.Hosts) != 0 || d.State != "" {
		t.Errorf("%+v", d)
	}
	if d := got["datastore01"]; len(d.Hosts) != 2 || d.State != inventory.Inaccessible {
		t.Errorf("%+v", d)
	}
	if d := got["datastore02"]; len(d.Hosts) != 0 || d.State != inventory.Maintenance {
		t.Errorf("%+v", d)
	}
	want := []string{
		"datastore /Datacenter/datastore/datastore00: host esxi01.lab.local says that it mounts it, and it does not say so",
		"datastore /Datacenter/datastore/datastore01: it says that host esxi03.lab.local mounts it, and the host does not say so",
	}
	if diff := cmp.Diff(want, inv.Disagreements); diff != "" || len(inv.Gaps) != 0 {
		t.Error(diff, inv.Gaps)
	}

	// With a host out of sight a datastore of two looks like a local one.
	l = start(t, simulated.Options{})
	hidden("HostSystem", "host-22")(t, l)
	archive := l.Find("Datastore", "archive-0")
	l.Update(archive, types.PropertyChange{Name: "summary.type", Val: "VMFS"})
	for _, d := range l.refresh(t, vcenter.Scope{}, inventory.Inventory{}).Datastores {
		if d.Name == "archive-0" && (d.IsLocal() || len(d.Hosts) != 1) {
			t.Errorf("%+v counts as local", d)
		}
	}
}

func TestPrivileges(t *testing.T) {
	t.Parallel()
	l := start(t, simulated.Options{})
	if r := l.reading(t, vcenter.Scope{}, inventory.Inventory{}); len(r.Seen.Gaps) != 0 || r.Limited {
		t.Errorf("%q, limited %t", r.Seen.Gaps, r.Limited)
	}
	l.Deny("StorageProfile.View")
	want := []string{"the user lacks StorageProfile.View on the root of the vCenter"}
	if r := l.reading(t, vcenter.Scope{}, inventory.Inventory{}); !slices.Equal(r.Seen.Gaps, want) || r.Limited {
		t.Errorf("%q, limited %t", r.Seen.Gaps, r.Limited)
	}
	l.Deny("System.View")
	if r := l.reading(t, vcenter.Scope{}, inventory.Inventory{}); len(r.Seen.Gaps) != 1 || !r.Limited {
		t.Errorf("%q, limited %t", r.Seen.Gaps, r.Limited)
	}
}

// TestNothingLeft runs alone: once all is closed, no goroutine is left.
func TestNothingLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	func() {
		s, err := simulated.Start(simulated.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		o := vcenter.Options{URL: s.URL.Host, Username: simulated.Username, Password: simulated.Password, Insecure: true}
		for range 3 {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			c, err := vcenter.Connect(ctx, o)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Collect(ctx, vcenter.Scope{}, inventory.Inventory{}, func(string) { cancel() }); !errors.Is(err, context.Canceled) {
				t.Errorf("not interrupted: %v", err)
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
		// A server that takes connections and never says a word.
		silent, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = silent.Close() }()
		o.URL, o.Timeout = silent.Addr().String(), 100*time.Millisecond
		_, err = vcenter.Connect(context.Background(), o)
		check(t, err, "no answer within 100ms")
	}()
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	stacks := make([]byte, 1<<20)
	t.Errorf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks, true)])
}
