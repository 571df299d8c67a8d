// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Scope is the part of a vCenter that was read. The zero value is all of it.
type Scope struct {
	// Datacenter is the inventory path of the only datacenter that was read.
	Datacenter string
	// Cluster is a glob over the names of the compute clusters that were read.
	Cluster string
}

// LossError is a refresh that would lose more than a third of the hosts or datastores at once: more
// likely a broken read than a broken data centre.
type LossError struct {
	What        string
	Lost, Known int
	Names       []string
}

// Error names what would be lost.
func (e *LossError) Error() string {
	return fmt.Sprintf("%d of %d %s would be gone at once: %s", e.Lost, e.Known, e.What, strings.Join(e.Names, ", "))
}

// Merge brings what was read now together with what is remembered, and gives the new inventory.
// Ordinals, overrides and free space within a tenth of the capacity stay; what was not seen any more
// becomes gone, but not what lies outside of the scope, and nothing at all when the reading has gaps:
// no machine may be lost because a vCenter was partly unreadable. With more than a third lost at once
// it gives a *LossError beside the result.
func Merge(old, read Inventory, scope Scope) (Inventory, error) {
	m := merger{old: old, scope: scope, partial: len(read.Gaps) > 0}
	out := read
	out.canonicalise()
	old = m.renamed(out.Hosts)
	m.old = old
	m.seen = map[string]bool{}
	for _, h := range out.Hosts {
		m.seen[h.Name] = true
	}
	for i := range out.Networks {
		m.keepUnseen(&out.Networks[i])
	}
	out.Hosts, m.hostLoss = m.hosts(out.Hosts)
	out.Datastores, m.datastoreLoss = m.datastores(out.Datastores)
	out.LastOrdinal = m.number(out.Datastores)

	out.Datacenters = outside(old.Datacenters, out.Datacenters, m, func(x Datacenter) string { return x.Path })
	out.Clusters = outside(old.Clusters, out.Clusters, m, func(x ComputeCluster) string { return x.Path })
	out.DatastoreClusters = outside(old.DatastoreClusters, out.DatastoreClusters, m, func(x DatastoreCluster) string { return x.Path })
	out.Networks = outside(old.Networks, out.Networks, m, func(x Network) string { return x.Path })
	out.ResourcePools = outside(old.ResourcePools, out.ResourcePools, m, func(x ResourcePool) string { return x.Path })
	out.Folders = outside(old.Folders, out.Folders, m, func(x Folder) string { return x.Path })
	out.Templates = outside(old.Templates, out.Templates, m, func(x Template) string { return x.Path })
	out.canonicalise()
	for _, loss := range []*LossError{m.hostLoss, m.datastoreLoss} {
		if loss != nil && 3*loss.Lost > loss.Known {
			return out, loss
		}
	}
	return out, nil
}

type merger struct {
	old                     Inventory
	scope                   Scope
	partial                 bool
	seen                    map[string]bool
	hostLoss, datastoreLoss *LossError
}

// outside adds what lies outside of the scope, as it was.
func outside[T any](old, read []T, m merger, path func(T) string) []T {
	for _, x := range old {
		if m.beyond(path(x)) {
			read = append(read, x)
		}
	}
	return read
}

// beyond tells whether a path lies in another datacenter than the one that was read, or in another
// compute cluster than those that were.
func (m merger) beyond(p string) bool {
	if p == "" {
		return false
	}
	dc := m.scope.Datacenter
	if dc != "" && p != dc && !strings.HasPrefix(p, dc+"/") {
		return true
	}
	if m.scope.Cluster != "" {
		for _, c := range m.old.Clusters {
			inside, _ := path.Match(m.scope.Cluster, c.Name)
			if !inside && c.Path != "" && (p == c.Path || strings.HasPrefix(p, c.Path+"/")) {
				return true
			}
		}
	}
	return false
}

// keepUnseen keeps a network on the hosts that a partial reading did not see.
func (m merger) keepUnseen(n *Network) {
	for _, o := range m.old.Networks {
		if !m.partial || !same(o.ID, n.ID, o.Name == n.Name && o.Path == n.Path) {
			continue
		}
		for _, h := range o.Hosts {
			if !m.seen[h] && !slices.Contains(n.Hosts, h) {
				n.Hosts = append(n.Hosts, h)
			}
		}
	}
}

// renamed gives the old inventory with the names that its hosts have now.
func (m merger) renamed(read []Host) Inventory {
	names := map[string]string{}
	now := newFinder(read, func(h Host) identity { return identity{h.ID, h.Name, ""} })
	for _, o := range m.old.Hosts {
		if i := now.find(identity{o.ID, o.Name, ""}); i >= 0 && read[i].Name != o.Name {
			names[o.Name] = read[i].Name
		}
	}
	old := m.old
	old.canonicalise()
	if len(names) == 0 {
		return old
	}
	rename := func(list []string) []string {
		for i, n := range list {
			list[i] = cmp.Or(names[n], n)
		}
		return slices.Sorted(slices.Values(list))
	}
	for i := range old.Hosts {
		old.Hosts[i].Name = cmp.Or(names[old.Hosts[i].Name], old.Hosts[i].Name)
	}
	for i := range old.Datastores {
		old.Datastores[i].Hosts = rename(old.Datastores[i].Hosts)
	}
	for i := range old.Networks {
		old.Networks[i].Hosts = rename(old.Networks[i].Hosts)
	}
	old.canonicalise()
	return old
}

