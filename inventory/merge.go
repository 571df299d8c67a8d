// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"slices"

	"github.com/vspread/vspread/internal/diag"
)

// Merge brings a reading together with what is remembered, and gives the new inventory.
//
// What was seen is as it was read, with the ordinals and overrides that it had, and with the free space that it had
// within a tenth of the capacity. A field that could not be read stays as it was, and so does an entry that lies outside of
// the scope, is hidden, or may be. Of the others, hosts and datastores that were not seen become gone, and the rest is
// left out. An ordinal is never given twice. The same reading once more changes nothing.
//
// With a *LossError comes the result all the same; with any other error there is none.
func Merge(old Inventory, read Reading) (Inventory, error) {
	old.canonicalise()
	out := read.Seen
	out.canonicalise()
	if err := sameVCenter(old, out); err != nil {
		return Inventory{}, err
	}
	read.Seen = out
	m := &merger{read: read, vague: map[string]bool{}, unseen: map[string]bool{},
		hostLoss: LossError{What: "hosts"}, datastoreLoss: LossError{What: "datastores"}}
	m.place(old, out)

	out.Hosts = combine(m, hostMatcher, m.old.Hosts, out.Hosts, rules[Host]{within: m.hostWithin, seen: m.host, gone: m.hostGone})
	out.Datastores = combine(m, datastoreMatcher, m.old.Datastores, out.Datastores,
		rules[Datastore]{pairs: m.datastores, within: m.datastoreWithin, seen: m.datastore, first: m.firstSight, unseen: m.unmounted, gone: m.datastoreGone})
	yield(out.Datastores)
	in := read.Scope.holds
	out.Datacenters = combine(m, datacenterMatcher, m.old.Datacenters, out.Datacenters, rules[Datacenter]{within: func(x Datacenter) bool { return in(x.Path) }})
	m.point(&out)
	merged := slices.Clone(out.Datastores)
	m.number(&out)

	out.Clusters = combine(m, clusterMatcher, m.old.Clusters, out.Clusters, rules[ComputeCluster]{within: m.clusterWithin})
	out.DatastoreClusters = combine(m, podMatcher, m.old.DatastoreClusters, out.DatastoreClusters, rules[DatastoreCluster]{within: m.podWithin, seen: m.pod})
	out.Networks = combine(m, networkMatcher, m.old.Networks, out.Networks, rules[Network]{within: m.networkWithin, seen: m.network, unseen: m.offNetwork})
	out.ResourcePools = combine(m, poolMatcher, m.old.ResourcePools, out.ResourcePools, rules[ResourcePool]{within: m.poolWithin})
	out.Folders = combine(m, folderMatcher, m.old.Folders, out.Folders, rules[Folder]{within: func(x Folder) bool { return in(x.Path) }})
	out.Templates = combine(m, templateMatcher, m.old.Templates, out.Templates, rules[Template]{within: func(x Template) bool { return in(x.Path) }})
	out.StoragePolicies = combine(m, policyMatcher, m.old.StoragePolicies, out.StoragePolicies, rules[StoragePolicy]{seen: m.policy})
	out.Gaps = m.gaps(m.old.Gaps, out.Gaps)
	out.Disagreements = m.disagreements(m.old.Disagreements, out.Disagreements, &out)
	out.spell(merged, func(int) bool { return false })
	out.canonicalise()

	if diags := out.check(diag.Where{}); diags.HasErrors() {
		return Inventory{}, &ConflictError{diags}
	}
	for _, loss := range []*LossError{&m.hostLoss, &m.datastoreLoss} {
		if 3*loss.Lost > loss.Known {
			return out, loss
		}
	}
	return out, nil
}

// rules say what a class does beyond the common. A nil one is nothing; within is then everything.
type rules[T any] struct {
	// pairs gives for each remembered object the position that it has among those seen, or -1; a nil one is found out.
	pairs []int
	// within tells whether a remembered object lies in the scope.
	within func(T) bool
	// seen takes over what is remembered of an object that was seen; first is told of one that is new.
	seen  func(old T, seen *T)
	first func(seen *T)
	// unseen corrects an entry that stays.
	unseen func(old *T)
	// gone gives the entry of an object that is no longer there; without it there is none.
	gone func(old *T)
}

// combine gives the objects of a class: those seen, and those entries that stay.
func combine[T any](m *merger, c matcher[T], old, seen []T, r rules[T]) []T {
	out := slices.Clone(seen)
	known := make([]bool, len(seen))
	pairs := r.pairs
	if pairs == nil {
		pairs = c.pair(old, seen, m.there)
	}
	for i, j := range pairs {
		o := old[i]
		switch {
		case j >= 0:
			known[j] = true
			was, is := *c.id(&old[i]), *c.id(&out[j])
			unread := m.read.Unread[is]
			if was != "" && was != is {
				// At this path there may be another disk now.
				unread = slices.DeleteFunc(slices.Clone(unread), func(f string) bool { return f == "url" })
			}
			keep(o, &out[j], unread)
			if r.seen != nil {
				r.seen(o, &out[j])
			}
		case m.stays(*c.id(&old[i]), r.within == nil || r.within(o)):
			if r.unseen != nil {
				r.unseen(&o)
			}
			out = append(out, o)
		case r.gone != nil:
			r.gone(&o)
			out = append(out, o)
		}
	}
	for j := range seen {
		if !known[j] && r.first != nil {
			r.first(&out[j])
		}
	}
	return out
}

// number gives ordinals to datastores that were seen and have none, in the order of names, and remembers the highest
// that was ever given when no datastore has it any more.
func (m *merger) number(inv *Inventory) {
	inv.canonicalise()
	last, present := m.old.LastOrdinal, 0
	for _, d := range inv.Datastores {
		last = max(last, d.Ordinal)
	}
	for i := range inv.Datastores {
		d := &inv.Datastores[i]
		if d.Ordinal == unnumbered {
			last++
			d.Ordinal = last
		}
		present = max(present, d.Ordinal)
	}
	inv.LastOrdinal = last
	if present == last {
		inv.LastOrdinal = 0
	}
}
