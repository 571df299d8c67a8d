// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"cmp"
	"slices"

	"github.com/vspread/vspread/fn/naming"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// poolsOf selects a group's datastores and gives a pool for each, still without replicas, sorted by age
// as shares are.
func poolsOf(g group, in Input, diags *diag.List) []pool {
	inv := in.VSphere.Inventory
	locals := slices.DeleteFunc(inv.Locals(), in.HoldsVolumes)
	if len(locals) == 0 {
		diags.Errorf(diag.NoLocalDatastore, in.VSphere.At, "no datastore is local to one host").
			WithHint("local is a VMFS datastore with one host in its list; %s", in.VSphere.DescribeDatastores())
		return nil
	}
	selected := selectDatastores(locals, in.VSphere, g.Datastores, g.at.Dot("datastores"), diags)
	slices.SortStableFunc(selected, func(a, b inventory.Datastore) int {
		return cmp.Or(cmp.Compare(uint(a.Ordinal)-1, uint(b.Ordinal)-1), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Path, b.Path))
	})
	overrides := overridesOf(g, selected, inv, diags)
	var pools []pool
	for _, d := range selected {
		o, ok := overrides[d.Object()]
		if !ok {
			o.at = g.at
		}
		name, ok := naming.Pool(in.Cluster.Name, g.Name, cmp.Or(o.Name, d.Name))
		adopted := findAdopted(o, in, diags)
		if adopted != nil {
			name, ok = adopted.Ref.Name, true
		}
		if !ok {
			diags.Errorf(diag.NameTooLong, g.at.Dot("name"), "cluster %q and group %q leave no room for a datastore in the %d characters of a MachineDeployment",
				in.Cluster.Name, g.Name, naming.MaxPool).
				WithHint("choose a shorter name for the longer of the two")
			continue
		}
		pools = append(pools, pool{
			Pool:     site.Pool{Name: name, Group: g.Name, Datastore: d, Draining: draining(d, o, in.VSphere, diags)},
			label:    naming.LabelValue(cmp.Or(o.Name, d.Name)),
			override: o, adopted: adopted,
		})
	}
	return pools
}

// draining says why a datastore takes no machines, or nothing. That it cannot be used right now is no reason.
func draining(d inventory.Datastore, o override, v *site.VSphere, diags *diag.List) string {
	switch {
	case v.Inventory.IsGone(d) && d.State == inventory.Gone:
		return "datastore is gone"
	case v.Inventory.IsGone(d):
		return "host is gone"
	case o.Drain:
		return "override drains it"
	}
	if reason := v.Inventory.Unavailable(d); reason != "" {
		diags.Warnf(diag.HostUnavailable, v.At, "%s: %s; its pool stays as it is", d.Object().Spelling(), reason).
			WithHint("to move its machines, set drain: true in an override")
	}
	return ""
}
