// SPDX-License-Identifier: Apache-2.0

package inventory_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// TestFinderFindsWhatAScanFinds compares both for references of all forms.
func TestFinderFindsWhatAScanFinds(t *testing.T) {
	t.Parallel()
	part := rapid.SampledFrom([]string{"a", "b", "a/b", "Resources", ""})
	path := rapid.SampledFrom([]string{"", "/dc/vm/a", "/dc/vm/b/a", "/dc/vm/a/b", "/other/vm/a", "/dc/host/a/Resources", "/dc/host/b/Resources", "a"})
	id := rapid.SampledFrom([]string{"", "vm-1", "vm-2", "a", "x:vm-1"})
	object := rapid.Custom(func(t *rapid.T) inventory.Object {
		return inventory.Object{Name: part.Draw(t, "name"), Path: path.Draw(t, "path"), ID: id.Draw(t, "id")}
	})
	ref := rapid.OneOf(part, path, id, rapid.SampledFrom([]string{"VirtualMachine:vm-1", "VirtualMachine:a", "VirtualMachine:x:vm-1", "*/Resources", "vm/a", "b/a", "/"}))
	rapid.Check(t, func(t *rapid.T) {
		class := rapid.SampledFrom([]inventory.Class{inventory.TemplateClass, inventory.ResourcePoolClass, inventory.DatastoreClass}).Draw(t, "class")
		objects := rapid.SliceOfN(object, 0, 8).Draw(t, "objects")
		r, below := ref.Draw(t, "ref"), rapid.SampledFrom([]string{"", "/dc", "/other"}).Draw(t, "below")
		got, want := inventory.NewFinder(objects, class).Find(r, below), inventory.Among(objects, class, r, below)
		if !slices.Equal(got, want) {
			t.Errorf("%q below %q: found %v, a scan %v", r, below, got, want)
		}
	})
}

// TestDatacenterOfIsTheInnermost compares the lookup with a scan over datacenters in folders.
func TestDatacenterOfIsTheInnermost(t *testing.T) {
	t.Parallel()
	path := rapid.SampledFrom([]string{"", "/a", "/a/b", "/a/b/c", "/ab", "/a/host", "/", "/a//b", "a", "/a/b/datastore/d"})
	rapid.Check(t, func(t *rapid.T) {
		var inv inventory.Inventory
		for i, p := range rapid.SliceOfN(path, 0, 6).Draw(t, "paths") {
			inv.Datacenters = append(inv.Datacenters, inventory.Datacenter{Name: fmt.Sprint(i), Path: p})
		}
		p := path.Draw(t, "path")
		want, isIn := inventory.Datacenter{}, false
		for _, dc := range inv.Datacenters {
			if dc.Path != "" && strings.HasPrefix(p, dc.Path+"/") && len(dc.Path) >= len(want.Path) {
				want, isIn = dc, true
			}
		}
		if got, ok := inv.DatacenterOf(p); ok != isIn || got.Name != want.Name {
			t.Errorf("%q is in %v %t, want %v %t", p, got, ok, want, isIn)
		}
	})
}

// large has n entries of most classes.
func large(n, shift int) inventory.Inventory {
	inv := inventory.Inventory{Server: "vc"}
	for i := range n {
		dc, id := fmt.Sprintf("/dc%d", i/10), fmt.Sprint(i+shift)
		if i%10 == 0 {
			inv.Datacenters = append(inv.Datacenters, inventory.Datacenter{Name: dc[1:], Path: dc, ID: "dc-" + id})
		}
		host, cluster, datastore := fmt.Sprint("h", i), fmt.Sprintf("%s/host/c%d", dc, i), fmt.Sprint("d", i)
		inv.Clusters = append(inv.Clusters, inventory.ComputeCluster{Name: fmt.Sprint("c", i), Path: cluster, ID: "c-" + id})
		inv.Hosts = append(inv.Hosts, inventory.Host{Name: host, ID: "host-" + id, Cluster: cluster})
		inv.Datastores = append(inv.Datastores, inventory.Datastore{Name: datastore, Path: dc + "/datastore/" + datastore, ID: "ds-" + id, Hosts: []string{host}, Ordinal: i + 1})
		inv.Networks = append(inv.Networks, inventory.Network{Name: fmt.Sprint("n", i), Path: fmt.Sprintf("%s/network/n%d", dc, i), ID: "n-" + id, Hosts: []string{host}})
		inv.ResourcePools = append(inv.ResourcePools, inventory.ResourcePool{Path: cluster + "/Resources", ID: "p-" + id})
		inv.Templates = append(inv.Templates, inventory.Template{Name: fmt.Sprint("t", i), Path: fmt.Sprintf("%s/vm/t%d", dc, i), ID: "vm-" + id, Datastores: []string{datastore}})
		inv.StoragePolicies = append(inv.StoragePolicies, inventory.StoragePolicy{Name: fmt.Sprint("s", i), ID: "s-" + id, Datastores: []string{datastore}})
		inv.Gaps = append(inv.Gaps, "the hosts of datastore "+dc+"/datastore/"+datastore+": no right")
	}
	return inv
}

// benchmarkSizes should take twice as long for twice as many entries.
func benchmarkSizes(b *testing.B, f func(old, updated inventory.Inventory)) {
	for _, n := range []int{500, 1000, 2000} {
		old, updated := large(n, 0), large(n, 1000000)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				f(old, updated)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	benchmarkSizes(b, func(old, _ inventory.Inventory) { inventory.Parse(inventory.Format(old), diag.Where{}) })
}

func BenchmarkAdvise(b *testing.B) {
	benchmarkSizes(b, func(old, _ inventory.Inventory) { old.Advise(diag.Where{}) })
}

func BenchmarkChanges(b *testing.B) {
	benchmarkSizes(b, func(old, updated inventory.Inventory) { inventory.Changes(old, updated) })
}

// BenchmarkMerge merges a reading of a part, since most questions are about what lies outside of the scope.
func BenchmarkMerge(b *testing.B) {
	benchmarkSizes(b, func(old, updated inventory.Inventory) {
		scope := inventory.Scope{Cluster: "c1*"}
		for _, dc := range old.Datacenters {
			scope.Datacenters = append(scope.Datacenters, dc.Path)
		}
		_, _ = inventory.Merge(old, inventory.Reading{Seen: updated, Scope: scope})
	})
}
