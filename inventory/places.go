// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"cmp"
	"slices"
)

// Place is where the machines of one cluster can run: a compute cluster, or hosts that are in none.
type Place struct {
	// Cluster is the path of the compute cluster.
	Cluster string
	// Datacenter is where hosts stand that are in no compute cluster, as far as their datastores say it.
	Datacenter string
	// Hosts are those that are not gone.
	Hosts []string
	// Alone tells that there is no other place.
	Alone bool
}

func (p Place) where() string {
	switch {
	case p.Alone:
		return ""
	case p.Cluster != "":
		return " of compute cluster " + p.Cluster
	case p.Datacenter != "":
		return " of datacenter " + p.Datacenter + " that are in no compute cluster"
	}
	return " that are in no compute cluster"
}

// Places groups the hosts that are not gone by where clusters can run.
func (inv *Inventory) Places() []Place {
	datacenter := inv.homes()
	var places []Place
	at := map[[2]string]int{}
	for _, h := range inv.Hosts {
		if h.State == Gone {
			continue
		}
		where := [2]string{h.Cluster, ""}
		if h.Cluster == "" {
			where[1] = datacenter[h.Name]
		}
		i, ok := at[where]
		if !ok {
			i = len(places)
			at[where] = i
			places = append(places, Place{Cluster: where[0], Datacenter: where[1]})
		}
		places[i].Hosts = append(places[i].Hosts, h.Name)
	}
	if len(places) == 1 {
		places[0].Alone = true
	}
	slices.SortFunc(places, func(a, b Place) int {
		return cmp.Or(cmp.Compare(a.Cluster, b.Cluster), cmp.Compare(a.Datacenter, b.Datacenter))
	})
	return places
}

// SharedByPlace lists the datastores that all hosts of some place mount and that are not local.
func (inv *Inventory) SharedByPlace() []Datastore {
	shared, mounted := map[string]bool{}, inv.mounted()
	for _, p := range inv.Places() {
		for _, d := range mounted.shared(p.Hosts) {
			shared[key(d.Name, d.Path, d.ID)] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(inv.Datastores), func(d Datastore) bool { return !shared[key(d.Name, d.Path, d.ID)] })
}

// mounted are the datastores that are not local, by the hosts that mount them: of each host few are looked at, where an inventory
// has many places.
type mounted map[string][]Datastore

func (inv *Inventory) mounted() mounted {
	m := mounted{}
	for _, d := range inv.Shared(nil) {
		for _, h := range d.Hosts {
			m[h] = append(m[h], d)
		}
	}
	return m
}

// shared lists those that all of hosts mount.
func (m mounted) shared(hosts []string) []Datastore {
	if len(hosts) == 0 {
		return nil
	}
	fewest := slices.MinFunc(hosts, func(a, b string) int { return cmp.Compare(len(m[a]), len(m[b])) })
	return slices.DeleteFunc(slices.Clone(m[fewest]), func(d Datastore) bool { return !d.MountedBy(hosts) })
}

// homes gives the paths of the datacenters that hosts are in, by the names of hosts, as far as their own paths, their compute
// clusters' and their datastores' tell it.
func (inv *Inventory) homes() map[string]string {
	homes, datacenters := map[string]string{}, inv.datacentersByPath()
	for _, d := range inv.Datastores {
		if home := datacenters.at(d.Path); home != "" {
			for _, h := range d.Hosts {
				homes[h] = home
			}
		}
	}
	for _, h := range inv.Hosts {
		if home := datacenters.at(cmp.Or(h.Cluster, h.Path)); home != "" {
			homes[h.Name] = home
		}
	}
	return homes
}
