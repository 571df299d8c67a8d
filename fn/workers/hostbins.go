// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"strings"

	"github.com/vspread/vspread/fn/place"
	"github.com/vspread/vspread/inventory"
)

// hostBin is the bin of a host, or of several that mount one local datastore, while the tree is made.
type hostBin struct {
	place.Bin
	hosts  []string
	leaves []int
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
