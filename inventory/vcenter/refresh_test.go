// SPDX-License-Identifier: Apache-2.0

package vcenter_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vspread/vspread/inventory"
	"github.com/vspread/vspread/inventory/vcenter"
	"github.com/vspread/vspread/inventory/vcenter/simulated"
)

// twoSites are two datacenters with equal names in them: two compute clusters, a stand-alone host, shared and local datastores,
// datastore clusters, networks, policies, templates.
func twoSites(b *simulated.Builder) {
	for i, name := range []string{"east", "west"} {
		dc := b.Datacenter(name)
		one, two := b.Cluster(dc, name+"-one", true), b.Cluster(dc, name+"-two", true)
		hosts := []simulated.Ref{b.Host(one, "a."+name, ""), b.Host(one, "b."+name, ""), b.Host(two, "c."+name, ""), b.Host(two, "d."+name, "")}
		alone := b.Standalone(dc, "alone."+name)
		url := func(n string) string { return "ds:///vmfs/volumes/" + name + "-" + n + "/" }
		for n, h := range append(hosts[:4:4], alone) {
			d := fmt.Sprintf("datastore%d", n)
			b.Datastore(dc, simulated.Datastore{Name: d, URL: url(d), Capacity: 100, FreeGiB: 50, Hosts: []simulated.Ref{h}})
		}
		shared := b.Datastore(dc, simulated.Datastore{Name: "shared-" + name, URL: url("shared"), Capacity: 100, FreeGiB: 50, Hosts: hosts})
		pod := b.DatastoreCluster(dc, "pod")
		b.Datastore(dc, simulated.Datastore{Name: "p1", URL: url("p1"), Type: "NFS", Capacity: 100, FreeGiB: 50, Hosts: hosts[:2], Pod: pod})
		b.Datastore(dc, simulated.Datastore{Name: "p2", URL: url("p2"), Type: "NFS", Capacity: 100, FreeGiB: 50, Hosts: hosts[2:], Pod: pod})
		b.Datastore(dc, simulated.Datastore{Name: "p3", URL: url("p3"), Type: "NFS", Capacity: 100, FreeGiB: 50, Hosts: hosts[2:], Pod: b.DatastoreCluster(dc, "podtwo")})
		b.PortGroup(dc, "dpg", simulated.Security(true, false, true), hosts...)
		b.PortGroup(dc, "dpgtwo", simulated.Security(true, false, true), hosts[2:]...)
		b.Pool(two, "inner")
		b.Policy("policy-"+name, fmt.Sprintf("5a3b0000-0000-0000-0000-00000000000%d", i+1), shared)
		b.Machine(simulated.Machine{Name: "template", Folder: b.Folder(dc, "folder"), Pool: one, Host: hosts[0], Datastore: shared, DiskGiB: 7, GuestOS: "ubuntu64Guest", Template: true})
		b.Tag("site", name, append(hosts[:4:4], shared, pod)...)
	}
}

