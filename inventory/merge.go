// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vspread/vspread/internal/diag"
)

// LossError is a refresh that would lose more than a third of the hosts or datastores of its scope at once: more
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

// OtherVCenterError is a reading of another vCenter than the inventory's, where equal ids mean nothing.
type OtherVCenterError struct{ Why string }

// Error says why it is another one.
func (e *OtherVCenterError) Error() string { return e.Why }

// ConflictError is a reading that contradicts entries which it may not change.
type ConflictError struct{ Diags diag.List }

// Error gives the first of the contradictions.
func (e *ConflictError) Error() string { return e.Diags[0].Message }

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
	m := &merger{read: read, vague: map[string]bool{}, vagueNames: map[string]bool{},
		hostLoss: LossError{What: "hosts"}, datastoreLoss: LossError{What: "datastores"}}
	m.place(old, out.Hosts)

	out.Hosts = combine(m, hostMatcher, m.old.Hosts, out.Hosts, rules[Host]{within: m.hostWithin, seen: m.host, gone: m.hostGone})
	out.Datastores = combine(m, datastoreMatcher, m.old.Datastores, out.Datastores,
		rules[Datastore]{within: m.datastoreWithin, seen: m.datastore, first: m.firstSight, unseen: m.unmounted, gone: m.datastoreGone})
	yield(out.Datastores)
	m.number(&out)

	in := read.Scope.holds
	out.Datacenters = combine(m, datacenterMatcher, m.old.Datacenters, out.Datacenters, rules[Datacenter]{within: func(x Datacenter) bool { return in(x.Path) }})
	out.Clusters = combine(m, clusterMatcher, m.old.Clusters, out.Clusters, rules[ComputeCluster]{within: m.clusterWithin})
	out.DatastoreClusters = combine(m, podMatcher, m.old.DatastoreClusters, out.DatastoreClusters, rules[DatastoreCluster]{within: m.podWithin, seen: m.pod})
	out.Networks = combine(m, networkMatcher, m.old.Networks, out.Networks, rules[Network]{within: m.networkWithin, seen: m.network, unseen: m.offNetwork})
	out.ResourcePools = combine(m, poolMatcher, m.old.ResourcePools, out.ResourcePools, rules[ResourcePool]{within: m.poolWithin})
	out.Folders = combine(m, folderMatcher, m.old.Folders, out.Folders, rules[Folder]{within: func(x Folder) bool { return in(x.Path) }})
	out.Templates = combine(m, templateMatcher, m.old.Templates, out.Templates, rules[Template]{within: func(x Template) bool { return in(x.Path) }})
	out.StoragePolicies = combine(m, policyMatcher, m.old.StoragePolicies, out.StoragePolicies, rules[StoragePolicy]{seen: m.policy})
	out.Gaps = m.notes(m.old.Gaps, out.Gaps)
	out.Disagreements = m.notes(m.old.Disagreements, out.Disagreements)
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

// WithoutIDs gives the inventory as one that belongs to no vCenter: what is in it is found again by names, paths and
// urls alone.
func (inv Inventory) WithoutIDs() Inventory {
	inv.canonicalise()
	inv.InstanceID = ""
	for i := range inv.Datacenters {
		inv.Datacenters[i].ID = ""
	}
	for i := range inv.Clusters {
		inv.Clusters[i].ID = ""
	}
	for i := range inv.Hosts {
		inv.Hosts[i].ID = ""
	}
	for i := range inv.Datastores {
		inv.Datastores[i].ID = ""
	}
	for i := range inv.DatastoreClusters {
		inv.DatastoreClusters[i].ID = ""
	}
	for i := range inv.Networks {
		inv.Networks[i].ID = ""
	}
	for i := range inv.ResourcePools {
		inv.ResourcePools[i].ID = ""
	}
	for i := range inv.Folders {
		inv.Folders[i].ID = ""
	}
	for i := range inv.Templates {
		inv.Templates[i].ID = ""
	}
	for i := range inv.StoragePolicies {
		inv.StoragePolicies[i].ID = ""
	}
	return inv
}

type merger struct {
	// old has the names that its hosts have now.
	old  Inventory
	read Reading
	// seen are the names of hosts that were seen; inside are those of remembered ones that lie in the scope, absent those
	// of remembered ones that are no longer there.
	seen, inside, absent map[string]bool
	// vague are the paths of datastores that may be there though nobody saw them there, vagueNames the names of those whose
	// entries stay as they are: they may fit policies.
	vague, vagueNames map[string]bool

	hostLoss, datastoreLoss LossError
}

// sameVCenter compares the two vCenters by their instance ids and by the urls of datastores of one id.
func sameVCenter(old, seen Inventory) error {
	if old.InstanceID != "" && seen.InstanceID != "" && old.InstanceID != seen.InstanceID {
		return &OtherVCenterError{fmt.Sprintf("the inventory is of vCenter %s with the instance id %s, and %s has %s",
			cmp.Or(old.Server, "?"), old.InstanceID, seen.Server, seen.InstanceID)}
	}
	byID := map[string]Datastore{}
	for _, d := range seen.Datastores {
		byID[d.ID] = d
	}
	for _, o := range old.Datastores {
		if d, ok := byID[o.ID]; ok && o.ID != "" && o.URL != "" && d.URL != "" && o.URL != d.URL {
			return &OtherVCenterError{fmt.Sprintf("datastore %s is another disk than in the inventory under the same id %s: its url is %s and was %s",
				d.Name, d.ID, d.URL, o.URL)}
		}
	}
	return nil
}

// there tells whether an object is in vCenter though it was not seen within the scope.
func (m *merger) there(id string) bool { return id != "" && (m.read.Outside[id] || m.read.Hidden[id]) }

// stays tells whether the entry of an object that was not seen stays as it is.
func (m *merger) stays(id string, within bool) bool {
	switch {
	case m.there(id), !within, m.read.Limited:
		return true
	case id == "":
		// vCenter cannot be asked for it.
		return len(m.read.Seen.Gaps) > 0
	}
	return false
}

// rules say what a class does beyond the common. A nil one is nothing; within is then everything.
type rules[T any] struct {
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
	for i, j := range c.pair(old, seen, m.there) {
		o := old[i]
		switch {
		case j >= 0:
			known[j] = true
			unread := m.read.Unread[c.id(out[j])]
			if c.id(o) != "" && c.id(o) != c.id(out[j]) {
				// At this path there may be another disk now.
				unread = slices.DeleteFunc(slices.Clone(unread), func(f string) bool { return f == "url" })
			}
			keep(o, &out[j], unread)
			if r.seen != nil {
				r.seen(o, &out[j])
			}
		case m.stays(c.id(o), r.within == nil || r.within(o)):
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
