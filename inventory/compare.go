// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"fmt"
	"slices"
	"strings"
)

// Changes says in sentences what is different in the second inventory: what joined, what is gone, what is
// mounted where. Free space is no change, and neither is an id or path that is known now and was not.
func Changes(old, updated Inventory) []string {
	old.canonicalise()
	updated.canonicalise()
	c := &changes{}
	c.point(&old, &updated)
	c.field("vCenter", "server", old.Server, updated.Server)
	c.field("vCenter", "version", old.Version, updated.Version)
	c.field("vCenter", "instance id", old.InstanceID, updated.InstanceID)
	c.field("vCenter", "thumbprint", old.Thumbprint, updated.Thumbprint)
	compare(c, datacenterMatcher, old.Datacenters, updated.Datacenters, func(name string, a, b Datacenter) { c.tags(name, a.Tags, b.Tags) })
	compare(c, clusterMatcher, old.Clusters, updated.Clusters, c.cluster)
	compare(c, hostMatcher, old.Hosts, updated.Hosts, c.host)
	comparePaired(c, datastoreMatcher, pairDatastores(old, updated), old.Datastores, updated.Datastores, c.datastore)
	compare(c, podMatcher, old.DatastoreClusters, updated.DatastoreClusters, func(name string, a, b DatastoreCluster) {
		c.list(name, "has", a.Datastores, b.Datastores)
		c.tags(name, a.Tags, b.Tags)
	})
	compare(c, networkMatcher, old.Networks, updated.Networks, c.network)
	compare(c, poolMatcher, old.ResourcePools, updated.ResourcePools, func(name string, a, b ResourcePool) { c.tags(name, a.Tags, b.Tags) })
	compare(c, folderMatcher, old.Folders, updated.Folders, func(name string, a, b Folder) { c.tags(name, a.Tags, b.Tags) })
	compare(c, templateMatcher, old.Templates, updated.Templates, c.template)
	compare(c, policyMatcher, old.StoragePolicies, updated.StoragePolicies,
		func(name string, a, b StoragePolicy) { c.list(name, "fits", a.Datastores, b.Datastores) })
	c.notes("could not be read: ", "can be read again: ", old.Gaps, updated.Gaps)
	c.notes("vCenter contradicts itself: ", "vCenter no longer contradicts itself: ", old.Disagreements, updated.Disagreements)
	return c.sentences
}

type changes struct {
	sentences []string
	// words are what tokens in the lists of datastores are called.
	words map[string]string
}

// point puts tokens into the lists of datastores of both, equal ones for what is one datastore, however it is written.
func (c *changes) point(old, updated *Inventory) {
	label := labels(datastoreMatcher, old.Datastores, updated.Datastores)
	c.words = map[string]string{}
	for j, d := range updated.Datastores {
		c.words[token(j)] = label(d)
	}
	now := pairDatastores(*old, *updated)
	for i, j := range now {
		if j < 0 {
			now[i] = len(c.words)
			c.words[token(now[i])] = label(old.Datastores[i])
		}
	}
	before := old.Directory()
	old.tokens(func(entry, datacenter string) []int {
		return through(now, before.find(entry, datacenter))
	})
	updated.tokens(updated.Directory().find)
}

func (c *changes) add(format string, args ...any) {
	c.sentences = append(c.sentences, fmt.Sprintf(format, args...))
}

// compare pairs the objects of a class and reports those that came, went or were renamed.
func compare[T any](c *changes, m matcher[T], old, updated []T, both func(name string, a, b T)) {
	comparePaired(c, m, m.pair(old, updated, func(string) bool { return false }), old, updated, both)
}

func comparePaired[T any](c *changes, m matcher[T], now []int, old, updated []T, both func(name string, a, b T)) {
	label := labels(m, old, updated)
	before := make(map[int]int, len(old))
	for i, j := range now {
		if j >= 0 {
			before[j] = i
		}
	}
	for j, b := range updated {
		i, known := before[j]
		name := m.word + " " + label(b)
		if !known {
			c.joined(name, any(b))
			continue
		}
		a := old[i]
		switch {
		case m.name(a) != m.name(b):
			c.add("%s was called %s", name, label(a))
		case m.path(a) != "" && m.path(b) != "" && m.path(a) != m.path(b):
			c.add("%s moved from %s to %s", name, m.path(a), m.path(b))
		}
		if was, is := *m.id(&old[i]), *m.id(&updated[j]); was != "" && is != "" {
			c.field(name, "id", was, is)
		}
		both(name, a, b)
	}
	for i, a := range old {
		if now[i] < 0 {
			c.left(m.word+" "+label(a), any(a))
		}
	}
}