// Whatever is read of two sites: what did not change does not change, and what lies outside of the scope stays even if it changed.
func TestScopes(t *testing.T) {
	t.Parallel()
	l := start(t, simulated.Options{Build: twoSites})
	old := l.refresh(t, vcenter.Scope{}, inventory.Inventory{})
	scopes := []vcenter.Scope{{}, {Datacenter: "east"}, {Datacenter: "/east/"}, {Datacenter: "west/"}, {Cluster: "east-one"}, {Cluster: "*-two"},
		{Datacenter: "west", Cluster: "west-*"}, {Cluster: "*"}}
	for _, scope := range scopes {
		if diff := cmp.Diff(inventory.Format(old), inventory.Format(l.refresh(t, scope, old))); diff != "" {
			t.Errorf("%+v without a change:\n%s", scope, diff)
		}
	}

	// One host of each cluster and the stand-alone ones are taken away, with what only they had, and everything of the second policy.
	for _, name := range []string{"east", "west"} {
		for _, h := range []string{"b.", "d.", "alone."} {
			l.Remove(l.Find("HostSystem", h+name))
		}
		for _, d := range []string{"datastore1", "datastore3", "datastore4", "pod/p2"} {
			l.Remove(ref("Datastore", old.Find(inventory.DatastoreClass, "/"+name+"/datastore/"+d, "")))
		}
		l.Remove(ref("DistributedVirtualPortgroup", old.Find(inventory.NetworkClass, "/"+name+"/network/dpgtwo", "")))
		l.Remove(ref("VirtualMachine", old.Find(inventory.TemplateClass, "/"+name+"/vm/folder/template", "")))
	}
	for _, c := range []struct {
		scope vcenter.Scope
		// untouched are paths and names that no change speaks of.
		untouched string
		want      []string
	}{
		{vcenter.Scope{Cluster: "east-one"}, `west|c\.east|d\.east|alone|datastore3|datastore4|p2|dpgtwo`, []string{
			"host b.east is gone", "datastore /east/datastore/datastore1 is gone", "datastore shared-east is no longer mounted by b.east",
			"datastore /east/datastore/pod/p1 is no longer mounted by b.east", "network /east/network/VM Network is no longer on b.east",
			"network /east/network/dpg is no longer on b.east", "template /east/vm/folder/template is no longer there"}},
		{vcenter.Scope{Cluster: "west-two"}, `east|b\.west|alone|datastore1|datastore4|p1`, []string{
			"host d.west is gone", "datastore /west/datastore/datastore3 is gone", "datastore /west/datastore/pod/p2 is gone",
			"datastore shared-west is no longer mounted by d.west", "datastore /west/datastore/podtwo/p3 is no longer mounted by d.west",
			"network /west/network/VM Network is no longer on d.west",
			"network /west/network/dpg is no longer on d.west", "network /west/network/dpgtwo is no longer there",
			"template /west/vm/folder/template is no longer there"}},
		{vcenter.Scope{Datacenter: "west/"}, "east", []string{
			"host alone.west is gone", "host b.west is gone", "host d.west is gone", "datastore /west/datastore/datastore1 is gone",
			"datastore /west/datastore/datastore3 is gone", "datastore /west/datastore/datastore4 is gone", "datastore /west/datastore/pod/p2 is gone",
			"datastore shared-west is no longer mounted by b.west", "datastore shared-west is no longer mounted by d.west"}},
	} {
		reading := l.reading(t, c.scope, old)
		updated := merge(t, old, reading)
		got := inventory.Changes(old, updated)
		for _, w := range c.want {
			if !slices.Contains(got, w) {
				t.Errorf("%+v: nothing says %q", c.scope, w)
			}
		}
		for _, sentence := range got {
			if regexp.MustCompile(c.untouched).MatchString(sentence) {
				t.Errorf("%+v: %q", c.scope, sentence)
			}
		}
		if diff := cmp.Diff(inventory.Format(updated), inventory.Format(merge(t, updated, reading))); diff != "" {
			t.Errorf("%+v, the same reading once more:\n%s", c.scope, diff)
		}
	}
	// The share of what is lost is that of the scope.
	var loss *inventory.LossError
	if _, err := inventory.Merge(old, l.reading(t, vcenter.Scope{Cluster: "east-one"}, old)); !errors.As(err, &loss) || loss.Lost != 1 || loss.Known != 2 {
		t.Errorf("%v", err)
	}
}

func ref(kind string, found []inventory.Object) types.ManagedObjectReference {
	return types.ManagedObjectReference{Type: kind, Value: found[0].ID}
}

// merge takes any loss.
func merge(t *testing.T, old inventory.Inventory, r inventory.Reading) inventory.Inventory {
	t.Helper()
	updated, err := inventory.Merge(old, r)
	var loss *inventory.LossError
	if err != nil && !errors.As(err, &loss) {
		t.Fatal(err)
	}
	return updated
}

// unset takes properties away without a word, as vCenter does with what it does not know at the moment.
func unset(kind, prefix string) func(types.ObjectContent) (types.ObjectContent, bool) {
	return func(o types.ObjectContent) (types.ObjectContent, bool) {
		o.PropSet = slices.DeleteFunc(o.PropSet, func(p types.DynamicProperty) bool { return o.Obj.Type == kind && strings.HasPrefix(p.Name, prefix) })
		return o, true
	}
}

// What passes changes no more than a state: an inaccessible datastore shows neither url nor size nor mounts, an inaccessible template
// no configuration, a disconnected host no port groups.
func TestTransient(t *testing.T) {
	t.Parallel()
	l := start(t, simulated.Options{})
	old := l.refresh(t, vcenter.Scope{}, inventory.Inventory{})
	l.Show(func(o types.ObjectContent) (types.ObjectContent, bool) {
		if o.Obj.Type == "HostSystem" || o.Obj.Type == "VirtualMachine" {
			return unset(o.Obj.Type, "config.")(o)
		}
		for i, p := range o.PropSet {
			if v, ok := p.Val.(types.DatastoreSummary); ok && o.Obj.Value != "datastore-35" {
				v.Accessible, v.Url, v.Capacity, v.FreeSpace, v.Type = false, "", 0, 0, ""
				o.PropSet[i].Val = v
			}
			if o.Obj.Value == "datastore-32" && p.Name == "host" {
				o.PropSet[i].Val = types.ArrayOfDatastoreHostMount{}
			}
		}
		return o, true
	})
	updated := l.refresh(t, vcenter.Scope{}, old)
	want := []string{
		"datastore datastore00 is inaccessible, was connected", "datastore datastore01 is inaccessible, was connected",
		"datastore datastore02 is inaccessible, was connected", "datastore iscsi-ds-0 is inaccessible, was connected",
		"could not be read: virtual machines: some show no configuration, as inaccessible ones do, so templates among them are not seen",
		"vCenter contradicts itself: datastore /Datacenter/datastore/datastore01: host esxi02.lab.local says that it mounts it, and it does not say so",
	}
	if diff := cmp.Diff(want, inventory.Changes(old, updated)); diff != "" {
		t.Error(diff)
	}
	l.Show(nil)
	if diff := cmp.Diff(inventory.Format(old), inventory.Format(l.refresh(t, vcenter.Scope{}, updated))); diff != "" {
		t.Errorf("after it has passed:\n%s", diff)
	}
}

