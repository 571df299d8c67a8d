// SPDX-License-Identifier: Apache-2.0

package inventory_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

const remembered = `
datacenters: [{name: A, path: /A}, {name: B, path: /B}]
clusters: [{name: c1, path: /A/host/c1}, {name: c2, path: /A/host/c2}]
hosts:
- {name: e1, id: h1, cluster: /A/host/c1}
- {name: e2, id: h2, cluster: /A/host/c1}
- {name: e3, id: h3, cluster: /A/host/c1}
- {name: e4, id: h4, cluster: /A/host/c2}
datastores:
- {name: d1, id: s1, path: /A/datastore/d1, ordinal: 1, capacityGiB: 100, freeGiB: 50, hosts: [e1]}
- {name: d2, id: s2, path: /A/datastore/d2, ordinal: 2, capacityGiB: 100, freeGiB: 50, hosts: [e2], local: false}
- {name: d3, id: s3, path: /A/datastore/d3, ordinal: 3, capacityGiB: 100, freeGiB: 50, hosts: [e3]}
- {name: d4, id: s4, path: /A/datastore/d4, ordinal: 4, capacityGiB: 100, freeGiB: 50, hosts: [e4]}
- {name: b, id: s5, path: /B/datastore/b, ordinal: 5}
templates: [{name: t, path: /A/vm/t}, {name: u, path: /B/vm/u}]
`

// edit gives an inventory as it would be read: without ordinals and overrides.
func edit(t *testing.T, pairs ...string) inventory.Inventory {
	t.Helper()
	text := remembered
	for i := 1; i <= 5; i++ {
		text = strings.ReplaceAll(text, fmt.Sprintf(" ordinal: %d,", i), "")
	}
	text = strings.NewReplacer(", local: false", "", ", ordinal: 5", "").Replace(text)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("%q is not in the text", pairs[i])
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	return parse(t, text)
}

func TestMerge(t *testing.T) {
	t.Parallel()
	old := parse(t, remembered)
	e3 := "- {name: e3, id: h3, cluster: /A/host/c1}\n"
	d3 := "- {name: d3, id: s3, path: /A/datastore/d3, capacityGiB: 100, freeGiB: 50, hosts: [e3]}\n"
	tests := []struct {
		name  string
		read  inventory.Inventory
		scope inventory.Scope
		want  []string
		// limited is a user who does not see everything.
		limited bool
	}{
		{"nothing", edit(t), inventory.Scope{}, nil, false},
		{"free space within a tenth", edit(t, "s1, path: /A/datastore/d1, capacityGiB: 100, freeGiB: 50", "s1, path: /A/datastore/d1, capacityGiB: 100, freeGiB: 60"), inventory.Scope{}, nil, false},
		{"a host joins", edit(t, e3, e3+"- {name: e5, id: h5}\n", d3, d3+"- {name: d5, id: s6, path: /A/datastore/d5, hosts: [e5]}\n"), inventory.Scope{},
			[]string{"host e5 joined", "datastore d5 joined on e5"}, false},
		{"a host is lost", edit(t, e3, "", d3, ""), inventory.Scope{}, []string{"host e3 is gone", "datastore d3 is gone"}, false},
		{"a host is not seen by a partial reading", edit(t, e3, "", d3, "gaps: [hosts of /A/host/c1]\n"[:0], "templates:", "gaps: [something]\ntemplates:"), inventory.Scope{},
			[]string{"could not be read: something"}, true},
		{"another cluster is not read", edit(t, "- {name: e4, id: h4, cluster: /A/host/c2}\n", "", "- {name: d4, id: s4, path: /A/datastore/d4, capacityGiB: 100, freeGiB: 50, hosts: [e4]}\n", "", ", {name: c2, path: /A/host/c2}", ""),
			inventory.Scope{Datacenters: []string{"/A"}, Cluster: "c1"}, nil, false},
		{"another datacenter is not read", edit(t, ", {name: B, path: /B}", "", "- {name: b, id: s5, path: /B/datastore/b}\n", "", ", {name: u, path: /B/vm/u}", ""), inventory.Scope{Datacenters: []string{"/A"}}, nil, false},
		{"a host is renamed", edit(t, "name: e3,", "name: e33,", "hosts: [e3]", "hosts: [e33]"), inventory.Scope{}, []string{"host e33 was called e3", "datastore d3 is mounted by e33", "datastore d3 is no longer mounted by e3"}, false},
		{"a renamed host's datastore is lost", edit(t, "name: e3,", "name: e33,", d3, ""), inventory.Scope{},
			[]string{"host e33 was called e3", "datastore d3 is gone", "datastore d3 is mounted by e33", "datastore d3 is no longer mounted by e3"}, false},
		{"a datastore is renamed", edit(t, "name: d1,", "name: fast,", "/A/datastore/d1", "/A/datastore/fast"), inventory.Scope{}, []string{"datastore fast was called d1"}, false},
		{"a template goes", edit(t, "{name: t, path: /A/vm/t}, ", ""), inventory.Scope{}, []string{"template t is no longer there"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := inventory.Merge(old, inventory.Reading{Seen: tt.read, Scope: tt.scope, Limited: tt.limited})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, inventory.Changes(old, got)); d != "" {
				t.Errorf("changes (-want +got):\n%s", d)
			}
			if tt.want == nil && inventory.Format(old) != inventory.Format(got) {
				t.Errorf("the text changes:\n%s", cmp.Diff(inventory.Format(old), inventory.Format(got)))
			}
			if _, diags := inventory.Parse(inventory.Format(got), diag.Where{}); diags.HasErrors() {
				t.Errorf("the result is not valid: %v", diags)
			}
		})
	}
}