// labels gives names to the objects of a class: their own, or the path where several have one name.
func labels[T any](m matcher[T], lists ...[]T) func(T) string {
	several := map[string]bool{}
	for _, list := range lists {
		seen := map[string]bool{}
		for _, x := range list {
			several[m.name(x)] = several[m.name(x)] || seen[m.name(x)]
			seen[m.name(x)] = true
		}
	}
	return func(x T) string {
		if several[m.name(x)] && m.path(x) != "" {
			return m.path(x)
		}
		return m.name(x)
	}
}

func (c *changes) joined(name string, object any) {
	switch x := object.(type) {
	case Datastore:
		if x.IsLocal() {
			c.add("%s joined on %s", name, strings.Join(x.Hosts, ", "))
			return
		}
		if len(x.Hosts) == 1 && x.Local != nil {
			c.add("%s joined on %s, and is not local (local: false)", name, x.Hosts[0])
			return
		}
		c.add("%s joined", name)
	case Host:
		c.add("%s joined", name)
	default:
		c.add("%s is new", name)
	}
}

// left reports what the second inventory does not have. Hosts and datastores leave when somebody forgets them, other
// things when vCenter does not show them any more.
func (c *changes) left(name string, object any) {
	switch object.(type) {
	case Host, Datastore:
		c.add("%s is forgotten", name)
	default:
		c.add("%s is no longer there", name)
	}
}

func (c *changes) notes(now, before string, old, updated []string) {
	was, is := set(old), set(updated)
	for _, n := range updated {
		if !was[n] {
			c.add("%s%s", now, n)
		}
	}
	for _, n := range old {
		if !is[n] {
			c.add("%s%s", before, n)
		}
	}
}

func (c *changes) host(name string, a, b Host) {
	c.state(name, a.State, b.State)
	c.field(name, "path", a.Path, b.Path)
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
	c.field(name, "ordinal", count(a.Ordinal), count(b.Ordinal))
	c.field(name, "local", flag(a.Local), flag(b.Local))
	if a.IsLocal() != b.IsLocal() {
		if b.IsLocal() {
			c.add("%s is local now", name)
		} else {
			c.add("%s is no longer local", name)
		}
	}
	c.tags(name, a.Tags, b.Tags)
}

func (c *changes) network(name string, a, b Network) {
	c.list(name, "is on", a.Hosts, b.Hosts)
	c.field(name, "type", a.Type, b.Type)
	x, y := policy(a.Security), policy(b.Security)
	c.field(name, "promiscuous mode", flag(x.Promiscuous), flag(y.Promiscuous))
	c.field(name, "MAC address changes", flag(x.MACChanges), flag(y.MACChanges))
	c.field(name, "forged transmits", flag(x.ForgedTransmits), flag(y.ForgedTransmits))
	c.tags(name, a.Tags, b.Tags)
}

func policy(s *Security) Security {
	if s == nil {
		return Security{}
	}
	return *s
}

func (c *changes) template(name string, a, b Template) {
	c.field(name, "guest", a.GuestOS, b.GuestOS)
	c.field(name, "disk in GiB", count(a.DiskGiB), count(b.DiskGiB))
	c.field(name, "snapshot", flag(a.Snapshot), flag(b.Snapshot))
	c.list(name, "is on", a.Datastores, b.Datastores)
	c.tags(name, a.Tags, b.Tags)
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
			c.add("%s %s %s", name, verb, c.word(x))
		}
	}
	for _, x := range a {
		if !after[x] {
			c.add("%s %s %s", name, no(verb), c.word(x))
		}
	}
}

func (c *changes) word(x string) string {
	if w, ok := c.words[x]; ok {
		return w
	}
	return x
}

func set(words []string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// no turns "is mounted by" into "is no longer mounted by", and "fits" into "no longer fits".
func no(verb string) string {
	if rest, ok := strings.CutPrefix(verb, "is "); ok {
		return "is no longer " + rest
	}
	return "no longer " + verb
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