// TestJustThatChange makes one change at a time, and a refresh finds that and nothing else.
func TestJustThatChange(t *testing.T) {
	t.Parallel()
	esxi03, datastore02 := "host esxi03.lab.local", "datastore datastore02"
	for name, c := range map[string]struct {
		change func(l *lab)
		want   []string
	}{
		"a host and its disk are removed": {func(l *lab) { l.Remove(l.Find("HostSystem", "esxi03.lab.local"), l.Find("Datastore", "datastore02")) },
			[]string{esxi03 + " is gone", datastore02 + " is gone", "datastore iscsi-ds-0 is no longer mounted by esxi03.lab.local",
				"network VM Network is no longer on esxi03.lab.local", "network Workload is no longer on esxi03.lab.local", "storage policy local no longer fits datastore02"}},
		// The simulator knows neither tags nor policies of the ids that it does not have.
		"a host is added again": {func(l *lab) { l.renumber(map[string]string{"host-22": "host-99", "datastore-32": "datastore-99"}) },
			[]string{"host esxi02.lab.local: id is host-99, was host-22", "host esxi02.lab.local no longer has the tag k8s-zone=zone-b", "datastore datastore01: id is datastore-99, was datastore-32", "storage policy local no longer fits datastore01"}},
		"a host is in maintenance": {func(l *lab) {
			l.Update(l.Find("HostSystem", "esxi03.lab.local"), types.PropertyChange{Name: "runtime.inMaintenanceMode", Val: true})
		}, []string{esxi03 + " is maintenance, was connected"}},
		"a host is renamed": {func(l *lab) {
			l.Update(l.Find("HostSystem", "esxi03.lab.local"), types.PropertyChange{Name: "name", Val: "c.lab.local"})
		}, []string{"host c.lab.local was called esxi03.lab.local", "datastore datastore02 is mounted by c.lab.local", "datastore datastore02 is no longer mounted by esxi03.lab.local",
			"datastore iscsi-ds-0 is mounted by c.lab.local", "datastore iscsi-ds-0 is no longer mounted by esxi03.lab.local",
			"network VM Network is on c.lab.local", "network VM Network is no longer on esxi03.lab.local", "network Workload is on c.lab.local", "network Workload is no longer on esxi03.lab.local"}},
		"a port group takes more": {func(l *lab) {
			l.Update(l.Find("DistributedVirtualPortgroup", "Workload"), types.PropertyChange{Name: "config.defaultPortConfig",
				Val: &types.VMwareDVSPortSetting{SecurityPolicy: ptr(simulated.Security(true, true, true))}})
		}, []string{"network Workload: promiscuous mode is true, was false"}},
		"a template is removed": {func(l *lab) { l.Remove(types.ManagedObjectReference{Type: "VirtualMachine", Value: "vm-71"}) },
			[]string{"template /Datacenter/vm/tkg/photon-3-kube-v1.21.2 is no longer there"}},
		"a folder is removed": {func(l *lab) { l.Remove(l.Find("ResourcePool", "tkg")) },
			[]string{"resource pool /Datacenter/host/Cluster/Resources/tkg is no longer there"}},
		"free space": {func(l *lab) {
			l.Update(l.Find("Datastore", "datastore02"), types.PropertyChange{Name: "summary.freeSpace", Val: int64(290 << 30)})
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := start(t, simulated.Options{})
			old := l.refresh(t, vcenter.Scope{}, inventory.Inventory{})
			c.change(l)
			updated := l.refresh(t, vcenter.Scope{}, old)
			if diff := cmp.Diff(c.want, inventory.Changes(old, updated)); diff != "" {
				t.Error(diff)
			}
			for _, d := range updated.Datastores {
				for _, o := range old.Datastores {
					if d.Name == o.Name && d.Ordinal != o.Ordinal {
						t.Errorf("%s had ordinal %d and has %d", d.Name, o.Ordinal, d.Ordinal)
					}
				}
			}
			if diff := cmp.Diff(inventory.Format(updated), inventory.Format(l.refresh(t, vcenter.Scope{}, updated))); diff != "" {
				t.Errorf("once more:\n%s", diff)
			}
		})
	}
}

