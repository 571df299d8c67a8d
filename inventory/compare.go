// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"fmt"
	"slices"
	"strings"
)

// Changes says in sentences what is different in the second inventory: what joined, what is gone, what is
// mounted where. Free space is no change.
func Changes(old, updated Inventory) []string {
	c := changes{}
	old.canonicalise()
	updated.canonicalise()
	c.field("vCenter", "server", old.Server, updated.Server)
	c.field("vCenter", "version", old.Version, updated.Version)
	c.field("vCenter", "instance id", old.InstanceID, updated.InstanceID)
	c.field("vCenter", "thumbprint", old.Thumbprint, updated.Thumbprint)
	compare(&c, "datacenter", old.Datacenters, updated.Datacenters,
		func(x Datacenter) identity { return identity{x.ID, x.Name, x.Path} }, func(name string, a, b Datacenter) { c.tags(name, a.Tags, b.Tags) })
	compare(&c, "compute cluster", old.Clusters, updated.Clusters,
		func(x ComputeCluster) identity { return identity{x.ID, x.Name, x.Path} }, c.cluster)
	compare(&c, "host", old.Hosts, updated.Hosts,
		func(x Host) identity { return identity{x.ID, x.Name, ""} }, c.host)
	compare(&c, "datastore", old.Datastores, updated.Datastores,
		func(x Datastore) identity { return identity{x.ID, x.Name, x.Path} }, c.datastore)
	compare(&c, "datastore cluster", old.DatastoreClusters, updated.DatastoreClusters,
		func(x DatastoreCluster) identity { return identity{x.ID, x.Name, x.Path} },
		func(name string, a, b DatastoreCluster) { c.list(name, "has", a.Datastores, b.Datastores) })
	compare(&c, "network", old.Networks, updated.Networks,
		func(x Network) identity { return identity{x.ID, x.Name, x.Path} },
		func(name string, a, b Network) { c.list(name, "is on", a.Hosts, b.Hosts); c.tags(name, a.Tags, b.Tags) })
	compare(&c, "resource pool", old.ResourcePools, updated.ResourcePools,
		func(x ResourcePool) identity { return identity{x.ID, x.Path, ""} }, func(string, ResourcePool, ResourcePool) {})
	compare(&c, "folder", old.Folders, updated.Folders,
		func(x Folder) identity { return identity{x.ID, x.Path, ""} }, func(string, Folder, Folder) {})
	compare(&c, "template", old.Templates, updated.Templates,
		func(x Template) identity { return identity{x.ID, x.Name, x.Path} }, c.template)
	compare(&c, "storage policy", old.StoragePolicies, updated.StoragePolicies,
		func(x StoragePolicy) identity { return identity{x.ID, x.Name, ""} },
		func(name string, a, b StoragePolicy) { c.list(name, "fits", a.Datastores, b.Datastores) })
	for _, g := range updated.Gaps {
		if !slices.Contains(old.Gaps, g) {
			c.add("could not be read: %s", g)
		}
	}
	return c.sentences
}

type changes struct{ sentences []string }

func (c *changes) add(format string, args ...any) {
	c.sentences = append(c.sentences, fmt.Sprintf(format, args...))
}

// identity is how an object is found again: by id, else by path, else by name.
type identity struct{ id, name, path string }

func (i identity) is(j identity) bool {
	return same(i.id, j.id, i.name == j.name && (i.path == "" || j.path == "" || i.path == j.path))
}

// finder finds objects by their identity among many.
type finder struct {
	identities []identity
	byID       map[string]int
	byName     map[string][]int
}

func newFinder[T any](list []T, id func(T) identity) finder {
	f := finder{byID: map[string]int{}, byName: map[string][]int{}}
	for i, x := range list {
		n := id(x)
		f.identities = append(f.identities, n)
		if n.id != "" {
			f.byID[n.id] = i
		}
		f.byName[n.name] = append(f.byName[n.name], i)
	}
	return f
}

// find gives the position of the object that is the wanted one, or -1.
func (f finder) find(wanted identity) int {
	if i, ok := f.byID[wanted.id]; ok && wanted.id != "" {
		return i
	}
	for _, i := range f.byName[wanted.name] {
		if f.identities[i].is(wanted) {
			return i
		}
	}
	return -1
}