// TestALostHostMakesNoLocalDatastore holds that what several hosts have mounted gets no pool when one of them is left.
func TestALostHostMakesNoLocalDatastore(t *testing.T) {
	t.Parallel()
	old := parse(t, "hosts: [{name: a}, {name: b}, {name: c}, {name: d}]\ndatastores: [{name: lun, hosts: [a, b]}, {name: disk, hosts: [c]}, {name: said, hosts: [a, b], local: true}, {name: nfs, type: NFS, hosts: [a, b]}]\n")
	got, err := inventory.Merge(old, inventory.Reading{Seen: parse(t, "hosts: [{name: a}, {name: c}, {name: d}]\ndatastores: [{name: lun, hosts: [a]}, {name: disk, hosts: [c]}, {name: said, hosts: [a]}, {name: nfs, type: NFS, hosts: [a]}]\n")})
	if err != nil {
		t.Fatal(err)
	}
	var local []string
	for _, d := range got.Locals() {
		local = append(local, d.Name)
	}
	if want := []string{"disk", "said"}; !slices.Equal(local, want) {
		t.Errorf("%v are local, not %v", local, want)
	}
	again, err := inventory.Merge(got, inventory.Reading{Seen: parse(t, "hosts: [{name: a}, {name: b}, {name: c}, {name: d}]\ndatastores: [{name: lun, hosts: [a, b]}, {name: disk, hosts: [c]}, {name: said, hosts: [a, b]}, {name: nfs, type: NFS, hosts: [a, b]}]\n")})
	if err != nil || len(again.Shared([]string{"a", "b"})) != 2 {
		t.Errorf("when they are back: %v %v", again.Shared([]string{"a", "b"}), err)
	}
}

// TestWhatAReadingTellsCountsAtOnce holds that a reading is no other the second time: a host that stands alone is located by its
// datastore, whose path is learnt by the same reading.
func TestWhatAReadingTellsCountsAtOnce(t *testing.T) {
	t.Parallel()
	old := parse(t, "hosts: [{name: a, id: h1}, {name: b, id: h2}, {name: c, id: h3}, {name: d, id: h4}]\ndatastores: [{name: x, id: s1, hosts: [a]}]\n")
	for at, want := range map[string]inventory.State{"/A": inventory.Gone, "/B": ""} {
		read := inventory.Reading{Scope: inventory.Scope{Datacenters: []string{"/A"}},
			Seen: parse(t, "hosts: [{name: b, id: h2}, {name: c, id: h3}, {name: d, id: h4}]\ndatastores: [{name: x, id: s1, path: "+at+"/datastore/x}]\n")}
		one, err := inventory.Merge(old, read)
		if err != nil {
			t.Fatal(err)
		}
		if a, _ := one.Host("a"); a.State != want {
			t.Errorf("with its datastore in %s the host is %q, not %q", at, a.State, want)
		}
		two, err := inventory.Merge(one, read)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(inventory.Format(one), inventory.Format(two)); d != "" {
			t.Errorf("the same reading once more:\n%s", d)
		}
	}
}

