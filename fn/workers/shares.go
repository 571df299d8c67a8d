// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// share gives the pools their replicas. Fixed numbers count towards the total; what is left is
// divided among the bins.
func share(pools []pool, g group, v *site.VSphere, diags *diag.List) []pool {
	if len(pools) == 0 {
		return nil
	}
	total, totalAt := total(g, diags)
	fixed := fix(pools, g, diags)
	bins := binsOf(pools, g, v, diags)
	refuseFullHosts(pools, bins, g, diags)
	warnUnusedWeights(pools, bins, g, diags)
	if g.PerDatastore != nil {
		return pools
	}
	if g.Autoscaling != nil {
		bound(pools, bins, g, fixed, diags)
		return pools
	}
	if fixed > total {
		diags.Errorf(diag.ReplicasConflict, totalAt, "is %d, less than the %d that overrides fix", total, fixed).
			WithHint("raise replicas or lower those of the overrides")
		return pools
	}
	parts, left := bins.divide(total - fixed)
	for i, n := range parts {
		pools[i].Replicas = n
	}
	switch {
	case left > 0 && bins.isOpen(pools):
		refuseTooMany(total, fixed, left, bins, g, totalAt, diags)
	case left > 0 && fixed > 0:
		diags.Errorf(diag.ReplicasConflict, totalAt, "is %d, more than the %d that overrides fix, and no datastore is left for the rest", total, fixed).
			WithHint("leave one datastore without fixed replicas, or lower replicas")
	case left > 0:
		diags.Errorf(diag.NoActiveDatastore, totalAt, "%d replicas have nowhere to go: every datastore is gone or drained", total).
			WithHint("refresh the inventory or take back a drain")
	}
	return pools
}

// fix gives the pools those replicas that are no shares, and what overrides fix in all.
func fix(pools []pool, g group, diags *diag.List) int {
	fixed := 0
	for i := range pools {
		p := &pools[i]
		switch {
		case p.Draining != "":
			diags.Infof(diag.Draining, g.at, "pool %s keeps no machines: %s", p.Name, p.Draining)
		case p.override.Replicas != nil:
			p.Replicas, p.isFixed = *p.override.Replicas, true
			fixed += p.Replicas
		case g.PerDatastore != nil:
			p.Replicas, p.isFixed = *g.PerDatastore, true
		}
	}
	return fixed
}

// total is a group's number of machines: its own, else the seed's.
func total(g group, diags *diag.List) (int, diag.Where) {
	if g.Replicas != nil {
		return *g.Replicas, g.at.Dot("replicas")
	}
	if g.seed.deployment == nil || g.PerDatastore != nil || g.Autoscaling != nil {
		return 0, g.at.Dot("replicas")
	}
	here := diag.At(g.seed.deployment.Ref, "spec.replicas")
	n, ok := g.seed.replicas()
	if !ok {
		diags.Errorf(diag.WrongType, here, "must be a whole number of at most %d, not %q", v1alpha1.MaxReplicas, tree.String(g.seed.deployment.Node, "spec", "replicas")).
			WithHint("fill in variables before vspread runs, or set replicas in the worker group")
	}
	return n, here
}

// bound splits a group's bounds over its pools. What overrides fix counts towards both. A pool's lower bound is
// never above its upper one, because a larger total shrinks no share.
func bound(pools []pool, bins bins, g group, fixed int, diags *diag.List) {
	bounds, at := *g.Autoscaling, g.at.Dot("autoscaling")
	if fixed > bounds.Min {
		diags.Errorf(diag.ReplicasConflict, at.Dot("min"), "is %d, less than the %d that overrides fix", bounds.Min, fixed).
			WithHint("raise min or lower the replicas of the overrides")
		return
	}
	low, _ := bins.divide(bounds.Min - fixed)
	high, left := bins.divide(bounds.Max - fixed)
	switch {
	case left > 0 && bins.isOpen(pools):
		refuseTooMany(bounds.Max, fixed, left, bins, g, at.Dot("max"), diags)
		return
	case left > 0:
		diags.Errorf(diag.NoActiveDatastore, at.Dot("max"), "%s nowhere to go: every datastore is gone, drained or fixed", diag.Count(left, "machine has", "machines have")).
			WithHint("refresh the inventory, take back a drain, or leave one datastore without fixed replicas")
		return
	}
	for i, most := range high {
		if most > 0 && !pools[i].isFixed {
			pools[i].Bounds = &v1alpha1.Autoscaling{Min: low[i], Max: most}
		}
	}
}
