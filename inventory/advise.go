// SPDX-License-Identifier: Apache-2.0

package inventory

import (
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
	if len(inv.Shared(inv.HostNames())) == 0 {
		diags.Warnf(diag.NotShared, at, "no datastore is mounted by all hosts, so there is no place for volumes").
			WithHint("mount one everywhere, or use a storage policy")
	}
	for _, g := range inv.Gaps {
		diags.Warnf(diag.InventoryGap, at, "%s", g).
			WithHint("give the user that refreshes more rights, or live with it: nothing becomes gone meanwhile")
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
