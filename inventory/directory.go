// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"slices"
	"strings"
)

// Directory finds datacenters by what lies in them, and the datastores that lists of templates, datastore clusters and policies
// mean, in an inventory with many. The inventory must not change meanwhile.
type Directory struct {
	inv         *Inventory
	datacenters datacenters
	// named and called are positions of datastores by name, and by path and id.
	named, called map[string][]int
}

// Directory makes the lookup, once for many questions.
func (inv *Inventory) Directory() *Directory {
	d := &Directory{inv: inv, datacenters: inv.datacentersByPath(), named: map[string][]int{}, called: map[string][]int{}}
	for i, x := range inv.Datastores {
		d.named[x.Name] = append(d.named[x.Name], i)
		for _, ref := range []string{x.Path, x.ID} {
			if ref != "" {
				d.called[ref] = append(d.called[ref], i)
			}
		}
	}
	return d
}

// DatacenterOf gives the datacenter that a path lies in, or false where the inventory has no such path.
func (d *Directory) DatacenterOf(p string) (Datacenter, bool) { return d.datacenters.of(p) }

// OfTemplate gives the datastores that a template has files on. An entry of its list is a path, an id, or a name, which is that of
// the datastore in the template's own datacenter, as far as paths tell datacenters.
func (d *Directory) OfTemplate(t Template) []Datastore {
	return d.all(t.Datastores, d.datacenters.at(t.Path))
}

// OfCluster gives the members of a datastore cluster. A name is that of the datastore in the cluster's own datacenter.
func (d *Directory) OfCluster(c DatastoreCluster) []Datastore {
	return d.all(c.Datastores, d.datacenters.at(c.Path))
}

// OfPolicy gives the datastores that satisfy a storage policy. Policies are the whole vCenter's: an entry of the list is a path, an
// id, or a name, which means every datastore that has it.
func (d *Directory) OfPolicy(p StoragePolicy) []Datastore { return d.all(p.Datastores, "") }

// Lost gives the datastores of a template when all of them are gone, so that nothing can be cloned from it any more. A datastore
// that the inventory does not have may be there.
func (d *Directory) Lost(t Template) []Datastore {
	var lost []Datastore
	home := d.datacenters.at(t.Path)
	for _, entry := range t.Datastores {
		meant := d.find(entry, home)
		for _, i := range meant {
			if !d.inv.IsGone(d.inv.Datastores[i]) {
				return nil
			}
			lost = append(lost, d.inv.Datastores[i])
		}
		if len(meant) == 0 {
			return nil
		}
	}
	return lost
}

// all gives the datastores of a list that belongs to a datacenter, given by its path, or to none.
func (d *Directory) all(list []string, datacenter string) []Datastore {
	var out []Datastore
	isOut := map[int]bool{}
	for _, entry := range list {
		for _, i := range d.find(entry, datacenter) {
			if !isOut[i] {
				isOut[i] = true
				out = append(out, d.inv.Datastores[i])
			}
		}
	}
	return out
}

// find gives the positions of the datastores that an entry means in a datacenter, given by its path, or anywhere.
func (d *Directory) find(entry, datacenter string) []int {
	if entry == "" {
		return nil
	}
	if found := d.called[strings.TrimPrefix(entry, "Datastore:")]; len(found) > 0 {
		return found
	}
	return d.inDatacenter(d.named[entry], datacenter)
}

// inDatacenter narrows datastores of one name, by their positions, to a datacenter, where one of them has it: the one that is known
// to lie there, and is not gone.
func (d *Directory) inDatacenter(named []int, datacenter string) []int {
	if datacenter == "" {
		return named
	}
	home := func(i int) string { return d.datacenters.at(d.inv.Datastores[i].Path) }
	named = slices.DeleteFunc(slices.Clone(named), func(i int) bool { return home(i) != "" && home(i) != datacenter })
	named = preferred(named, func(i int) bool { return home(i) == datacenter })
	return preferred(named, func(i int) bool { return d.inv.Datastores[i].State != Gone })
}

// preferred gives those that are better, where any are.
func preferred(positions []int, better func(int) bool) []int {
	if !slices.ContainsFunc(positions, better) {
		return positions
	}
	return slices.DeleteFunc(positions, func(i int) bool { return !better(i) })
}
