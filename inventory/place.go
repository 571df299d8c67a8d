// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
)

// place finds out which of the remembered hosts lie in the scope and which of those are no longer there, and gives the
// inventory with the names that hosts have now. Everything else refers to hosts by name.
func (m *merger) place(old, seen Inventory) {
	m.old, m.at = old, newRemembered(&old)
	m.clustersSeen = make(map[string]bool, len(seen.Clusters))
	for _, c := range seen.Clusters {
		m.clustersSeen[c.ID] = true
	}
	m.inside, m.absent, m.seen = map[string]bool{}, map[string]bool{}, map[string]bool{}
	used := map[string]bool{}
	for _, h := range seen.Hosts {
		m.seen[h.Name] = true
		used[h.Name] = true
	}
	for _, o := range old.Hosts {
		used[o.Name] = true
	}
	hosts := hostMatcher.pair(old.Hosts, seen.Hosts, m.there)
	names := map[string]string{}
	for i, j := range hosts {
		if j >= 0 {
			names[old.Hosts[i].Name] = seen.Hosts[j].Name
		}
	}
	m.datastores = datastoreMatcher.pair(renamed(old, names).Datastores, seen.Datastores, m.there)
	for i, j := range hosts {
		o := old.Hosts[i]
		now, inside, absent := o.Name, j >= 0 || m.remembersInside(o), false
		if j >= 0 {
			now = seen.Hosts[j].Name
		} else {
			absent = !m.stays(o.ID, inside)
			if (absent || o.State == Gone) && m.seen[now] {
				// Another host has this name now, and names of hosts are unique.
				now = free(o, used)
			}
		}
		names[o.Name] = now
		m.inside[now], m.absent[now] = inside, absent
	}
	m.old = renamed(old, names)
	m.at = newRemembered(&m.old)
}

// free gives a name to a host that is gone and whose name another has.
func free(h Host, used map[string]bool) string {
	name := h.Name + " (" + h.ID + ")"
	if h.ID == "" {
		name = h.Name + " (gone)"
	}
	for n := 2; used[name]; n++ {
		name = fmt.Sprintf("%s (gone %d)", h.Name, n)
	}
	used[name] = true
	return name
}

var freed = regexp.MustCompile(` \(gone(?: \d+)?\)$`)

// wasCalled gives the name that a host had before free gave it another one.
func wasCalled(name string) string { return freed.ReplaceAllString(name, "") }

// remembersInside tells by what is known of a host that was not seen whether it lies in the scope. Where nothing says so it does
// not. What this reading tells of its datastores counts: read once more, it is what is remembered.
func (m *merger) remembersInside(h Host) bool {
	s := m.read.Scope
	switch {
	case s.isWhole():
		return true
	case h.Cluster != "":
		return m.clusterWithin(m.clusterAt(h.Cluster))
	case s.Cluster != "":
		return false
	case h.Path != "":
		return s.holds(h.Path)
	}
	// A host mounts only what is in its datacenter.
	inside := false
	for _, i := range m.at.mounted[h.Name] {
		at := m.old.Datastores[i].Path
		if j := m.datastores[i]; j >= 0 {
			at = cmp.Or(m.read.Seen.Datastores[j].Path, at)
		}
		if at == "" {
			continue
		}
		if !s.holds(at) {
			return false
		}
		inside = true
	}
	return inside
}

// clusterAt gives the remembered compute cluster at a path, or one that has no more than that path.
func (m *merger) clusterAt(p string) ComputeCluster {
	if found := m.at.clusters[p]; len(found) > 0 {
		return m.old.Clusters[found[0]]
	}
	return ComputeCluster{Name: path.Base(p), Path: p}
}

func (m *merger) clusterWithin(c ComputeCluster) bool {
	return m.read.Scope.holds(c.Path) && (m.read.Scope.names(c.Name) ||
		c.ID != "" && m.clustersSeen[c.ID])
}

func (m *merger) hostWithin(h Host) bool { return m.inside[h.Name] }

// onInside tells whether one of these hosts lies in the scope, where that is limited to compute clusters.
func (m *merger) onInside(hosts []string) bool {
	return m.read.Scope.Cluster == "" || slices.ContainsFunc(hosts, func(h string) bool { return m.inside[h] })
}

func (m *merger) datastoreWithin(d Datastore) bool {
	return m.read.Scope.holds(d.Path) && m.onInside(d.Hosts)
}

func (m *merger) networkWithin(n Network) bool {
	return m.read.Scope.holds(n.Path) && m.onInside(n.Hosts)
}

func (m *merger) podWithin(p DatastoreCluster) bool {
	return m.read.Scope.holds(p.Path) && (m.read.Scope.Cluster == "" ||
		slices.ContainsFunc(m.old.Datastores, func(d Datastore) bool { return within(d.Path, p.Path) && m.datastoreWithin(d) }))
}

func (m *merger) poolWithin(p ResourcePool) bool {
	return m.read.Scope.holds(p.Path) && (m.read.Scope.Cluster == "" ||
		slices.ContainsFunc(m.at.clustersOver(p.Path), func(i int) bool { return m.clusterWithin(m.old.Clusters[i]) }))
}

// pathWithin tells whether what is remembered at a path lies in the scope.
func (m *merger) pathWithin(p string) bool {
	if !m.read.Scope.holds(p) {
		return false
	}
	if over := m.at.clustersOver(p); len(over) > 0 {
		return m.clusterWithin(m.old.Clusters[slices.Min(over)])
	}
	if found := m.at.datastores[p]; len(found) > 0 {
		return m.datastoreWithin(m.old.Datastores[found[0]])
	}
	if found := m.at.networks[p]; len(found) > 0 {
		return m.networkWithin(m.old.Networks[found[0]])
	}
	return true
}
