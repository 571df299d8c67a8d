// SPDX-License-Identifier: Apache-2.0

package inventory

// matcher finds the objects of one class again: by id, which survives a rename, and where that does not help by
// other keys, in their order. A host that is added to a vCenter again has a new id and its old name, and its disks
// have new ids and their old urls. Who writes by hand gives names alone.
type matcher[T any] struct {
	word string
	// id is where an object has its id.
	id         func(*T) *string
	name, path func(T) string
	keys       []matchKey[T]
}

// matchKey is something that equal objects share; empty is none. A weak one says nothing about objects that are at
// two different paths.
type matchKey[T any] struct {
	of   func(T) string
	weak bool
}

var (
	datacenterMatcher = byPath("datacenter", func(x *Datacenter) *string { return &x.ID },
		func(x Datacenter) string { return x.Name }, func(x Datacenter) string { return x.Path })
	clusterMatcher = byPath("compute cluster", func(x *ComputeCluster) *string { return &x.ID },
		func(x ComputeCluster) string { return x.Name }, func(x ComputeCluster) string { return x.Path })
	podMatcher = byPath("datastore cluster", func(x *DatastoreCluster) *string { return &x.ID },
		func(x DatastoreCluster) string { return x.Name }, func(x DatastoreCluster) string { return x.Path })
	networkMatcher = byPath("network", func(x *Network) *string { return &x.ID },
		func(x Network) string { return x.Name }, func(x Network) string { return x.Path })
	poolMatcher = byPath("resource pool", func(x *ResourcePool) *string { return &x.ID },
		func(x ResourcePool) string { return x.Path }, func(x ResourcePool) string { return x.Path })
	folderMatcher = byPath("folder", func(x *Folder) *string { return &x.ID },
		func(x Folder) string { return x.Path }, func(x Folder) string { return x.Path })
	templateMatcher = byPath("template", func(x *Template) *string { return &x.ID },
		func(x Template) string { return x.Name }, func(x Template) string { return x.Path })
	policyMatcher = byPath("storage policy", func(x *StoragePolicy) *string { return &x.ID },
		func(x StoragePolicy) string { return x.Name }, func(StoragePolicy) string { return "" })
	hostMatcher = byPath("host", func(x *Host) *string { return &x.ID },
		func(x Host) string { return x.Name }, func(Host) string { return "" })
	datastoreMatcher = func() matcher[Datastore] {
		m := byPath("datastore", func(x *Datastore) *string { return &x.ID },
			func(x Datastore) string { return x.Name }, func(x Datastore) string { return x.Path })
		m.keys = []matchKey[Datastore]{
			// Two datacenters may have an object each for one disk.
			{of: func(x Datastore) string { return bothOf(x.URL, x.Path) }},
			{of: func(x Datastore) string { return x.URL }},
			{of: m.path},
			{of: func(x Datastore) string { return key(append([]string{x.Name}, x.Hosts...)...) }, weak: true},
			{of: m.name, weak: true},
		}
		return m
	}()
)

func byPath[T any](word string, id func(*T) *string, name, path func(T) string) matcher[T] {
	return matcher[T]{word, id, name, path, []matchKey[T]{{of: path}, {of: name, weak: true}}}
}

// bothOf joins two keys, neither of which may be missing.
func bothOf(a, b string) string {
	if a == "" || b == "" {
		return ""
	}
	return key(a, b)
}

// pair gives for each old object the position that it has among the new ones, or -1. By another key than the id only
// those are found whose id is no longer there, and only where one old and one new object are alone with it.
func (m matcher[T]) pair(old, updated []T, there func(id string) bool) []int {
	found, taken := make([]int, len(old)), make([]bool, len(updated))
	byID := make(map[string]int, len(updated))
	for j := range updated {
		if id := *m.id(&updated[j]); id != "" {
			byID[id] = j
		}
	}
	for i := range old {
		found[i] = -1
		if j, ok := byID[*m.id(&old[i])]; ok && !taken[j] {
			found[i], taken[j] = j, true
		}
	}
	for _, k := range m.keys {
		before, after := map[string][]int{}, map[string][]int{}
		for i, x := range old {
			if v, id := k.of(x), *m.id(&old[i]); v != "" && found[i] < 0 && (id == "" || !there(id)) {
				before[v] = append(before[v], i)
			}
		}
		for j, x := range updated {
			if v := k.of(x); v != "" && !taken[j] {
				after[v] = append(after[v], j)
			}
		}
		for v, is := range before {
			js := after[v]
			if len(is) != 1 || len(js) != 1 {
				continue
			}
			p, q := m.path(old[is[0]]), m.path(updated[js[0]])
			if k.weak && p != "" && q != "" && p != q {
				continue
			}
			found[is[0]], taken[js[0]] = js[0], true
		}
	}
	return found
}

// pairDatastores gives for each datastore the position that it has in the second inventory, or -1. Who mounts it says which one it is,
// so hosts are found first.
func pairDatastores(old, updated Inventory) []int {
	nothing := func(string) bool { return false }
	names := map[string]string{}
	for i, j := range hostMatcher.pair(old.Hosts, updated.Hosts, nothing) {
		if j >= 0 {
			names[old.Hosts[i].Name] = updated.Hosts[j].Name
		}
	}
	return datastoreMatcher.pair(renamed(old, names).Datastores, updated.Datastores, nothing)
}
