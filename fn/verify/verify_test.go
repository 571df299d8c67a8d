// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/verify"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

func set(docs ...string) *object.Set {
	var all []*object.Object
	for i, doc := range docs {
		all = append(all, object.New(yaml.MustParse(doc).YNode(), i))
	}
	return object.NewSet(all)
}

func git() *object.Set {
	return set(
		cluster("", "apple"),
		"kind: KubeadmControlPlane\napiVersion: controlplane.cluster.x-k8s.io/v1beta2\nmetadata: {name: apple-cp-1}",
		pool("", "apple", "apple-md-a", "apple-md-a-1", 2), template("", "apple-md-a-1", "datastore: /dc/datastore/a"),
		pool("", "apple", "apple-md-b", "apple-md-b-2", 1), template("", "apple-md-b-1", "datastore: /dc/datastore/b"), template("", "apple-md-b-2", "datastore: /dc/datastore/b"),
	)
}

func cluster(namespace, name string) string {
	return "kind: Cluster\napiVersion: cluster.x-k8s.io/v1beta2\nmetadata: {name: " + name + ", namespace: \"" + namespace + "\"}"
}

func pool(namespace, cluster, name, template string, replicas int) string {
	return fmt.Sprintf("kind: MachineDeployment\napiVersion: cluster.x-k8s.io/v1beta2\nmetadata: {name: %s, namespace: %q, annotations: {vspread.dev/owner: %s}}\n", name, namespace, cluster) +
		fmt.Sprintf("spec: {clusterName: %s, replicas: %d, template: {spec: {infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: %s}}}}", cluster, replicas, template)
}

func template(namespace, name, spec string) string {
	return fmt.Sprintf("kind: VSphereMachineTemplate\napiVersion: infrastructure.cluster.x-k8s.io/v1beta2\nmetadata: {name: %s, namespace: %q, annotations: {vspread.dev/owner: apple}}\n", name, namespace) +
		"spec: {template: {spec: {" + spec + "}}}"
}

func at(name string) inventory.Object {
	return inventory.Object{Name: name, Path: "/dc/datastore/" + name}
}

func on(names ...string) []inventory.Object {
	var out []inventory.Object
	for _, n := range names {
		out = append(out, at(n))
	}
	return out
}

// worker is a machine on a host whose home and disks are on a datastore.
func worker(name, host, datastore string) verify.Machine {
	return verify.Machine{Name: name, Path: "/dc/vm/" + name, Host: host, Datastore: at(datastore), Disks: on(datastore)}
}

