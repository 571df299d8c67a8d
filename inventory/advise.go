// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"cmp"
	"maps"
	"slices"

	"github.com/vspread/vspread/internal/diag"
)

// Advise judges a valid inventory as the place for clusters: what will make vspread ask back, or a
// cluster depend on one host. None of it is an error of the inventory.
func (inv *Inventory) Advise(at diag.Where) diag.List {
	var diags diag.List
	for _, class := range []Class{TemplateClass, DatastoreClass} {
		paths := map[string][]string{}
		for _, o := range inv.Objects(class) {
			paths[o.Name] = append(paths[o.Name], o.Spelling())
		}
		for _, name := range slices.Sorted(maps.Keys(paths)) {
			if len(paths[name]) > 1 {
				diags.Warnf(diag.EqualNames, at, "%d %ss are called %q: %s", len(paths[name]), class, name, diag.Choices(paths[name])).
					WithHint("write their full paths in cluster manifests, or rename all but one")
			}
		}
	}
	local := map[string]bool{}
	for _, d := range inv.Locals() {
		for _, h := range d.Hosts {
			local[h] = true
		}
	}
	for _, h := range inv.Hosts {
		if h.State != Gone && !local[h.Name] {
			diags.Warnf(diag.NoLocalDatastore, at, "host %s has no local datastore, so it gets no pool", h.Name)
		}
	}
	for _, p := range inv.Places() {
		if len(inv.Shared(p.Hosts)) == 0 {
			diags.Warnf(diag.NotShared, at, "no datastore is mounted by all hosts%s, so there is no place for volumes", p.where()).
				WithHint("mount one everywhere, or use a storage policy")
		}
	}
	for _, g := range inv.Gaps {
		diags.Warnf(diag.InventoryGap, at, "%s", g).
			WithHint("give the user that refreshes the right to read it, or live with it: what was not read stays as it was")
	}
	for _, d := range inv.Disagreements {
		diags.Warnf(diag.Disagreement, at, "%s", d).
			WithHint("mend it in vCenter: rescan the storage of the host, or give the port group of all hosts one policy")
	}
	for _, c := range inv.Clusters {
		if c.DRS != nil && !*c.DRS {
			diags.Infof(diag.DRSOff, at, "compute cluster %s has no DRS", c.Name).
				WithHint("pools on local datastores do not need it; machines elsewhere stay on the host where they start")
		}
	}
	for _, d := range inv.Datastores {
		if reason := inv.Unavailable(d); reason != "" && !inv.IsGone(d) {
			diags.Warnf(diag.HostUnavailable, at, "%s: %s", d.Name, reason)
		}
	}
	return diags
}

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
	datacenter := map[string]string{}
	for _, d := range inv.Datastores {
		if dc, ok := inv.DatacenterOf(d.Path); ok {
			for _, h := range d.Hosts {
				datacenter[h] = dc.Path
			}
		}
	}
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
	shared := map[string]bool{}
	for _, p := range inv.Places() {
		for _, d := range inv.Shared(p.Hosts) {
			shared[key(d.Name, d.Path, d.ID)] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(inv.Datastores), func(d Datastore) bool { return !shared[key(d.Name, d.Path, d.ID)] })
}
