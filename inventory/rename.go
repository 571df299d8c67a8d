// SPDX-License-Identifier: Apache-2.0

package inventory

import "slices"

// renamed gives an inventory with other names for its hosts.
func renamed(inv Inventory, names map[string]string) Inventory {
	list := func(hosts []string) []string {
		hosts = slices.Clone(hosts)
		for i, h := range hosts {
			if now, ok := names[h]; ok {
				hosts[i] = now
			}
		}
		return hosts
	}
	inv.Hosts, inv.Datastores = slices.Clone(inv.Hosts), slices.Clone(inv.Datastores)
	inv.Networks, inv.Clusters = slices.Clone(inv.Networks), slices.Clone(inv.Clusters)
	for i := range inv.Hosts {
		if now, ok := names[inv.Hosts[i].Name]; ok {
			inv.Hosts[i].Name = now
		}
	}
	for i := range inv.Datastores {
		inv.Datastores[i].Hosts = list(inv.Datastores[i].Hosts)
	}
	for i := range inv.Networks {
		inv.Networks[i].Hosts = list(inv.Networks[i].Hosts)
	}
	for i := range inv.Clusters {
		inv.Clusters[i].HostGroups = slices.Clone(inv.Clusters[i].HostGroups)
		for j := range inv.Clusters[i].HostGroups {
			inv.Clusters[i].HostGroups[j].Hosts = list(inv.Clusters[i].HostGroups[j].Hosts)
		}
	}
	inv.canonicalise()
	return inv
}
