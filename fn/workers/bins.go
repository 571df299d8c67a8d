// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"strings"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/place"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// bins are the pools of a group that may have machines, as a tree.
type bins struct {
	tree []place.Bin
	// leaves are the positions of the pools, in the order of the tree's leaves.
	leaves []int
	// hosts counts the bins of hosts.
	hosts int
}

// hostBin is the bin of a host, or of several that mount one local datastore, while the tree is made.
type hostBin struct {
	place.Bin
	hosts  []string
	leaves []int
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
	for _, h := range hosts {
		out.tree, out.leaves = append(out.tree, h.Bin), append(out.leaves, h.leaves...)
	}
	return out
}

// hostBins gives the bins of the hosts with those of their datastores within.
func hostBins(pools []pool, g group, weights *weights) []hostBin {
	var out []hostBin
	position := map[string]int{}
	for i, p := range pools {
		if p.Draining != "" {
			continue
		}
		name := hostOf(p)
		at, ok := position[name]
		if !ok {
			at = len(out)
			position[name] = at
			out = append(out, hostBin{Bin: place.Bin{Name: name, Ordinal: weights.v.Age(p.Datastore.Hosts), Max: -1}, hosts: p.Datastore.Hosts})
		}
		h := &out[at]
		h.Bins, h.leaves = append(h.Bins, leafOf(p, weights.ofDatastore(p.Datastore))), append(h.leaves, i)
	}
	for i := range out {
		h := &out[i]
		var active []inventory.Datastore
		for _, leaf := range h.leaves {
			active = append(active, pools[leaf].Datastore)
		}
		h.Weight = weights.ofHost(h.hosts, active)
		if most := g.Spread.MaxPerHost; most != nil {
			h.Max = *most
		}
	}
	return out
}

// hostOf names the host of a pool. A datastore that the inventory calls local to several has a bin of its own.
func hostOf(p pool) string { return strings.Join(p.Datastore.Hosts, ", ") }

// leafOf gives the bin of a pool.
func leafOf(p pool, weight int) place.Bin {
	leaf := place.Bin{Name: p.Name, Ordinal: p.Datastore.Ordinal, Weight: weight, Max: -1}
	if p.isFixed {
		leaf.Held, leaf.Max = p.Replicas, p.Replicas
	}
	if w := p.override.Weight; w != nil {
		leaf.Weight *= *w
	}
	return leaf
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
	tree := make([]place.Bin, len(b.tree))
	for i, h := range b.tree {
		h.Max = most
		tree[i] = h
	}
	b.tree = tree
	return b
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
