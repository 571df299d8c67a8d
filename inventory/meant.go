// SPDX-License-Identifier: Apache-2.0

package inventory

import "slices"

// TemplateOn tells whether a template has files on the datastore. For many questions a Directory is quicker.
func (inv *Inventory) TemplateOn(t Template, d Datastore) bool {
	return contains(inv.Directory().OfTemplate(t), d)
}

// PolicyAllows tells whether the datastore satisfies a storage policy. For many questions a Directory is quicker.
func (inv *Inventory) PolicyAllows(p StoragePolicy, d Datastore) bool {
	return contains(inv.Directory().OfPolicy(p), d)
}

func contains(datastores []Datastore, d Datastore) bool {
	return slices.ContainsFunc(datastores, func(x Datastore) bool { return x.Object() == d.Object() })
}

// DatacenterOf gives the datacenter that a path lies in, or false where the inventory has no such path. For many questions a
// Directory is quicker.
func (inv *Inventory) DatacenterOf(p string) (Datacenter, bool) { return inv.datacentersByPath().of(p) }
