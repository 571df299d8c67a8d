// SPDX-License-Identifier: Apache-2.0

package inventory_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

func parse(t *testing.T, text string) inventory.Inventory {
	t.Helper()
	inv, diags := inventory.Parse(text, diag.Where{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return inv
}

const lab = `
hosts: [{name: b}, {name: a}, {name: c, state: gone}]
datastores:
- {name: local-b, hosts: [b]}
- {name: local-a, hosts: [a], type: vmfs, ordinal: 2}
- {name: shared, hosts: [b, a]}
- {name: everywhere, hosts: [c, b, a], type: NFS}
- {name: nfs-of-one, hosts: [a], type: NFS}
- {name: vsan, hosts: [a], type: vsan}
- {name: said-so, hosts: [a, b], local: true}
- {name: said-not, hosts: [a], local: false}
- {name: lost, hosts: [c]}
- {name: gone, hosts: [a], state: gone}
- {name: nowhere}
`

func names(datastores []inventory.Datastore) string {
	var out []string
	for _, d := range datastores {
		out = append(out, d.Name)
	}
	return strings.Join(out, " ")
}

func TestClassify(t *testing.T) {
	t.Parallel()
	inv := parse(t, lab)
	if got, want := names(inv.Locals()), "gone local-a local-b lost said-so"; got != want {
		t.Errorf("Locals: %s, want %s", got, want)
	}
	if got, want := names(inv.Shared(inv.HostNames())), "everywhere shared"; got != want {
		t.Errorf("Shared by all hosts that are not gone: %s, want %s", got, want)
	}
	if got, want := names(inv.Shared([]string{"a"})), "everywhere nfs-of-one said-not shared vsan"; got != want {
		t.Errorf("Shared by a: %s, want %s", got, want)
	}
	var gone []string
	for _, d := range inv.Datastores {
		if inv.IsGone(d) {
			gone = append(gone, d.Name)
		}
	}
	if got, want := strings.Join(gone, " "), "gone lost"; got != want {
		t.Errorf("gone: %s, want %s", got, want)
	}
}

func TestUnavailable(t *testing.T) {
	t.Parallel()
	inv := parse(t, `
hosts: [{name: a, state: maintenance}, {name: b, state: disconnected}, {name: c, state: connected}]
datastores:
- {name: a1, hosts: [a]}
- {name: b1, hosts: [b]}
- {name: c1, hosts: [c]}
- {name: c2, hosts: [c], state: inaccessible}
- {name: s, hosts: [a, c]}
`)
	want := map[string]string{
		"a1": "host a is in maintenance", "b1": "host b is disconnected", "c1": "", "c2": "datastore is inaccessible", "s": "",
	}
	for _, d := range inv.Datastores {
		if got := inv.Unavailable(d); got != want[d.Name] {
			t.Errorf("Unavailable(%s) = %q, want %q", d.Name, got, want[d.Name])
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	inv := parse(t, `
datacenters: [{name: A, path: /A}, {name: B, path: /dcs/B}]
templates:
- {name: photon, path: /A/vm/x/photon, id: vm-1}
- {name: photon, path: /dcs/B/vm/photon, id: vm-2}
- {name: ubuntu, path: /A/vm/x/ubuntu, id: vm-3}
`)
	tests := []struct {
		ref, datacenter string
		want            []string
	}{
		{"photon", "", []string{"/A/vm/x/photon", "/dcs/B/vm/photon"}},
		{"photon", "/A", []string{"/A/vm/x/photon"}},
		{"ubuntu", "/dcs/B", []string{"/A/vm/x/ubuntu"}},
		{"/A/vm/x/photon", "/dcs/B", []string{"/A/vm/x/photon"}},
		{"x/photon", "", []string{"/A/vm/x/photon"}},
		{"vm-2", "", []string{"/dcs/B/vm/photon"}},
		{"VirtualMachine:vm-2", "", []string{"/dcs/B/vm/photon"}},
		{"Datastore:vm-2", "", nil},
		{"/A/vm/photon", "", nil},
		{"hoton", "", nil},
	}
	for _, tt := range tests {
		var got []string
		for _, o := range inv.Find(inventory.TemplateClass, tt.ref, tt.datacenter) {
			got = append(got, o.Path)
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("Find(%q in %q) (-want +got):\n%s", tt.ref, tt.datacenter, d)
		}
	}
	// CAPV's own examples say */Resources.
	pools := parse(t, "resourcePools: [{path: /A/host/one/Resources}, {path: /A/host/one/Resources/tkg}, {path: /dcs/B/host/two/Resources}]\n")
	for ref, want := range map[string]int{"*/Resources": 2, "*/Resources/*": 1, "/A/host/*/Resources": 1, "t*": 0, "[": 0} {
		if got := pools.Find(inventory.ResourcePoolClass, ref, ""); len(got) != want {
			t.Errorf("%s finds %v", ref, got)
		}
	}
	if got := pools.Find(inventory.ResourcePoolClass, "*/Resources", "/dcs/B"); len(got) != 1 || got[0].Path != "/dcs/B/host/two/Resources" {
		t.Errorf("%v", got)
	}
	if dc, ok := inv.DatacenterOf("/dcs/B/datastore/x"); !ok || dc.Name != "B" {
		t.Errorf("DatacenterOf: %v %v", dc, ok)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"no YAML", "hosts: [", "InvalidYAML"},
		{"empty", "# nothing\n", "MissingField"},
		{"two documents", "hosts: []\n---\nhosts: []\n", "InvalidYAML"},
		{"other version", "apiVersion: vspread.dev/v2\nhosts: []\n", "UnsupportedVersion"},
		{"other kind", "kind: Stock\n", "UnsupportedVersion"},
		{"no name", "datastores: [{hosts: []}]", "MissingField"},
		{"duplicate key", "hosts: []\nhosts: []\n", "DuplicateKey"},
		{"host twice", "hosts: [{name: a}, {name: a}]", "InconsistentInventory"},
		{"unknown host", "hosts: [{name: esxi01}]\ndatastores: [{name: d, hosts: [esxi1]}]", "InconsistentInventory"},
		{"mounted twice", "hosts: [{name: a}]\ndatastores: [{name: d, hosts: [a, a]}]", "InconsistentInventory"},
		{"ordinal twice", "datastores: [{name: a, ordinal: 1}, {name: b, ordinal: 1}]", "InconsistentInventory"},
		{"negative ordinal", "datastores: [{name: a, ordinal: -1}]", "InvalidValue"},
		{"path twice", "datastores: [{name: a, path: /x}, {name: b, path: /x}]", "InconsistentInventory"},
		{"bare name twice", "datastores: [{name: a}, {name: a}]", "InconsistentInventory"},
		{"name twice in two datacenters", "datastores: [{name: a, path: /x/a}, {name: a, path: /y/a}]", ""},
		{"unknown state", "hosts: [{name: a, state: asleep}]", "InvalidValue"},
		{"local to nobody", "datastores: [{name: a, local: true}]", "InconsistentInventory"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, diags := inventory.Parse(tt.text, diag.Where{})
			var codes []string
			for _, d := range diags {
				codes = append(codes, string(d.Code))
			}
			if got := strings.Join(codes, " "); got != tt.want {
				t.Errorf("Parse(%q): %q, want %q\n%v", tt.text, got, tt.want, diags)
			}
		})
	}
}

func TestFormatIsCanonical(t *testing.T) {
	t.Parallel()
	got := inventory.Format(parse(t, `
datastores:
- {name: b, hosts: [y, x], freeGiB: 1}
- name: a
  url: "ds:///vmfs/volumes/1/"
  tags: {zone: "no"}
hosts: [{name: y}, {name: x}]
`))
	want := `apiVersion: vspread.dev/v1alpha1
kind: Inventory
hosts:
- {name: x}
- {name: "y"}
datastores:
- {name: a, url: 'ds:///vmfs/volumes/1/', tags: {zone: "no"}}
- {name: b, freeGiB: 1, hosts: [x, "y"]}
`
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func genInventory() *rapid.Generator[inventory.Inventory] {
	return rapid.Custom(func(t *rapid.T) inventory.Inventory {
		var inv inventory.Inventory
		name := rapid.StringMatching(`[ -~]{1,12}`)
		for i, n := range rapid.SliceOfNDistinct(name, 0, 5, rapid.ID[string]).Draw(t, "hosts") {
			inv.Hosts = append(inv.Hosts, inventory.Host{Name: n, ID: fmt.Sprint("host-", i), CPUs: rapid.IntRange(0, 99).Draw(t, "cpus")})
		}
		for i, n := range rapid.SliceOfN(name, 0, 5).Draw(t, "datastores") {
			d := inventory.Datastore{Name: n, Path: fmt.Sprint("/dc/datastore/", i), Ordinal: i + 1}
			if rapid.Bool().Draw(t, "tagged") {
				d.Tags = inventory.Tags{rapid.String().Draw(t, "category"): rapid.String().Draw(t, "tag")}
			}
			for _, h := range inv.Hosts {
				if rapid.Bool().Draw(t, "mounts") {
					d.Hosts = append(d.Hosts, h.Name)
				}
			}
			inv.Datastores = append(inv.Datastores, d)
		}
		return inv
	})
}

func TestParseReadsWhatFormatWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := inventory.Format(genInventory().Draw(t, "inventory"))
		back, diags := inventory.Parse(text, diag.Where{})
		if diags.HasErrors() {
			t.Fatalf("%v\n%s", diags, text)
		}
		if d := cmp.Diff(text, inventory.Format(back)); d != "" {
			t.Fatalf("not a fixed point (-first +second):\n%s", d)
		}
	})
}

