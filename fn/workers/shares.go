// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/place"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// share gives the pools their replicas. Fixed numbers count towards the total; what is left is
// divided among the bins.
func share(pools []pool, g group, diags *diag.List) []pool {
	if len(pools) == 0 {
		return nil
	}
	total, totalAt := total(g, diags)
	var bins []place.Bin
	var indices []int
	fixed := 0
	for i := range pools {
		p := &pools[i]
		switch {
		case p.Draining != "":
			diags.Infof(diag.Draining, g.at, "pool %s keeps no machines: %s", p.Name, p.Draining)
		case p.override.Replicas != nil:
			p.Replicas = *p.override.Replicas
			fixed += p.Replicas
		case g.PerDatastore != nil:
			p.Replicas = *g.PerDatastore
		default:
			weight := 1
			if p.override.Weight != nil {
				weight = *p.override.Weight
			}
			bins = append(bins, place.Bin{Name: p.Name, Ordinal: p.Datastore.Ordinal, Weight: weight, Max: -1})
			indices = append(indices, i)
		}
	}
	if g.PerDatastore != nil {
		return pools
	}
	if g.Autoscaling != nil {
		bound(pools, indices, bins, *g.Autoscaling, fixed, g.at.Dot("autoscaling"), diags)
		return pools
	}
	if fixed > total {
		diags.Errorf(diag.ReplicasConflict, totalAt, "is %d, less than the %d that overrides fix", total, fixed).
			WithHint("raise replicas or lower those of the overrides")
		return pools
	}
	shares, unplaced := place.Spread(total-fixed, bins)
	for j, i := range indices {
		pools[i].Replicas = shares[j]
	}
	switch {
	case unplaced > 0 && fixed > 0:
		diags.Errorf(diag.ReplicasConflict, totalAt, "is %d, more than the %d that overrides fix, and no datastore is left for the rest", total, fixed).
			WithHint("leave one datastore without fixed replicas, or lower replicas")
	case unplaced > 0:
		diags.Errorf(diag.NoActiveDatastore, totalAt, "%d replicas have nowhere to go: every datastore is gone or drained", total).
			WithHint("refresh the inventory or take back a drain")
	}
	return pools
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
func bound(pools []pool, indices []int, bins []place.Bin, bounds v1alpha1.Autoscaling, fixed int, at diag.Where, diags *diag.List) {
	if fixed > bounds.Min {
		diags.Errorf(diag.ReplicasConflict, at.Dot("min"), "is %d, less than the %d that overrides fix", bounds.Min, fixed).
			WithHint("raise min or lower the replicas of the overrides")
		return
	}
	low, _ := place.Spread(bounds.Min-fixed, bins)
	high, unplaced := place.Spread(bounds.Max-fixed, bins)
	if unplaced > 0 {
		diags.Errorf(diag.NoActiveDatastore, at.Dot("max"), "%s nowhere to go: every datastore is gone, drained or fixed", diag.Count(unplaced, "machine has", "machines have")).
			WithHint("refresh the inventory, take back a drain, or leave one datastore without fixed replicas")
		return
	}
	for j, i := range indices {
		if high[j] > 0 {
			pools[i].Bounds = &v1alpha1.Autoscaling{Min: low[j], Max: high[j]}
		}
	}
}
