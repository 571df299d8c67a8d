// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vspread/vspread/fn/verify"
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
	err := render.Files(&b, "out", []render.FileChange{{"a.yaml", "created"}, {"c.yaml", "removed"}}, 1)
	if want := "created   out/a.yaml\nremoved   out/c.yaml\n1 file unchanged in out\n"; err != nil || b.String() != want {
		t.Errorf("%v\n%s", err, b.String())
	}
}

// lab has three hosts of one compute cluster and one of another, with what all, some and none of them mount.
const lab = `
hosts:
- {name: a, cluster: /dc/host/one, cpus: 4, memoryMiB: 32700, tags: {zone: z, row: r}}
- {name: b, cluster: /dc/host/one, state: maintenance}
- {name: c, cluster: /dc/host/two}
- {name: d, cluster: /dc/host/one, state: gone}
datastores:
- {name: a1, ordinal: 3, capacityGiB: 9, freeGiB: 1, hosts: [a], tags: {disk: nvme}}
- {name: b1, hosts: [b]}
- {name: b2, capacityGiB: 5, state: inaccessible, hosts: [b]}
- {name: d1, hosts: [d]}
- {name: of-all, type: NFS, capacityGiB: 8, freeGiB: 7, hosts: [a, b, c]}
- {name: of-one, capacityGiB: 8, freeGiB: 7, hosts: [a, b]}
- {name: of-some, hosts: [b, c]}
- {name: of-two, type: NFS, hosts: [c]}
- {name: unmounted, type: NFS}
gaps: ["host c: name cannot be read"]
`

func TestInventory(t *testing.T) {
	t.Parallel()
	inv, diags := inventory.Parse(lab, diag.Where{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	for wide, want := range map[bool]string{false: `HOST  STATE        LOCAL DATASTORES       FREE/SIZE GIB  SHARED DATASTORES  TAGS
a     connected    a1                     1/9            of-all, of-one     row=r, zone=z
b     maintenance  b1, b2 (inaccessible)  -, 0/5         of-all, of-one     -
c     connected    -                      -              of-all             -
d     gone         d1 (gone)              -              -                  -

DATASTORE  TYPE  STATE       FREE/SIZE GIB  HOSTS          TAGS
of-all     NFS   accessible  7/8            all 3          -
of-one     VMFS  accessible  7/8            all 2 of one   -
of-some    VMFS  accessible  -              2 of 3, not a  -
of-two     NFS   accessible  -              c              -
unmounted  NFS   accessible  -              none           -

4 hosts, 9 datastores (4 local, 2 shared, 3 on some hosts), 0 networks, 0 templates, 1 gap

Not read at the last refresh, so nothing becomes gone:
  host c: name cannot be read
`, true: `HOST  STATE        LOCAL DATASTORES       FREE/SIZE GIB  SHARED DATASTORES  TAGS           CLUSTER       CORES  MEMORY GIB
a     connected    a1                     1/9            of-all, of-one     row=r, zone=z  /dc/host/one  4      32
b     maintenance  b1, b2 (inaccessible)  -, 0/5         of-all, of-one     -              /dc/host/one  -      -
c     connected    -                      -              of-all             -              /dc/host/two  -      -
d     gone         d1 (gone)              -              -                  -              /dc/host/one  -      -

DATASTORE  TYPE  STATE         FREE/SIZE GIB  HOSTS          TAGS       ORDINAL  PATH
a1         VMFS  accessible    1/9            a              disk=nvme  3        -
b1         VMFS  accessible    -              b              -          -        -
b2         VMFS  inaccessible  0/5            b              -          -        -
d1         VMFS  gone          -              none           -          -        -
of-all     NFS   accessible    7/8            all 3          -          -        -
of-one     VMFS  accessible    7/8            all 2 of one   -          -        -
of-some    VMFS  accessible    -              2 of 3, not a  -          -        -
of-two     NFS   accessible    -              c              -          -        -
unmounted  NFS   accessible    -              none           -          -        -

4 hosts, 9 datastores (4 local, 2 shared, 3 on some hosts), 0 networks, 0 templates, 1 gap

Not read at the last refresh, so nothing becomes gone:
  host c: name cannot be read
`} {
		var b strings.Builder
		if err := render.Inventory(&b, inv, wide); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, b.String()); d != "" {
			t.Error(d)
		}
	}
}

func TestVerified(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := render.Verified(&b, verify.Report{Machines: 7, Pinned: 2, Elsewhere: 3, Unread: 1, Pools: []verify.Pool{
		{Name: "p", Datastore: "d", Host: "a", Wanted: 6, InPlace: 2, Others: []string{"on host b", "not read", "on host b", "on datastore e"}},
		{Namespace: "n", Name: "q", Datastore: "e", Wanted: -1, Uncertain: 1},
		{Name: "r", Wanted: 0},
	}}); err != nil {
		t.Fatal(err)
	}
	want := `POOL       DATASTORE  HOST  IN GIT  IN VCENTER  MACHINES
default/p  d          a     6       6           2 in place, 2 on host b, 1 not read, 1 on datastore e
n/q        e          -     -       0..1        1 of this pool or another
default/r  -          -     0       0           -

7 machines: 2 on the one host of their local datastore, 3 elsewhere, 1 not read, 1 on datastores of several hosts
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}