func TestMergeStopsAtALargeLoss(t *testing.T) {
	t.Parallel()
	old := parse(t, "hosts: [{name: a}, {name: b}, {name: c}, {name: d, state: gone}]\n")
	if _, err := inventory.Merge(old, inventory.Reading{Seen: parse(t, "hosts: [{name: a}, {name: b}]\n")}); err != nil {
		t.Errorf("one of three: %v", err)
	}
	var loss *inventory.LossError
	if _, err := inventory.Merge(old, inventory.Reading{Seen: parse(t, "hosts: [{name: a}]\n")}); !errors.As(err, &loss) || loss.Lost != 2 || loss.Known != 3 {
		t.Errorf("two of three: %v", err)
	}
}

func TestOrdinalsAreNeverGivenAgain(t *testing.T) {
	t.Parallel()
	one, err := inventory.Merge(inventory.Inventory{}, inventory.Reading{Seen: parse(t, "hosts: [{name: a}]\ndatastores: [{name: b, hosts: [a]}, {name: c}]\n")})
	if err != nil {
		t.Fatal(err)
	}
	gone, err := inventory.Merge(one, inventory.Reading{Seen: parse(t, "hosts: [{name: a}]\ndatastores: [{name: b, hosts: [a]}]\n")})
	var loss *inventory.LossError
	if !errors.As(err, &loss) {
		t.Fatal(err)
	}
	forgotten, refused := inventory.Forget(gone, []string{"c"})
	if refused != nil {
		t.Fatal(refused)
	}
	two, err := inventory.Merge(forgotten, inventory.Reading{Seen: parse(t, "hosts: [{name: a}]\ndatastores: [{name: b, hosts: [a]}, {name: d}]\n")})
	if err != nil {
		t.Fatal(err)
	}
	want := "hosts:\n- {name: a}\ndatastores:\n- {name: b, ordinal: 1, hosts: [a]}\n- {name: d, ordinal: 3}\n"
	if got := inventory.Format(two); !strings.HasSuffix(got, want) {
		t.Errorf("got\n%s", got)
	}
}

func TestForget(t *testing.T) {
	t.Parallel()
	inv := parse(t, "hosts: [{name: a, state: gone}, {name: b}]\ndatastores: [{name: la, hosts: [a]}, {name: lb, hosts: [b]}, {name: s, hosts: [a, b]}]\n")
	got, refused := inventory.Forget(inv, []string{"a"})
	if refused != nil {
		t.Fatal(refused)
	}
	if d := cmp.Diff("hosts:\n- {name: b}\ndatastores:\n- {name: lb, hosts: [b]}\n- {name: s, hosts: [b]}\n", strings.SplitN(inventory.Format(got), "\n", 3)[2]); d != "" {
		t.Error(d)
	}
	for _, name := range []string{"b", "lb", "s", "x"} {
		if got, refused := inventory.Forget(inv, []string{"a", name}); len(refused) != 1 || inventory.Format(got) != inventory.Format(inv) {
			t.Errorf("Forget(%s): %v", name, refused)
		}
	}
}

