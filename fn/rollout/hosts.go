// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"cmp"
	"maps"
	"slices"
)

// usage is what pools take, place by place.
type usage struct {
	before, after *side
	at            map[place]*Host
}

func newUsage(before, after *side) *usage { return &usage{before, after, map[place]*Host{}} }

// count adds what a pool takes to its places.
func (u *usage) count(p *Pool, before, after *group) {
	was, is := p.Machines.Before, p.Machines.After
	switch {
	case p.Machines.NotKnown:
	case before == nil:
		u.add(p, u.after, after, load{after: is, peak: p.Machines.Peak})
	case after == nil:
		u.add(p, u.before, before, load{before: was, peak: p.Machines.Peak})
	case before.machine.at == after.machine.at:
		u.mixed(p, before, after)
	default:
		// Old machines are in one place and new ones in another.
		u.add(p, u.before, before, load{before: was, peak: before.most(was)})
		u.add(p, u.after, after, load{after: is, peak: after.most(is)})
	}
}

// load is a number of machines of one group.
type load struct{ before, peak, after int }

func (u *usage) add(p *Pool, s *side, g *group, l load) {
	h := u.host(p, s, g)
	for _, x := range []struct {
		usage *Usage
		each  int
	}{{&h.Machines, 1}, {&h.MemoryMiB, g.machine.memoryMiB}, {&h.DiskGiB, g.machine.diskGiB}} {
		x.usage.Before += l.before * x.each
		x.usage.Peak += l.peak * x.each
		x.usage.After += l.after * x.each
	}
}

// mixed adds a pool whose old and new machines share a place. While it rolls there are old and new ones, never
// more than the peak; the worst mix is counted.
func (u *usage) mixed(p *Pool, before, after *group) {
	h := u.host(p, u.after, after)
	if p.Has(NoEffect) && !p.Has(Replace) {
		after = &group{machine: before.machine, replicas: after.replicas} // what is edited under its name reaches no machine
	}
	rolls := p.Has(Replace) || p.Has(MayReplace)
	for _, x := range []struct {
		usage    *Usage
		old, new int
	}{{&h.Machines, 1, 1}, {&h.MemoryMiB, before.machine.memoryMiB, after.machine.memoryMiB}, {&h.DiskGiB, before.machine.diskGiB, after.machine.diskGiB}} {
		was, is := p.Machines.Before, p.Machines.After
		x.usage.Before += was * x.old
		x.usage.After += is * x.new
		if !rolls {
			x.usage.Peak += max(p.Machines.Peak*x.new, was*x.old)
			continue
		}
		most, other, each, otherEach := before.most(was), after.most(is), x.old, x.new
		if x.new > x.old {
			most, other, each, otherEach = other, most, otherEach, each
		}
		large := min(most, p.Machines.Peak)
		x.usage.Peak += large*each + min(other, p.Machines.Peak-large)*otherEach
	}
}

// host gives the row of a group's place.
func (u *usage) host(p *Pool, s *side, g *group) *Host {
	at := g.machine.at
	h := u.at[at]
	if h == nil {
		h = &Host{Host: at.host, Datastore: at.datastore, Untouched: true}
		if d := g.machine.datastore; d != nil {
			h.CapacityGiB = d.CapacityGiB
			if inv := s.inventory(g.cluster); inv != nil && at.host != "" {
				known, _ := inv.Host(at.host)
				h.HostMemoryMiB = known.MemoryMiB
			}
		}
		u.at[at] = h
	}
	h.Untouched = h.Untouched && p.Has(Untouched)
	return h
}

// hosts lists the places in their order, and in front of several datastores of one host their sum.
func (u *usage) hosts() []Host {
	var out []Host
	places := slices.SortedFunc(maps.Keys(u.at), func(a, b place) int {
		return cmp.Or(cmp.Compare(a.host, b.host), cmp.Compare(a.vCenter, b.vCenter), cmp.Compare(a.datastore, b.datastore), cmp.Compare(a.path, b.path))
	})
	for i, at := range places {
		first := at.host != "" && (i == 0 || !sameHost(places[i-1], at))
		if first && i+1 < len(places) && sameHost(places[i+1], at) {
			sum := Host{Host: at.host, HostMemoryMiB: u.at[at].HostMemoryMiB, Untouched: true}
			for _, other := range places[i:] {
				if !sameHost(other, at) {
					break
				}
				sum.include(u.at[other])
			}
			out = append(out, sum)
		}
		out = append(out, *u.at[at])
	}
	return out
}

func sameHost(a, b place) bool { return a.host == b.host && a.vCenter == b.vCenter }

// include adds a datastore to the sum of its host, which alone is held against the host's memory.
func (h *Host) include(d *Host) {
	h.Untouched = h.Untouched && d.Untouched
	h.HostMemoryMiB = max(h.HostMemoryMiB, d.HostMemoryMiB)
	h.CapacityGiB += d.CapacityGiB
	d.HostMemoryMiB = 0
	for _, u := range [][2]*Usage{{&h.Machines, &d.Machines}, {&h.MemoryMiB, &d.MemoryMiB}, {&h.DiskGiB, &d.DiskGiB}} {
		u[0].Before += u[1].Before
		u[0].Peak += u[1].Peak
		u[0].After += u[1].After
	}
}
