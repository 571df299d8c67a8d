// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"fmt"
	"sort"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/internal/diag"
)

// refuseFullHosts reports hosts that have more machines than maxPerHost allows before any is divided.
func refuseFullHosts(pools []pool, bins bins, g group, diags *diag.List) {
	if g.Spread.MaxPerHost == nil || !g.Spread.HasLevel(v1alpha1.HostLevel) {
		return
	}
	held := map[string]int{}
	for _, i := range bins.leaves {
		if pools[i].isFixed {
			held[hostOf(pools[i])] += pools[i].Replicas
		}
	}
	var over []string
	most := *g.Spread.MaxPerHost
	need := most
	for host, n := range held {
		if n > most {
			over = append(over, fmt.Sprintf("%s has %d", host, n))
			need = max(need, n)
		}
	}
	if len(over) == 0 {
		return
	}
	whose := "overrides fix"
	if g.PerDatastore != nil {
		whose = "perDatastore and overrides ask for"
	}
	diags.Errorf(diag.HostsFull, g.at.Dot("spread.maxPerHost"), "is %d, less than %s on %s: %s", most, whose, diag.Count(len(over), "host", "hosts"), diag.Choices(over)).
		WithHint("set maxPerHost to %d, or lower these numbers", need)
}

// refuseTooMany reports machines that find no room below maxPerHost, while there are pools that would take them.
func refuseTooMany(total, fixed, left int, bins bins, g group, at diag.Where, diags *diag.List) {
	most, hosts := *g.Spread.MaxPerHost, bins.hosts
	need := most + 1 + sort.Search(v1alpha1.MaxReplicas, func(more int) bool {
		_, still := bins.withMost(most + 1 + more).divide(total - fixed)
		return still == 0
	})
	more := (left + most - 1) / most
	diags.Errorf(diag.HostsFull, at, "is %d, and %d fit: at most %d on each of %s", total, total-left, most, diag.Count(hosts, "host", "hosts")).
		WithHint("add %s, set spread.maxPerHost to %d, or ask for %d", diag.Count(more, "host", "hosts"), need, total-left)
}