func inventories(t *testing.T, text string, clusters ...object.Key) map[object.Key]*inventory.Inventory {
	t.Helper()
	inv, diags := inventory.Parse(text, diag.Where{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	out := map[object.Key]*inventory.Inventory{}
	for _, k := range clusters {
		out[k] = &inv
	}
	return out
}

func key(namespace, name string) object.Key {
	return object.NewKey(object.CoreGroup, "Cluster", namespace, name)
}

const lab = `
datacenters: [{name: dc, path: /dc}]
folders: [{path: /dc/vm/one}, {path: /dc/vm/two}]
resourcePools: [{path: /dc/host/c/Resources/one}, {path: /dc/host/c/Resources/two}]
hosts: [{name: ea}, {name: eb}]
datastores: [{name: a, path: /dc/datastore/a, hosts: [ea]}, {name: b, path: /dc/datastore/b, id: datastore-2, hosts: [eb]}, {name: nas, path: /dc/datastore/nas, hosts: [ea, eb]}]
`

// said gives the diagnostics without those about templates.
func said(r verify.Report) []string {
	var got []string
	for _, d := range r.Diags.Sorted() {
		if d.Code != diag.TemplateUnused {
			got = append(got, d.Severity.String()+" "+string(d.Code)+" "+d.Message)
		}
	}
	slices.Sort(got)
	return got
}

func TestCompare(t *testing.T) {
	t.Parallel()
	unread := worker("apple-md-b-abcde-33333", "eb", "b")
	unread.Datastore, unread.Disks = inventory.Object{}, nil
	namesake := worker("apple-md-b-abcde-33333", "eb", "b")
	namesake.Datastore.Path = "/other/datastore/b"
	named := worker("apple-md-b-abcde-33333", "eb", "b")
	named.Datastore = inventory.Object{Name: "b"}
	renamed := worker("apple-md-b-abcde-33333", "eb", "b")
	renamed.Datastore = inventory.Object{Name: "new", Path: "/dc/datastore/new", ID: "datastore-2"}
	renamed.Disks = []inventory.Object{renamed.Datastore}
	disk := worker("apple-md-a-abcde-22222", "ea", "a")
	disk.Disks = on("a", "nas")
	two := []verify.Machine{worker("apple-md-a-abcde-11111", "ea", "a"), worker("apple-md-a-abcde-22222", "ea", "a")}
	tests := []struct {
		name     string
		machines []verify.Machine
		// counts are the machines, and those that are pinned, elsewhere and not read.
		counts [4]int
		want   []string
	}{
		{"as git says", append(two[:2:2], worker("apple-md-b-abcde-33333", "eb", "b"), worker("apple-cp-1-abcde-xxxxx", "ea", "nas"), verify.Machine{Name: "something else"}),
			[4]int{3, 3, 0, 0}, nil},
		{"moved, with a disk elsewhere, on another host, of no pool", []verify.Machine{
			worker("apple-md-a-abcde-11111", "eb", "b"), disk, worker("apple-md-b-abcde-33333", "ea", "b"),
			worker("apple-md-c-abcde-44444", "ea", "a"), worker("pear-md-c-abcde-44444", "ea", "a"),
		}, [4]int{3, 0, 3, 0}, []string{
			"error MachineElsewhere machine apple-md-a-abcde-11111 is on datastore b, not on a",
			"error MachineElsewhere machine apple-md-b-abcde-33333 runs on host ea, which does not mount b according to the inventory",
			"warning MachineElsewhere machine apple-md-a-abcde-22222 has a disk on datastore nas, not on a",
			"warning MachineUnknown machine apple-md-c-abcde-44444 (/dc/vm/apple-md-c-abcde-44444) looks like one of cluster apple, and git has no MachineDeployment apple-md-c",
		}},
		{"too few", two[:1], [4]int{1, 1, 0, 0}, []string{
			"info MachineCount git says 1 machine, vCenter has 0", "info MachineCount git says 2 machines, vCenter has 1",
		}},
		{"not read is not moved", append(two[:2:2], unread), [4]int{3, 2, 0, 1}, nil},
		{"a name of two datacenters", append(two[:2:2], namesake), [4]int{3, 2, 1, 0}, []string{
			"error MachineElsewhere machine apple-md-b-abcde-33333 is on datastore /other/datastore/b, not on /dc/datastore/b",
			"warning MachineElsewhere machine apple-md-b-abcde-33333 has a disk on datastore /dc/datastore/b, not on /dc/datastore/b",
		}[:1]},
		{"a path that is not visible", append(two[:2:2], named), [4]int{3, 3, 0, 0}, nil},
		{"a datastore with a new name", append(two[:2:2], renamed), [4]int{3, 3, 0, 0}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := verify.Compare(git(), inventories(t, lab, key("", "apple")), tt.machines)
			if d := cmp.Diff(tt.want, said(r)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if got := [4]int{r.Machines, r.Pinned, r.Elsewhere, r.Unread}; got != tt.counts {
				t.Errorf("counts %v, want %v", got, tt.counts)
			}
			if s := r.Diags.Sorted().String(); !strings.Contains(s, "VSphereMachineTemplate apple-md-b-1: no MachineDeployment") || strings.Contains(s, "VSphereMachineTemplate apple-md-b-2") {
				t.Errorf("unused templates: %s", s)
			}
		})
	}
}

// TestNamespaces has two clusters of one name. Virtual machines carry no namespace.
func TestNamespaces(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		one, two string
		want     []string
		pools    []string
	}{
		{"folders tell", "folder: one, datastore: a", "folder: /dc/vm/two, datastore: a", nil, []string{"one/apple-md 1+0", "two/apple-md 1+0"}},
		{"resource pools tell", "resourcePool: one, datastore: a", "resourcePool: two, datastore: a", nil, []string{"one/apple-md 1+0", "two/apple-md 1+0"}},
		{"datastores tell", "datastore: a", "datastore: b", []string{
			"info MachineCount git says 1 machine, vCenter has 0", "info MachineCount git says 1 machine, vCenter has 2",
		}, []string{"one/apple-md 2+0", "two/apple-md 0+0"}},
		{"nothing tells", "datastore: a", "datastore: a", []string{
			"info MachineAmbiguous may be of one/apple-md or two/apple-md, and nothing in vCenter tells which: apple-md-abcde-11111, apple-md-abcde-22222",
		}, []string{"one/apple-md 0+2", "two/apple-md 0+2"}},
		{"of none", "datastore: b", "datastore: b", []string{
			"error MachineElsewhere machine apple-md-abcde-11111 is on datastore /dc/datastore/a, and none of the MachineDeployments that it may be of is: one/apple-md, two/apple-md",
			"error MachineElsewhere machine apple-md-abcde-22222 is on datastore /dc/datastore/a, and none of the MachineDeployments that it may be of is: one/apple-md, two/apple-md",
		}, []string{"one/apple-md 0+2", "two/apple-md 0+2"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			objects := set(cluster("one", "apple"), pool("one", "apple", "apple-md", "t", 1), template("one", "t", tt.one),
				cluster("two", "apple"), pool("two", "apple", "apple-md", "t", 1), template("two", "t", tt.two))
			first, second := worker("apple-md-abcde-11111", "ea", "a"), worker("apple-md-abcde-22222", "ea", "a")
			first.Path, first.ResourcePool = "/dc/vm/one/apple-md-abcde-11111", "/dc/host/c/Resources/one"
			second.Path, second.ResourcePool = "/dc/vm/two/apple-md-abcde-22222", "/dc/host/c/Resources/two"
			r := verify.Compare(objects, inventories(t, lab, key("one", "apple"), key("two", "apple")), []verify.Machine{first, second})
			if d := cmp.Diff(tt.want, said(r)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			var pools []string
			for _, p := range r.Pools {
				pools = append(pools, fmt.Sprintf("%s/%s %d+%d", p.Namespace, p.Name, p.InPlace+len(p.Others), p.Uncertain))
			}
			if d := cmp.Diff(tt.pools, pools); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestOtherInventories compares each cluster by its own inventory, and leaves out those that have none here.
func TestOtherInventories(t *testing.T) {
	t.Parallel()
	objects := set(cluster("", "apple"), pool("", "apple", "apple-md", "a", 1), template("", "a", "datastore: a"),
		cluster("", "pear"), pool("", "pear", "pear-md", "p", 1), template("", "p", "datastore: a"),
		cluster("", "plum"), pool("", "plum", "plum-md", "m", 1), template("", "m", "datastore: a"))
	all := inventories(t, lab, key("", "apple"))
	for k, v := range inventories(t, "hosts: [{name: ep}]\ndatastores: [{name: a, path: /dc/datastore/a, hosts: [ep]}]", key("", "pear")) {
		all[k] = v
	}
	r := verify.Compare(objects, all, []verify.Machine{worker("apple-md-abcde-11111", "ea", "a"), worker("pear-md-abcde-22222", "ea", "a"), worker("plum-md-abcde-33333", "zz", "nas")})
	want := []string{"error MachineElsewhere machine pear-md-abcde-22222 runs on host ea, which does not mount a according to the inventory"}
	if d := cmp.Diff(want, said(r)); d != "" || len(r.Pools) != 2 || r.Machines != 2 {
		t.Errorf("%d pools, %d machines (-want +got):\n%s", len(r.Pools), r.Machines, d)
	}
}

// TestNames has virtual machines that are not called as their Machines.
func TestNames(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, pool, spec, machine string
	}{
		{"Windows", "apple-md-datastore00", "os: Windows, datastore: a", "apple-md-xyz12"},
		{"Windows, a name of nine", "apple-win", "os: Windows, datastore: a", "apple-win-xyz12"},
		{"Windows, a short name", "win", "os: Windows, datastore: a", "win-abcde-xyz12"},
		{"Windows, a name of four", "wind", "os: Windows, datastore: a", "wind-abcd-xyz12"},
		{"text around it", "apple-md", `naming: {template: "prod-{{ .machine.name }}.lab"}, datastore: a`, "prod-apple-md-abcde-xyz12.lab"},
		{"in v1beta1", "apple-md", `namingStrategy: {template: "{{.machine.name}}"}, datastore: a`, "apple-md-abcde-xyz12"},
		{"cut and shortened", "apple-md", `naming: {template: "{{ .machine.name | trimSuffix \"2\" | trunc 16 }}-vm"}, datastore: a`, "apple-md-abcde-x-vm"},
		{"its end", "apple-md", `naming: {template: "vm-{{ trunc -5 .machine.name }}"}, datastore: a`, "vm-xyz12"},
		{"longer than names may be", "apple-md", `naming: {template: "{{ .machine.name }}-of-the-fifth-floor-on-the-left-hand-side-of-the-second-stairs"}, datastore: a`,
			"apple-md-abcde-xyz12-of-the-fifth-floor-on-the-left-hand-side-o"},
		{"Windows with a template", "apple-md", `os: Windows, naming: {template: "w{{ .machine.name }}"}, datastore: a`, "wapple-md-xyz12"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			objects := set(cluster("", "apple"), pool("", "apple", tt.pool, "t", 1), template("", "t", tt.spec))
			r := verify.Compare(objects, inventories(t, lab, key("", "apple")), []verify.Machine{worker(tt.machine, "ea", "a")})
			if len(r.Diags) > 0 || r.Pinned != 1 {
				t.Errorf("%+v\n%s", r, r.Diags)
			}
		})
	}
	// All pools of a Windows cluster have names alike; the datastore tells them apart, until a machine is on none of them.
	objects := set(cluster("", "apple"), pool("", "apple", "apple-md-a", "a", 1), template("", "a", "os: Windows, datastore: a"),
		pool("", "apple", "apple-md-b", "b", 1), template("", "b", "os: Windows, datastore: b"))
	inv := inventories(t, lab, key("", "apple"))
	if r := verify.Compare(objects, inv, []verify.Machine{worker("apple-md-11111", "ea", "a"), worker("apple-md-22222", "eb", "b")}); len(r.Diags) > 0 || r.Pinned != 2 {
		t.Errorf("%+v %s", r, r.Diags)
	}
	if r := verify.Compare(objects, inv, []verify.Machine{worker("apple-md-11111", "ea", "nas"), worker("apple-md-22222", "ea", "b")}); r.Elsewhere != 2 || r.Pinned != 0 {
		t.Errorf("%+v %s", r, r.Diags)
	}
}

// TestUnknownDatastore says so where there is nothing to hold against.
func TestUnknownDatastore(t *testing.T) {
	t.Parallel()
	objects := set(cluster("", "apple"), pool("", "apple", "apple-md", "t", 1), template("", "t", "datastore: c"))
	r := verify.Compare(objects, inventories(t, lab, key("", "apple")), []verify.Machine{worker("apple-md-abcde-11111", "ea", "a")})
	want := []string{`warning InventoryStale the inventory does not know which datastore "c" is, so the machines are not compared`}
	if d := cmp.Diff(want, said(r)); d != "" {
		t.Error(d)
	}
}
