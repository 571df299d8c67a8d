// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"slices"
	"strings"
)

// TemplateOn tells whether a template has files on the datastore. An entry of its list is a path, an id, or a name, which is
// that of a datastore in the template's own datacenter, as far as paths tell datacenters.
func (inv *Inventory) TemplateOn(t Template, d Datastore) bool {
	return inv.has(t.Datastores, d, inv.datacenterAt(t.Path))
}

// Lost gives the datastores of a template when all of them are gone, so that nothing can be cloned from it any more. A datastore
// that the inventory does not have may be there.
func (inv *Inventory) Lost(t Template) []Datastore {
	var lost []Datastore
	home := inv.datacenterAt(t.Path)
	for _, entry := range t.Datastores {
		known := false
		for _, d := range inv.Datastores {
			if !inv.means(entry, d, home) {
				continue
			}
			if !inv.IsGone(d) {
				return nil
			}
			known, lost = true, append(lost, d)
		}
		if !known {
			return nil
		}
	}
	return lost
}

// PolicyAllows tells whether the datastore satisfies a storage policy. Policies are the whole vCenter's: an entry of the list is
// a path, an id, or a name, which means every datastore that has it.
func (inv *Inventory) PolicyAllows(p StoragePolicy, d Datastore) bool {
	return inv.has(p.Datastores, d, "")
}

// has tells whether a list that belongs to a datacenter, given by its path, or to none, has the datastore.
func (inv *Inventory) has(entries []string, d Datastore, datacenter string) bool {
	return slices.ContainsFunc(entries, func(entry string) bool { return inv.means(entry, d, datacenter) })
}

// means tells whether one entry of such a list is the datastore.
func (inv *Inventory) means(entry string, d Datastore, datacenter string) bool {
	switch {
	case entry == "":
		return false
	case d.Path == entry, d.ID != "" && isID(DatastoreClass, d.ID, entry):
		return true
	case d.Name != entry:
		return false
	}
	home := inv.datacenterAt(d.Path)
	return datacenter == "" || home == "" || home == datacenter
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
