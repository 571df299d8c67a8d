// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"slices"
	"strings"
)

// TemplateOn tells whether a template has files on the datastore. An entry of its list is a path, an id, or a name, which is
// that of the datastore in the template's own datacenter, as far as paths tell datacenters.
func (inv *Inventory) TemplateOn(t Template, d Datastore) bool {
	return inv.has(t.Datastores, inv.datacenterAt(t.Path), d)
}

// Lost gives the datastores of a template when all of them are gone, so that nothing can be cloned from it any more. A datastore
// that the inventory does not have may be there.
func (inv *Inventory) Lost(t Template) []Datastore {
	var lost []Datastore
	home := inv.datacenterAt(t.Path)
	for _, entry := range t.Datastores {
		meant := inv.meant(entry, home)
		for _, i := range meant {
			if !inv.IsGone(inv.Datastores[i]) {
				return nil
			}
			lost = append(lost, inv.Datastores[i])
		}
		if len(meant) == 0 {
			return nil
		}
	}
	return lost
}

// PolicyAllows tells whether the datastore satisfies a storage policy. Policies are the whole vCenter's: an entry of the list is
// a path, an id, or a name, which means every datastore that has it.
func (inv *Inventory) PolicyAllows(p StoragePolicy, d Datastore) bool {
	return inv.has(p.Datastores, "", d)
}

// has tells whether a list that belongs to a datacenter, given by its path, or to none, has the datastore.
func (inv *Inventory) has(list []string, datacenter string, d Datastore) bool {
	return slices.ContainsFunc(list, func(entry string) bool {
		return slices.ContainsFunc(inv.meant(entry, datacenter), func(i int) bool { return inv.Datastores[i].Object() == d.Object() })
	})
}

// meant gives the positions of the datastores that an entry of such a list means.
func (inv *Inventory) meant(entry, datacenter string) []int {
	var exactly, named []int
	for i, d := range inv.Datastores {
		switch {
		case entry == "":
		case d.Path == entry, d.ID != "" && isID(DatastoreClass, d.ID, entry):
			exactly = append(exactly, i)
		case d.Name == entry:
			named = append(named, i)
		}
	}
	if len(exactly) > 0 {
		return exactly
	}
	return inv.inDatacenter(named, datacenter)
}

// inDatacenter narrows datastores of one name, by their positions, to a datacenter, where one of them has it: the one that is known
// to lie there, and is not gone.
func (inv *Inventory) inDatacenter(named []int, datacenter string) []int {
	if datacenter == "" {
		return named
	}
	home := func(i int) string { return inv.datacenterAt(inv.Datastores[i].Path) }
	named = slices.DeleteFunc(slices.Clone(named), func(i int) bool { return home(i) != "" && home(i) != datacenter })
	named = preferred(named, func(i int) bool { return home(i) == datacenter })
	return preferred(named, func(i int) bool { return inv.Datastores[i].State != Gone })
}

// preferred gives those that are better, where any are.
func preferred(positions []int, better func(int) bool) []int {
	if !slices.ContainsFunc(positions, better) {
		return positions
	}
	return slices.DeleteFunc(positions, func(i int) bool { return !better(i) })
}

// datacenterAt gives the path of the datacenter that a path lies in: a listed one, or what stands before the folders that every
// datacenter has. It is empty where nothing tells it.
func (inv *Inventory) datacenterAt(p string) string {
	if dc, ok := inv.DatacenterOf(p); ok {
		return dc.Path
	}
	first := len(p)
	for _, folder := range []string{"/host/", "/vm/", "/datastore/", "/network/"} {
		if i := strings.Index(p, folder); i > 0 && i < first {
			first = i
		}
	}
	if first == len(p) {
		return ""
	}
	return p[:first]
}