func (m merger) hosts(read []Host) ([]Host, *LossError) {
	loss := &LossError{What: "hosts"}
	now := newFinder(read, func(h Host) identity { return identity{h.ID, h.Name, ""} })
	for _, o := range m.old.Hosts {
		if o.State != Gone {
			loss.Known++
		}
		if now.find(identity{o.ID, o.Name, ""}) >= 0 {
			continue
		}
		if o.State != Gone && !m.partial && !m.beyond(o.Cluster) {
			o.State = Gone
			loss.Lost++
			loss.Names = append(loss.Names, o.Name)
		}
		read = append(read, o)
	}
	return read, loss
}

func (m merger) datastores(read []Datastore) ([]Datastore, *LossError) {
	loss := &LossError{What: "datastores"}
	now := newFinder(read, func(d Datastore) identity { return identity{d.ID, d.Name, d.Path} })
	for _, o := range m.old.Datastores {
		if o.State != Gone {
			loss.Known++
		}
		i := now.find(identity{o.ID, o.Name, o.Path})
		if o.ID == "" && o.URL != "" {
			// Written by hand: the url is surer than a name.
			if j := slices.IndexFunc(read, func(r Datastore) bool { return r.URL == o.URL }); j >= 0 {
				i = j
			}
		}
		if i < 0 {
			if o.State != Gone && !m.partial && !m.datastoreBeyond(o) {
				o.State = Gone
				loss.Lost++
				loss.Names = append(loss.Names, o.Name)
			}
			read = append(read, o)
			continue
		}
		r := &read[i]
		if m.partial {
			// Hosts that are not seen may mount it still.
			for _, h := range o.Hosts {
				if !m.seen[h] && !slices.Contains(r.Hosts, h) {
					r.Hosts = append(r.Hosts, h)
				}
			}
		}
		r.Ordinal = o.Ordinal
		if o.Local != nil {
			r.Local = o.Local
		}
		if o.CapacityGiB == r.CapacityGiB && 10*abs(o.FreeGiB-r.FreeGiB) <= r.CapacityGiB {
			r.FreeGiB = o.FreeGiB
		}
	}
	return read, loss
}

// datastoreBeyond tells whether a datastore could not have been read: it is in another datacenter, or
// only hosts outside of the scope mount it.
func (m merger) datastoreBeyond(d Datastore) bool {
	if m.beyond(d.Path) {
		return true
	}
	for _, name := range d.Hosts {
		if h, ok := m.old.Host(name); !ok || !m.beyond(h.Cluster) {
			return false
		}
	}
	return m.scope.Cluster != "" && len(d.Hosts) > 0
}

// number gives ordinals to datastores at first sight, in the order of names, and gives the highest that
// was ever given when no datastore has it any more.
func (m merger) number(datastores []Datastore) (last int) {
	last = m.old.LastOrdinal
	for _, d := range datastores {
		last = max(last, d.Ordinal)
	}
	present := 0
	for i := range datastores {
		if datastores[i].Ordinal == 0 {
			last++
			datastores[i].Ordinal = last
		}
		present = max(present, datastores[i].Ordinal)
	}
	if present == last {
		return 0
	}
	return last
}

// Forget removes hosts or datastores by name or path that are gone, and what only they had: the local
// datastores of a host with it. It gives the names that are not gone, or not there, and changes nothing
// then.
func Forget(inv Inventory, names []string) (Inventory, []string) {
	out := inv
	out.Hosts, out.Datastores = slices.Clone(inv.Hosts), slices.Clone(inv.Datastores)
	var refused []string
	for _, name := range names {
		found := false
		out.Hosts = slices.DeleteFunc(out.Hosts, func(h Host) bool {
			match := h.State == Gone && h.Name == name
			found = found || match
			return match
		})
		out.Datastores = slices.DeleteFunc(out.Datastores, func(d Datastore) bool {
			match := inv.IsGone(d) && (d.Name == name || d.Path == name)
			match = match || len(d.Hosts) == 1 && d.Hosts[0] == name && inv.IsGone(d)
			found = found || match
			return match
		})
		if !found {
			refused = append(refused, name)
		}
	}
	if len(refused) > 0 {
		return inv, refused
	}
	out.forgetHosts()
	out.LastOrdinal = inv.LastOrdinal
	highest := 0
	for _, d := range inv.Datastores {
		out.LastOrdinal = max(out.LastOrdinal, d.Ordinal)
	}
	for _, d := range out.Datastores {
		highest = max(highest, d.Ordinal)
	}
	if highest == out.LastOrdinal {
		out.LastOrdinal = 0
	}
	out.canonicalise()
	return out, nil
}

// forgetHosts takes hosts that are no longer listed out of all mount lists.
func (inv *Inventory) forgetHosts() {
	inv.canonicalise()
	known := func(names []string) []string {
		return slices.DeleteFunc(slices.Clone(names), func(n string) bool {
			_, ok := inv.Host(n)
			return !ok
		})
	}
	for i := range inv.Datastores {
		inv.Datastores[i].Hosts = known(inv.Datastores[i].Hosts)
	}
	for i := range inv.Networks {
		inv.Networks[i].Hosts = known(inv.Networks[i].Hosts)
	}
	for i := range inv.Clusters {
		for j := range inv.Clusters[i].HostGroups {
			g := &inv.Clusters[i].HostGroups[j]
			g.Hosts = known(g.Hosts)
		}
	}
}

// same compares objects by id, which survives a rename; a person who writes by hand gives none.
func same(a, b string, named bool) bool {
	if a != "" && b != "" {
		return a == b
	}
	return named
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