// compare pairs the objects of a class and reports those that came, went or were renamed.
func compare[T any](c *changes, class string, old, updated []T, id func(T) identity, both func(name string, a, b T)) {
	before, after := newFinder(old, id), newFinder(updated, id)
	for _, b := range updated {
		i := before.find(id(b))
		if i < 0 {
			c.joined(class, any(b), id(b))
			continue
		}
		a, name := old[i], class+" "+id(b).name
		if id(a).name != id(b).name {
			c.add("%s was called %s", name, id(a).name)
		} else if id(a).path != "" && id(b).path != "" && id(a).path != id(b).path {
			c.add("%s moved from %s to %s", name, id(a).path, id(b).path)
		}
		both(name, a, b)
	}
	for _, a := range old {
		if after.find(id(a)) < 0 {
			c.add("%s %s is forgotten", class, id(a).name)
		}
	}
}

func (c *changes) joined(class string, object any, id identity) {
	if d, ok := object.(Datastore); ok && d.IsLocal() {
		c.add("%s %s joined on %s", class, id.name, d.Hosts[0])
		return
	}
	c.add("%s %s joined", class, id.name)
}

func (c *changes) host(name string, a, b Host) {
	c.state(name, a.State, b.State)
	c.field(name, "compute cluster", a.Cluster, b.Cluster)
	c.field(name, "cores", count(a.CPUs), count(b.CPUs))
	c.field(name, "memory in MiB", count(a.MemoryMiB), count(b.MemoryMiB))
	c.tags(name, a.Tags, b.Tags)
}

func (c *changes) cluster(name string, a, b ComputeCluster) {
	c.field(name, "DRS", flag(a.DRS), flag(b.DRS))
	c.list(name, "has the VM group", a.VMGroups, b.VMGroups)
	groups := func(x ComputeCluster) []string {
		var out []string
		for _, g := range x.HostGroups {
			out = append(out, g.Name+" of "+strings.Join(g.Hosts, ", "))
		}
		return out
	}
	c.list(name, "has the host group", groups(a), groups(b))
	c.tags(name, a.Tags, b.Tags)
}

func (c *changes) datastore(name string, a, b Datastore) {
	c.state(name, a.State, b.State)
	c.list(name, "is mounted by", a.Hosts, b.Hosts)
	c.field(name, "type", a.Type, b.Type)
	c.field(name, "url", a.URL, b.URL)
	c.field(name, "capacity in GiB", count(a.CapacityGiB), count(b.CapacityGiB))
	if a.IsLocal() != b.IsLocal() {
		if b.IsLocal() {
			c.add("%s is local now", name)
		} else {
			c.add("%s is no longer local", name)
		}
	}
	c.tags(name, a.Tags, b.Tags)
}

func (c *changes) template(name string, a, b Template) {
	c.field(name, "guest", a.GuestOS, b.GuestOS)
	c.field(name, "disk in GiB", count(a.DiskGiB), count(b.DiskGiB))
	c.field(name, "snapshot", flag(a.Snapshot), flag(b.Snapshot))
	c.list(name, "is on", a.Datastores, b.Datastores)
}

func (c *changes) state(name string, a, b State) {
	if a == "" {
		a = Connected
	}
	if b == "" {
		b = Connected
	}
	switch {
	case a == b:
	case b == Gone:
		c.add("%s is gone", name)
	case a == Gone:
		c.add("%s is back (%s)", name, b)
	default:
		c.add("%s is %s, was %s", name, b, a)
	}
}

func (c *changes) field(name, what, a, b string) {
	switch {
	case a == b:
	case a == "":
		c.add("%s: %s is %s", name, what, b)
	case b == "":
		c.add("%s: %s was %s", name, what, a)
	default:
		c.add("%s: %s is %s, was %s", name, what, b, a)
	}
}

func (c *changes) list(name, verb string, a, b []string) {
	before, after := set(a), set(b)
	for _, x := range b {
		if !before[x] {
			c.add("%s %s %s", name, verb, x)
		}
	}
	for _, x := range a {
		if !after[x] {
			c.add("%s %s %s", name, no(verb), x)
		}
	}
}

func set(words []string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// no turns "is mounted by" into "is no longer mounted by".
func no(verb string) string {
	first, rest, _ := strings.Cut(verb, " ")
	return strings.TrimSpace(first + " no longer " + rest)
}

func (c *changes) tags(name string, a, b Tags) {
	list := func(t Tags) []string {
		var out []string
		for k, v := range t {
			out = append(out, k+"="+v)
		}
		slices.Sort(out)
		return out
	}
	c.list(name, "has the tag", list(a), list(b))
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func flag(b *bool) string {
	if b == nil {
		return ""
	}
	return fmt.Sprint(*b)
}