// Forgetting one of two datastores of a name leaves the other's name to itself, as a refresh would, and an entry that meant the
// forgotten one never becomes the other.
func TestForgetSpellsListsAgain(t *testing.T) {
	t.Parallel()
	inv := parse(t, `
datacenters: [{name: A, path: /A}, {name: B, path: /B}]
hosts: [{name: a}]
datastores: [{name: d, path: /A/datastore/d, state: gone}, {name: d, path: /B/datastore/d, hosts: [a]}]
templates: [{name: t, path: /A/vm/t, datastores: [d]}, {name: t, path: /B/vm/t, datastores: [/B/datastore/d]}]
storagePolicies: [{name: p, datastores: [d]}, {name: q, datastores: [/A/datastore/d]}]
`)
	got, refused := inventory.Forget(inv, []string{"/A/datastore/d"})
	if refused != nil {
		t.Fatal(refused)
	}
	want := `templates:
- {name: t, path: /A/vm/t, datastores: [/A/datastore/d]}
- {name: t, path: /B/vm/t, datastores: [d]}
storagePolicies:
- {name: p, datastores: [/A/datastore/d, d]}
- {name: q, datastores: [/A/datastore/d]}
`
	if text := inventory.Format(got); !strings.HasSuffix(text, want) {
		t.Errorf("got\n%s", text)
	}
}

// What vCenter contradicts itself about stays until both sides could be read.
func TestContradictionsStay(t *testing.T) {
	t.Parallel()
	const says = ": host b says that it mounts it, and it does not say so"
	inv := `
datacenters: [{name: A, path: /A}, {name: B, path: /B}]
clusters: [{name: c, path: /A/host/c}]
hosts: [{name: a, id: h1, cluster: /A/host/c}, {name: b, id: h2}, {name: e, id: h3}, {name: f, id: h4}, {name: g, id: h5}]
datastores: [{name: d, id: s1, path: /A/datastore/d, ordinal: 1, hosts: [a]}, {name: x, id: s2, path: /B/datastore/x, ordinal: 2, hosts: [e]}]
networks: [{name: n, id: n1, path: /A/network/n, type: Network}]
`
	old := parse(t, inv+"disagreements: ['datastore /A/datastore/d"+says+"', 'network /A/network/n: its hosts disagree on forged transmits']\n")
	without := func(pairs ...string) inventory.Inventory {
		return parse(t, strings.NewReplacer(append(pairs, ", ordinal: 1", "", ", ordinal: 2", "")...).Replace(inv))
	}
	network := "network /A/network/n: its hosts disagree on forged transmits"
	both := []string{"datastore /A/datastore/d" + says, network}
	b := "{name: b, id: h2}, "
	for name, c := range map[string]struct {
		read inventory.Reading
		want []string
	}{
		"both sides are read":                 {inventory.Reading{Seen: without()}, nil},
		"the host is out of scope":            {inventory.Reading{Seen: without(b, ""), Scope: inventory.Scope{Datacenters: []string{"/A"}, Cluster: "c"}, Outside: map[string]bool{"h2": true}}, both[:1]},
		"the host is out of sight":            {inventory.Reading{Seen: without(b, ""), Hidden: map[string]bool{"h2": true}}, both[:1]},
		"the host is gone":                    {inventory.Reading{Seen: without(b, "")}, nil},
		"what the host mounts is not read":    {inventory.Reading{Seen: without(), Unread: map[string][]string{"h2": {"datastores"}}}, both[:1]},
		"what the datastore says is not read": {inventory.Reading{Seen: without(), Unread: map[string][]string{"s1": {"hosts"}}}, both[:1]},
		"what hosts say of a network is not":  {inventory.Reading{Seen: without(), Unread: map[string][]string{"n1": {"security"}}}, both[1:]},
		"datastore and network are elsewhere": {inventory.Reading{Seen: parse(t, "hosts: [{name: e, id: h3}]\ndatastores: [{name: x, id: s2, path: /B/datastore/x, hosts: [e]}]\n"), Scope: inventory.Scope{Datacenters: []string{"/B"}}}, both},
		"the path of the datastore is not read": {func() inventory.Reading {
			r := inventory.Reading{Seen: without("path: /A/datastore/d, ", ""), Unread: map[string][]string{"s1": {"path"}}}
			r.Seen.Disagreements = []string{"datastore d" + says}
			return r
		}(), both[:1]},
	} {
		got, err := inventory.Merge(old, c.read)
		if err != nil {
			t.Fatal(name, err)
		}
		if !slices.Equal(got.Disagreements, c.want) {
			t.Errorf("%s: %q", name, got.Disagreements)
		}
	}
}
