// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"strings"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/place"
	"github.com/vspread/vspread/fn/site"
)

// bins are the pools of a group that may have machines, as a tree.
type bins struct {
	tree []place.Bin
	// leaves are the positions of the pools, in the order of the tree's leaves.
	leaves []int
}

// binsOf puts the pools of a group into the tree that its levels ask for. A pool whose number is given already holds it, and takes
// no more.
func binsOf(pools []pool, g group, v *site.VSphere) bins {
	byHost, order := map[string][]int{}, []string{}
	for i, p := range pools {
		if p.Draining != "" {
			continue
		}
		host := hostOf(p)
		if !g.Spread.HasLevel(v1alpha1.HostLevel) {
			host = ""
		}
		if byHost[host] == nil {
			order = append(order, host)
		}
		byHost[host] = append(byHost[host], i)
	}
	var out bins
	for _, host := range order {
		var leaves []place.Bin
		for _, i := range byHost[host] {
			leaves = append(leaves, leafOf(pools[i]))
		}
		out.leaves = append(out.leaves, byHost[host]...)
		if !g.Spread.HasLevel(v1alpha1.HostLevel) {
			out.tree = leaves
			break
		}
		hosts := pools[byHost[host][0]].Datastore.Hosts
		bin := place.Bin{Name: host, Ordinal: v.Age(hosts), Weight: 1, Max: -1, Bins: leaves}
		if most := g.Spread.MaxPerHost; most != nil {
			bin.Max = *most
		}
		out.tree = append(out.tree, bin)
	}
	return out
}

// hostOf names the host of a pool. A datastore that the inventory calls local to several has a bin of its own.
func hostOf(p pool) string { return strings.Join(p.Datastore.Hosts, ", ") }

// leafOf gives the bin of a pool.
func leafOf(p pool) place.Bin {
	leaf := place.Bin{Name: p.Name, Ordinal: p.Datastore.Ordinal, Weight: 1, Max: -1}
	if p.isFixed {
		leaf.Held, leaf.Max = p.Replicas, p.Replicas
	}
	if w := p.override.Weight; w != nil {
		leaf.Weight = *w
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