func ptr[T any](v T) *T { return &v }

// renumber gives objects other ids.
func (l *lab) renumber(ids map[string]string) {
	other := func(r types.ManagedObjectReference) types.ManagedObjectReference {
		if id, ok := ids[r.Value]; ok {
			r.Value = id
		}
		return r
	}
	l.Show(func(o types.ObjectContent) (types.ObjectContent, bool) {
		o.Obj = other(o.Obj)
		for i := range o.PropSet {
			switch v := o.PropSet[i].Val.(type) {
			case types.ManagedObjectReference:
				o.PropSet[i].Val = other(v)
			case types.ArrayOfManagedObjectReference:
				v.ManagedObjectReference = slices.Clone(v.ManagedObjectReference)
				for j, r := range v.ManagedObjectReference {
					v.ManagedObjectReference[j] = other(r)
				}
				o.PropSet[i].Val = v
			case types.ArrayOfDatastoreHostMount:
				v.DatastoreHostMount = slices.Clone(v.DatastoreHostMount)
				for j, m := range v.DatastoreHostMount {
					v.DatastoreHostMount[j].Key = other(m.Key)
				}
				o.PropSet[i].Val = v
			}
		}
		return o, true
	})
}

// Another vCenter, where ids mean other things, is noticed; the same hosts in a new one are found again.
func TestAnotherVCenter(t *testing.T) {
	t.Parallel()
	l := start(t, simulated.Options{})
	old := l.refresh(t, vcenter.Scope{}, inventory.Inventory{})
	l = start(t, simulated.Options{InstanceID: "another"})
	ids := map[string]string{"host-21": "host-22", "host-22": "host-21", "host-23": "host-1023", "datastore-31": "datastore-32", "datastore-32": "datastore-31"}
	l.renumber(ids)
	reading := l.reading(t, vcenter.Scope{}, old)
	var other *inventory.OtherVCenterError
	if _, err := inventory.Merge(old, reading); !errors.As(err, &other) {
		t.Fatalf("%v", err)
	}
	updated, err := inventory.Merge(old.WithoutIDs(), reading)
	if err != nil {
		t.Fatal(err)
	}
	for _, sentence := range inventory.Changes(old.WithoutIDs(), updated) {
		// The tags of the simulator are on the ids that are not shown.
		if !regexp.MustCompile("^vCenter: |has the tag|storage policy").MatchString(sentence) {
			t.Error(sentence)
		}
	}
	// A vCenter without an instance id of its own, or one that was restored, is known by its disks.
	old.InstanceID = ""
	if _, err := inventory.Merge(old, reading); !errors.As(err, &other) {
		t.Errorf("%v", err)
	}
}

// A part of the vCenter that the user may not see any more is no loss, however small; and it is said.
func TestHiddenDatacenter(t *testing.T) {
	t.Parallel()
	l := start(t, simulated.Options{Build: func(b *simulated.Builder) {
		for d := range 4 {
			dc := b.Datacenter(fmt.Sprintf("dc%d", d))
			c := b.Cluster(dc, fmt.Sprintf("c%d", d), true)
			for i := range 3 {
				h := b.Host(c, fmt.Sprintf("h%d.dc%d", i, d), "")
				b.Datastore(dc, simulated.Datastore{Name: fmt.Sprintf("datastore%d", i), URL: fmt.Sprintf("ds:///vmfs/volumes/%d-%d/", d, i), Capacity: 100, FreeGiB: 50, Hosts: []simulated.Ref{h}})
			}
		}
	}})
	old := l.refresh(t, vcenter.Scope{}, inventory.Inventory{})
	root := l.Find("Datacenter", "dc3")
	inside := func(r types.ManagedObjectReference) bool {
		for r != root {
			e, ok := l.Model.Map().Get(r).(mo.Entity)
			if !ok || e.Entity().Parent == nil {
				return false
			}
			r = *e.Entity().Parent
		}
		return true
	}
	l.Show(func(o types.ObjectContent) (types.ObjectContent, bool) { return o, !inside(o.Obj) })
	updated := l.refresh(t, vcenter.Scope{}, old)
	if !slices.Contains(updated.Gaps, "hosts: 3 of the inventory are out of the user's sight: h0.dc3, h1.dc3, h2.dc3") {
		t.Errorf("gaps %q", updated.Gaps)
	}
	updated.Gaps = nil
	if diff := cmp.Diff(inventory.Format(old), inventory.Format(updated)); diff != "" {
		t.Error(diff)
	}
}
