// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"fmt"
	"strings"

	"github.com/vspread/vspread/fn/place"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
)

// zoneBins puts the bins of hosts into those of the zones that the group's tag names, and reports hosts whose zone is not known.
func zoneBins(hosts []hostBin, g group, v *site.VSphere, diags *diag.List) []hostBin {
	var out []hostBin
	var without, several []string
	position := map[string]int{}
	for _, h := range hosts {
		zone := zoneOfHosts(h.hosts, g.Spread.ZoneTag, v)
		switch {
		case zone == "":
			without = append(without, h.Name)
		case strings.Contains(zone, ","):
			several = append(several, fmt.Sprintf("%s (%s)", h.Name, zone))
		}
		at, ok := position[zone]
		if !ok {
			at = len(out)
			position[zone] = at
			out = append(out, hostBin{Bin: place.Bin{Name: zone, Max: -1}})
		}
		z := &out[at]
		z.Bins, z.leaves = append(z.Bins, h.Bin), append(z.leaves, h.leaves...)
		z.Weight += h.Weight
		if g.Spread.IsEven() {
			z.Weight = 1
		}
	}
	inZone := map[string][]string{} // also those without a datastore of the group, so that no drain changes an age
	for _, h := range v.Inventory.Hosts {
		zone := v.HostTag(h.Name, g.Spread.ZoneTag)
		inZone[zone] = append(inZone[zone], h.Name)
	}
	for i := range out {
		out[i].Ordinal = v.Age(inZone[out[i].Name])
	}
	at := g.at.Dot("spread.zoneTag")
	if len(without) > 0 {
		diags.Errorf(diag.ZoneUnknown, at, "%s of category %s: %s", diag.Form(len(without), "a host has no tag", "hosts have no tag"), g.Spread.ZoneTag, diag.Choices(without)).
			WithHint("attach one to each host, its compute cluster or its datacenter and refresh the inventory; categories that hosts have: %s", diag.Choices(v.HostCategories()))
	}
	if len(several) > 0 {
		diags.Errorf(diag.ZoneUnknown, at, "%s of category %s: %s", diag.Form(len(several), "a host has several tags", "hosts have several tags"), g.Spread.ZoneTag, diag.Choices(several)).
			WithHint("leave one on each")
	}
	return out
}

// zoneOfHosts gives the zone of the hosts that mount a datastore: where they are in several, that is more than one tag.
func zoneOfHosts(hosts []string, category string, v *site.VSphere) string {
	var zones []string
	seen := map[string]bool{}
	for _, h := range hosts {
		zone := v.HostTag(h, category)
		if zone == "" {
			return ""
		}
		if !seen[zone] {
			seen[zone] = true
			zones = append(zones, zone)
		}
	}
	return strings.Join(zones, ",")
}
