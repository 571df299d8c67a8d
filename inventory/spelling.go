// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"fmt"
	"slices"
)

// lists goes through the lists of datastores in an inventory, with the datacenter that names in each belong to. What f gives takes
// the place of a list.
func (inv *Inventory) lists(f func(list []string, datacenter string) []string) {
	inv.DatastoreClusters, inv.Templates = slices.Clone(inv.DatastoreClusters), slices.Clone(inv.Templates)
	inv.StoragePolicies = slices.Clone(inv.StoragePolicies)
	datacenters := inv.datacentersByPath()
	for i := range inv.DatastoreClusters {
		x := &inv.DatastoreClusters[i]
		x.Datastores = f(x.Datastores, datacenters.at(x.Path))
	}
	for i := range inv.Templates {
		x := &inv.Templates[i]
		x.Datastores = f(x.Datastores, datacenters.at(x.Path))
	}
	for i := range inv.StoragePolicies {
		x := &inv.StoragePolicies[i]
		x.Datastores = f(x.Datastores, "")
	}
}

// through gives other positions for these.
func through(others, positions []int) []int {
	out := make([]int, len(positions))
	for k, i := range positions {
		out[k] = others[i]
	}
	return out
}

// token stands for a datastore in a list while names and positions change. No name has its first byte.
func token(position int) string { return fmt.Sprintf("\x00%d", position) }

// tokens puts tokens into lists: for each entry those that positions gives. An entry that means none stays, and so does a name in a
// datacenter's list that several may have, since only one of them is meant.
func (inv *Inventory) tokens(positions func(entry, datacenter string) []int) {
	inv.lists(func(list []string, datacenter string) []string {
		var out []string
		for _, entry := range list {
			found := positions(entry, datacenter)
			if len(found) == 0 || len(found) > 1 && datacenter != "" {
				out = append(out, entry)
				continue
			}
			for _, i := range found {
				out = append(out, token(i))
			}
		}
		return out
	})
}

// spell puts in the place of tokens how their datastores are written: by name, and by path, else id, where another has the name.
// So a name means one datastore wherever it stands. Those that leave the inventory count as no other.
func (inv *Inventory) spell(datastores []Datastore, leaves func(position int) bool) {
	several := map[string]int{}
	spelled := make(map[string]Datastore, len(datastores))
	unique := make(map[string]bool, len(datastores))
	for i, d := range datastores {
		spelled[token(i)] = d
		if !leaves(i) {
			several[d.Name]++
		}
	}
	for i, d := range datastores {
		unique[token(i)] = several[d.Name] == 0 || several[d.Name] == 1 && !leaves(i)
	}
	datacenters := inv.datacentersByPath()
	inv.lists(func(list []string, datacenter string) []string {
		if len(list) == 0 {
			return list
		}
		out := make([]string, 0, len(list))
		for _, entry := range list {
			d, ok := spelled[entry]
			switch {
			case !ok:
				out = append(out, entry)
			case unique[entry] && (datacenter == "" || within(d.Path, datacenter) || datacenters.at(d.Path) == ""), d.Path == "" && d.ID == "":
				out = append(out, d.Name)
			case d.Path != "":
				out = append(out, d.Path)
			default:
				out = append(out, d.ID)
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	})
}
