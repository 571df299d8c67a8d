// SPDX-License-Identifier: Apache-2.0

package capacity

import (
	"math"

	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/inventory"
)

// fits tells how many machines fit that take so much each, where others take their part of the limit.
func fits(limit, others, each int) int {
	if each <= 0 {
		return math.MaxInt
	}
	return max(0, (limit-others)/each)
}

// Room tells how many more machines of a size a host takes, on one of its local datastores, next to all that is there at the peak.
// What the inventory does not know limits nothing; false is that it does not know what the host has of a resource, or that no
// machine can be put there now.
func (s *Sums) Room(inv *inventory.Inventory, h inventory.Host, l Limits, of Resource, f site.Footprint) (int, bool) {
	w := s.world(inv)
	if h.State != "" && h.State != inventory.Connected || len(w.locals[h.Name]) == 0 {
		return 0, false
	}
	room, isKnown := math.MaxInt, false
	for _, x := range []struct {
		Resource
		each int
	}{{Memory, f.MemoryMiB}, {CPU, f.CPUs}} {
		if limit, ok := l.OfHost(x.Resource, h); ok {
			room = min(room, fits(limit, s.Host(inv, h.Name, x.Resource).Peak, x.each))
			isKnown = isKnown || x.Resource == of
		}
	}
	if h.MemoryMiB > 0 && f.MemoryMiB > h.MemoryMiB {
		room = 0 // whatever the overcommit is
	}
	disk := 0
	for _, i := range w.locals[h.Name] {
		d := inv.Datastores[i]
		if d.State != "" && d.State != inventory.Connected {
			continue
		}
		limit, ok := l.OfDatastore(d)
		if !ok {
			disk = math.MaxInt
			continue
		}
		disk = max(disk, fits(limit, s.Datastore(inv, d.Object()).Peak, f.StorageMiB))
		isKnown = isKnown || of == Disk
	}
	return min(room, disk), isKnown
}
