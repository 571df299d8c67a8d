// SPDX-License-Identifier: Apache-2.0

package inventory

import "slices"

// Forget removes hosts or datastores by name or path that are gone, and what only they had: the local
// datastores of a host with it. It gives the names that are not gone, or not there, and changes nothing
// then.
func Forget(inv Inventory, names []string) (Inventory, []string) {
	out := inv
	out.Hosts = slices.Clone(inv.Hosts)
	forgotten := make([]bool, len(inv.Datastores))
	var refused []string
	for _, name := range names {
		found := false
		out.Hosts = slices.DeleteFunc(out.Hosts, func(h Host) bool {
			match := h.State == Gone && h.Name == name
			found = found || match
			return match
		})
		for i, d := range inv.Datastores {
			if inv.IsGone(d) && (d.Name == name || d.Path == name || len(d.Hosts) == 1 && d.Hosts[0] == name) {
				forgotten[i], found = true, true
			}
		}
		if !found {
			refused = append(refused, name)
		}
	}
	if len(refused) > 0 {
		return inv, refused
	}
	out.Datastores = nil
	for i, d := range inv.Datastores {
		if !forgotten[i] {
			out.Datastores = append(out.Datastores, d)
		}
	}
	out.forgetHosts()
	out.tokens(inv.Directory().find)
	out.spell(inv.Datastores, func(i int) bool { return forgotten[i] })
	out.LastOrdinal = inv.LastOrdinal
	highest := 0
	for _, d := range inv.Datastores {
		out.LastOrdinal = max(out.LastOrdinal, d.Ordinal)
	}
	for _, d := range out.Datastores {
		highest = max(highest, d.Ordinal)
	}
	if highest == out.LastOrdinal {
		out.LastOrdinal = 0
	}
	out.canonicalise()
	return out, nil
}

// forgetHosts takes hosts that are no longer listed out of all mount lists.
func (inv *Inventory) forgetHosts() {
	inv.canonicalise()
	known := func(names []string) []string {
		return slices.DeleteFunc(slices.Clone(names), func(n string) bool {
			_, ok := inv.Host(n)
			return !ok
		})
	}
	for i := range inv.Datastores {
		inv.Datastores[i].Hosts = known(inv.Datastores[i].Hosts)
	}
	for i := range inv.Networks {
		inv.Networks[i].Hosts = known(inv.Networks[i].Hosts)
	}
	for i := range inv.Clusters {
		for j := range inv.Clusters[i].HostGroups {
			g := &inv.Clusters[i].HostGroups[j]
			g.Hosts = known(g.Hosts)
		}
	}
}
