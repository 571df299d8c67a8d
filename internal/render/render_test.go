// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/render"
	"github.com/vspread/vspread/inventory"
)

func TestPools(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	err := render.Pools(&b, []render.Pool{
		{Cluster: "apple", Host: "a", Datastore: "d\x1b[31m\n1", Name: "apple-md-d-1", Min: 2, Max: 2, Template: "t1"},
		{Cluster: "apple", Host: "bb", Datastore: "e", Name: "apple-md-e", Template: "t2", Note: "host is gone"},
	})
	want := `CLUSTER  HOST  DATASTORE  POOL (MACHINEDEPLOYMENT)  REPLICAS  VSPHEREMACHINETEMPLATE
apple    a     d[31m 1    apple-md-d-1              2         t1
apple    bb    e          apple-md-e                0         t2  (host is gone)
2 pools                                             2
`
	if d := cmp.Diff(want, b.String()); err != nil || d != "" {
		t.Errorf("%v\n%s", err, d)
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	err := render.Files(&b, "out", []render.FileChange{{"a.yaml", render.Created}, {"b.yaml", render.Unchanged}, {"c.yaml", render.Removed}})
	if want := "created   out/a.yaml\nremoved   out/c.yaml\n1 files unchanged in out\n"; err != nil || b.String() != want {
		t.Errorf("%v\n%s", err, b.String())
	}
}

func TestInventoryAndVerified(t *testing.T) {
	t.Parallel()
	inv, diags := inventory.Parse("hosts: [{name: a, cpus: 4, memoryMiB: 8, tags: {zone: z}}, {name: b, state: gone}]\ndatastores: [{name: d, ordinal: 3, capacityGiB: 9, freeGiB: 1, hosts: [a]}, {name: l, hosts: [b]}, {name: n, hosts: [a, b]}]\n", diag.Where{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var b strings.Builder
	if err := render.Inventory(&b, inv, true); err != nil {
		t.Fatal(err)
	}
	want := `HOST  STATE      LOCAL DATASTORES  FREE/CAPACITY GIB  SHARED DATASTORES  TAGS    CLUSTER  CORES  MEMORY MIB
a     connected  d #3              1/9                n                  zone=z  -        4      8
b     gone       l (gone)          0/0                n                  -       -        0      0

2 hosts, 3 datastores (2 local, 1 on all hosts), 0 networks, 0 templates, 0 gaps
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
	b.Reset()
	if err := render.Verified(&b, render.Verification{Pinned: 1, Pools: []render.VerifiedPool{{"p", "d", 2, []string{"m on a"}}, {"q", "e", -1, nil}}}); err != nil {
		t.Fatal(err)
	}
	want = `POOL  DATASTORE  IN GIT  IN VCENTER  MACHINES
p     d          2       1           m on a
q     e          -       0           -

1 machines, 1 of them on the one host of their local datastore
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}
