// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/internal/diag"
)

// warnUnusedWeights tells of weights that change nothing: no other datastore of the host shares its part.
func warnUnusedWeights(pools []pool, bins bins, g group, diags *diag.List) {
	if !g.Spread.HasLevel(v1alpha1.HostLevel) {
		return
	}
	sharing := map[string]int{}
	for _, i := range bins.leaves {
		if !pools[i].isFixed {
			sharing[hostOf(pools[i])]++
		}
	}
	for _, i := range bins.leaves {
		p := pools[i]
		if w := p.override.Weight; w != nil && *w != 1 && !p.isFixed && sharing[hostOf(p)] == 1 {
			diags.Warnf(diag.WeightUnused, p.override.at.Dot("weight"), "changes nothing: %s is the only datastore that shares the part of host %s", p.Datastore.Name, hostOf(p)).
				WithHint("for a weight among all datastores of the group, write spread: {levels: [datastore]}; else take it out")
		}
	}
}
