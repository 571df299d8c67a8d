// SPDX-License-Identifier: Apache-2.0

package capacity

import "github.com/vspread/vspread/inventory"

// identity tells a host or datastore from all others. Names are not unique, so the vCenter and the place belong to it.
type identity struct {
	server string
	// alone is the inventory, where it does not name its vCenter.
	alone *inventory.Inventory
	inventory.Object
}

// world looks up what an inventory has.
type world struct {
	inv *inventory.Inventory
	// datastores are positions; locals are those of the local datastores of a host that are not gone, by its name.
	datastores map[inventory.Object]int
	locals     map[string][]int
}

func newWorld(inv *inventory.Inventory) *world {
	w := &world{inv: inv, datastores: make(map[inventory.Object]int, len(inv.Datastores)), locals: map[string][]int{}}
	for i, d := range inv.Datastores {
		w.datastores[d.Object()] = i
		if d.IsLocal() && len(d.Hosts) == 1 && d.State != inventory.Gone {
			w.locals[d.Hosts[0]] = append(w.locals[d.Hosts[0]], i)
		}
	}
	return w
}

func (w *world) identify(o inventory.Object) identity {
	if o.ID != "" {
		o = inventory.Object{ID: o.ID} // a name or path may change
	}
	if w.inv.Server == "" {
		return identity{alone: w.inv, Object: o}
	}
	return identity{server: w.inv.Server, Object: o}
}

func (w *world) host(name string) identity {
	h, _ := w.inv.Host(name)
	return w.identify(inventory.Object{Name: name, Path: h.Cluster + h.Path, ID: h.ID})
}

func (w *world) datastore(i int) identity { return w.identify(w.inv.Datastores[i].Object()) }
