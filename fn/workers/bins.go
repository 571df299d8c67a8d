// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/place"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
)

// bins are the pools of a group that may have machines, as a tree.
type bins struct {
	tree []place.Bin
	// leaves are the positions of the pools, in the order of the tree's leaves.
	leaves []int
	// hosts counts the bins of hosts.
	hosts int
}

// binsOf puts the pools of a group into the tree that its levels ask for. A pool whose number is given already holds it, and takes
// no more.
func binsOf(pools []pool, g group, v *site.VSphere, diags *diag.List) bins {
	weights := weights{by: g.Spread.WeightBy, v: v}
	defer weights.refuseUnknown(g, diags)
	var out bins
	if !g.Spread.HasLevel(v1alpha1.HostLevel) {
		for i, p := range pools {
			if p.Draining == "" {
				out.tree = append(out.tree, leafOf(p, weights.ofDatastore(p.Datastore)))
				out.leaves = append(out.leaves, i)
			}
		}
		return out
	}
	hosts := hostBins(pools, g, &weights)
	out.hosts = len(hosts)
	if g.Spread.HasLevel(v1alpha1.ZoneLevel) {
		hosts = zoneBins(hosts, g, v, diags)
	}
	for _, h := range hosts {
		out.tree, out.leaves = append(out.tree, h.Bin), append(out.leaves, h.leaves...)
	}
	return out
}

// divide gives each pool its part of a number of machines besides those that are held, by the pools' positions, and says how many
// are left over.
func (b bins) divide(total int) (parts map[int]int, left int) {
	shares, left := place.Spread(total, b.tree)
	parts = make(map[int]int, len(shares))
	for leaf, i := range b.leaves {
		parts[i] = shares[leaf]
	}
	return parts, left
}

// withMost gives the bins with another limit for each host.
func (b bins) withMost(most int) bins {
	b.tree = limited(b.tree, most)
	return b
}

// limited gives bins with another limit wherever one has datastores within.
func limited(tree []place.Bin, most int) []place.Bin {
	out := make([]place.Bin, len(tree))
	for i, b := range tree {
		switch {
		case len(b.Bins) == 0:
		case len(b.Bins[0].Bins) == 0:
			b.Max = most
		default:
			b.Bins = limited(b.Bins, most)
		}
		out[i] = b
	}
	return out
}

// isOpen tells whether any pool takes machines, limits of hosts apart.
func (b bins) isOpen(pools []pool) bool {
	for _, i := range b.leaves {
		if !pools[i].isFixed {
			return true
		}
	}
	return false
}
