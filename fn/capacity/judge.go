// SPDX-License-Identifier: Apache-2.0

package capacity

import (
	"cmp"

	"github.com/vspread/vspread/fn/site"
)

// shortage is that of a host or datastore which has too little, for the machines of an owner.
type shortage struct {
	Resource
	owner int
	// each is what one machine takes, footprint all that it takes.
	each      int
	footprint site.Footprint
	// fit is how many there is room for next to what others take, and more how many would come on top.
	fit, more, others int
	// need is what all machines take of the limit, at the peak of a rollout only or without one.
	need, limit int
	onlyAtPeak  bool
}

// judge tells what is wrong with a place of which so much is taken in all, by the user's own machines among others. It speaks of
// those that take most: of all machines where these are too many, else of those that come while machines are replaced.
func (u *use) judge(r Resource, all Amount, limit int, own []machines) (shortage, bool) {
	if all.Peak <= limit {
		return shortage{}, false
	}
	s := shortage{Resource: r, need: all.Steady, limit: limit, onlyAtPeak: all.Steady <= limit}
	kinds, footprints := u.kinds(r, own)
	var most kind
	for k, n := range kinds {
		m := kinds[most]
		c := cmp.Or(cmp.Compare(n.machines*k.each, m.machines*most.each), cmp.Compare(k.each, most.each))
		if s.onlyAtPeak {
			c = cmp.Or(cmp.Compare(n.surge*k.each, m.surge*most.each), c)
		}
		if c > 0 || c == 0 && u.compareOwners(k.owner, most.owner) < 0 {
			most = k
		}
	}
	if most.each == 0 {
		return shortage{}, false // nothing of this ClusterSpread
	}
	n := kinds[most]
	s.owner, s.each, s.footprint = most.owner, most.each, footprints[most]
	s.others = all.Steady - n.machines*most.each
	s.fit = fits(limit, s.others, most.each)
	s.more = n.machines - s.fit
	if s.onlyAtPeak {
		s.need = all.Peak
		s.fit = n.machines
		if others := all.Peak - (n.machines+n.surge)*most.each; fits(limit, others, most.each) > s.fit {
			s.fit, s.others = fits(limit, others, most.each), others
		}
		s.more = max(0, n.machines+n.surge-s.fit)
	}
	return s, true
}

// kind is machines of one owner that take the same.
type kind struct{ owner, each int }

// kinds counts machines by what they take of a resource, and gives the largest footprint of each kind.
func (u *use) kinds(r Resource, own []machines) (map[kind]count, map[kind]site.Footprint) {
	kinds, footprints := map[kind]count{}, map[kind]site.Footprint{}
	for _, m := range own {
		k := kind{m.owner, r.of(m.Footprint)}
		if k.each == 0 {
			continue
		}
		n := u.machines[m]
		kinds[k] = count{kinds[k].machines + n.machines, kinds[k].surge + n.surge}
		if compareFootprints(m.Footprint, footprints[k]) > 0 {
			footprints[k] = m.Footprint
		}
	}
	return kinds, footprints
}

// of is what one machine takes of the resource.
func (r Resource) of(f site.Footprint) int {
	switch r {
	case Memory:
		return f.MemoryMiB
	case CPU:
		return f.CPUs
	default:
		return f.StorageMiB
	}
}

func compareFootprints(a, b site.Footprint) int {
	return cmp.Or(cmp.Compare(a.StorageMiB, b.StorageMiB), cmp.Compare(a.MemoryMiB, b.MemoryMiB), cmp.Compare(a.CPUs, b.CPUs))
}

// compareOwners orders groups before control planes, whatever the order of the Clusters was.
func (u *use) compareOwners(a, b int) int {
	x, y := u.owners[a], u.owners[b]
	return cmp.Or(cmp.Compare(uint(x.group), uint(y.group)), cmp.Compare(x.at.Object.Namespace, y.at.Object.Namespace), cmp.Compare(x.cluster, y.cluster))
}