func TestSplitAndMerge(t *testing.T) {
	t.Parallel()
	var inv inventory.Inventory
	for i := range 9000 {
		inv.Templates = append(inv.Templates, inventory.Template{
			Name: fmt.Sprintf("template-%05d", i), Path: strings.Repeat("/a-rather-long-folder-name", 8) + fmt.Sprint("/", i),
		})
	}
	data := inventory.Data(inventory.Format(inv))
	if len(data) < 2 || data[inventory.Key] != "" {
		t.Fatalf("%d parts", len(data))
	}
	for k, v := range data {
		if len(v) > 900<<10 || !strings.HasSuffix(v, "\n") {
			t.Errorf("%s has %d bytes and ends in %q", k, len(v), v[len(v)-1:])
		}
	}
	text, diags := inventory.Text(data, diag.Where{})
	if len(diags) > 0 || text != inventory.Format(inv) {
		t.Errorf("the parts do not make the whole: %v", diags)
	}

	delete(data, "inventory.001.yaml")
	if _, diags := inventory.Text(data, diag.Where{}); !diags.HasErrors() {
		t.Error("a missing part passes")
	}
	if data := inventory.Data(inventory.Format(inventory.Inventory{})); len(data) != 1 || data[inventory.Key] == "" {
		t.Errorf("a small one is split: %v", data)
	}
}

func TestTextNormalisesLineEndings(t *testing.T) {
	t.Parallel()
	text, diags := inventory.Text(map[string]string{inventory.Key: "\ufeffhosts:\r\n- {name: a}\r\n"}, diag.Where{})
	if len(diags) > 0 || text != "hosts:\n- {name: a}\n" {
		t.Errorf("%q %v", text, diags)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(lab)
	f.Add("a: &a [*a]\nhosts: *a")
	f.Fuzz(func(t *testing.T, text string) {
		inv, diags := inventory.Parse(text, diag.Where{})
		if diags.HasErrors() {
			return
		}
		canonical := inventory.Format(inv)
		back, diags := inventory.Parse(canonical, diag.Where{})
		if diags.HasErrors() {
			t.Fatalf("what was written is not read: %v\n%s", diags, canonical)
		}
		if again := inventory.Format(back); again != canonical {
			t.Fatalf("not canonical:\n%s\n%s", canonical, again)
		}
	})
}
