// SPDX-License-Identifier: Apache-2.0

package capacity

import (
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/inventory"
)

// Load is a number of machines of one size on one datastore of an inventory.
type Load struct {
	Inventory *inventory.Inventory
	Datastore inventory.Object
	// Machines run there, and Surge more while they are replaced.
	Machines, Surge int
	Footprint       site.Footprint
}

// Sums is what machines take of each host and datastore. Its zero value has none. A host that two inventories of one vCenter have
// is one host; an inventory that does not name its vCenter stands alone.
type Sums struct {
	worlds     map[*inventory.Inventory]*world
	hosts      map[identity]*[2]Amount
	datastores map[identity]*Amount
}

// Add adds machines. They count on a host where their datastore has exactly one; else vCenter chooses.
func (s *Sums) Add(l Load) {
	w := s.world(l.Inventory)
	i, ok := w.datastores[l.Datastore]
	if !ok {
		return
	}
	f := l.Footprint
	s.ofDatastore(w.datastore(i)).add(f.StorageMiB, l.Machines, l.Surge)
	if d := l.Inventory.Datastores[i]; len(d.Hosts) == 1 {
		host := s.ofHost(w.host(d.Hosts[0]))
		host[Memory].add(f.MemoryMiB, l.Machines, l.Surge)
		host[CPU].add(f.CPUs, l.Machines, l.Surge)
	}
}

// Host gives what all machines take of a host's memory or CPUs.
func (s *Sums) Host(inv *inventory.Inventory, name string, r Resource) Amount {
	if a := s.hosts[s.world(inv).host(name)]; a != nil {
		return a[r]
	}
	return Amount{}
}

// Datastore gives how many MiB all machines take of a datastore.
func (s *Sums) Datastore(inv *inventory.Inventory, o inventory.Object) Amount {
	w := s.world(inv)
	if i, ok := w.datastores[o]; ok {
		if a := s.datastores[w.datastore(i)]; a != nil {
			return *a
		}
	}
	return Amount{}
}

func (s *Sums) world(inv *inventory.Inventory) *world {
	if s.worlds == nil {
		s.worlds = map[*inventory.Inventory]*world{}
	}
	if s.worlds[inv] == nil {
		s.worlds[inv] = newWorld(inv)
	}
	return s.worlds[inv]
}

func (s *Sums) ofHost(id identity) *[2]Amount {
	if s.hosts == nil {
		s.hosts = map[identity]*[2]Amount{}
	}
	if s.hosts[id] == nil {
		s.hosts[id] = &[2]Amount{}
	}
	return s.hosts[id]
}

func (s *Sums) ofDatastore(id identity) *Amount {
	if s.datastores == nil {
		s.datastores = map[identity]*Amount{}
	}
	if s.datastores[id] == nil {
		s.datastores[id] = &Amount{}
	}
	return s.datastores[id]
}
