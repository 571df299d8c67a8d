// SPDX-License-Identifier: Apache-2.0

package capacity

import (
	"maps"
	"slices"

	"github.com/vspread/vspread/internal/diag"
)

// tooLarge are machines with more memory than the largest host has that they may run on.
type tooLarge struct{ owner, memoryMiB, hostMiB int }

// refuseLarge reports machines that no host can start, and gives the hosts that are too small for some.
func (u *use) refuseLarge(own []machines, diags *diag.List) map[string]bool {
	var found []tooLarge
	hosts, isTooSmall := map[tooLarge]map[string]bool{}, map[string]bool{}
	for _, m := range own {
		largest := u.largestHost(m)
		if largest == 0 || m.MemoryMiB <= largest {
			continue
		}
		x := tooLarge{m.owner, m.MemoryMiB, largest}
		if hosts[x] == nil {
			found = append(found, x)
			hosts[x] = map[string]bool{}
		}
		for _, h := range u.hostsOf(m) {
			isTooSmall[h], hosts[x][h] = true, true
		}
	}
	for _, x := range found {
		names := slices.Sorted(maps.Keys(hosts[x]))
		d := diags.Errorf(diag.MachineTooLarge, u.memoryAt(x), "machines of %s have %d MiB of memory, and %s %s %s %d MiB, so none can start there",
			u.phrase(u.owners[x.owner]), x.memoryMiB, diag.Form(len(names), "host", "hosts"), list(names), diag.Form(len(names), "has", "have at most"), x.hostMiB)
		var enough []string
		for _, h := range u.inv.Hosts {
			if h.MemoryMiB >= x.memoryMiB {
				enough = append(enough, h.Name)
			}
		}
		switch {
		case len(enough) == 0:
			d.WithHint("no host of the inventory has as much: set less")
		case u.owners[x.owner].group < 0:
			d.WithHint("large enough are %s: name a datastore of theirs, or set less", diag.Choices(enough))
		default:
			d.WithHint("large enough are %s: leave the datastores of the others out, or set less in overrides for them", diag.Choices(enough))
		}
	}
	return isTooSmall
}

// largestHost is the memory of the largest host that the machines may run on, or 0 where that is not known.
func (u *use) largestHost(m machines) int {
	largest := 0
	for _, name := range u.hostsOf(m) {
		h, _ := u.inv.Host(name)
		if h.MemoryMiB == 0 {
			return 0
		}
		largest = max(largest, h.MemoryMiB)
	}
	return largest
}

// memoryAt is where the memory of machines is said, or may be.
func (u *use) memoryAt(x tooLarge) diag.Where {
	o := u.owners[x.owner]
	if o.group < 0 || u.spec.Workers[o.group].Machine.MemoryMiB == x.memoryMiB {
		return o.memoryAt
	}
	for i, override := range u.spec.Workers[o.group].Overrides {
		if override.Machine.MemoryMiB == x.memoryMiB {
			return u.at.Dot("workers").Index(o.group).Dot("overrides").Index(i).Dot("machine.memoryMiB")
		}
	}
	return o.memoryAt
}
