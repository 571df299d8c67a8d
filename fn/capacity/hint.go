// SPDX-License-Identifier: Apache-2.0

package capacity

import (
	"fmt"
	"math"

	"github.com/vspread/vspread/internal/diag"
)

// settings are what decides how much of a resource machines may take.
var settings = map[Resource]string{
	Memory: "raise spec.capacity.memoryOvercommit", CPU: "raise spec.capacity.cpuOvercommit", Disk: "lower spec.capacity.reserve.diskPercent",
}

// hint says where there is room, and what to do.
func (u *use) hint(s *Sums, f finding) string {
	isControlPlane := u.owners[f.owner].group < 0
	hint, isRoom := u.whereRoomIs(s, f)
	switch {
	case isControlPlane && isRoom:
		hint += ": name a datastore there in its VSphereMachineTemplate"
	case isControlPlane:
		hint += ": make its machines smaller"
	case isRoom:
		hint += ": put more there by weight or replicas in overrides"
	default:
		hint += ": ask for fewer or smaller machines, or add a host"
	}
	if f.onlyAtPeak && f.more > 0 && !isControlPlane {
		hint += "; or set rollout: {maxSurge: 0, maxUnavailable: 1}, which needs no room for one more"
	}
	return hint + "; or " + settings[f.Resource]
}

// whereRoomIs lists hosts that take more machines, and tells whether there are any.
func (u *use) whereRoomIs(s *Sums, f finding) (string, bool) {
	n := need{f.Resource, f.footprint}
	if _, ok := u.rooms[n]; !ok {
		if u.rooms == nil {
			u.rooms = map[need]place{}
		}
		words, isRoom := u.listRooms(s, f)
		u.rooms[n] = place{words, isRoom}
	}
	return u.rooms[n].words, u.rooms[n].isRoom
}

func (u *use) listRooms(s *Sums, f finding) (string, bool) {
	var names []string
	isAllKnown := true
	for _, h := range u.inv.Hosts {
		n, ok := s.Room(u.inv, h, u.limits, f.Resource, f.footprint)
		isAllKnown = isAllKnown && (ok || n == 0)
		if ok && n > 0 && n < math.MaxInt {
			names = append(names, fmt.Sprintf("%s (%d more)", h.Name, n))
		}
	}
	switch {
	case len(names) > 0:
		return "there is room on " + diag.Choices(names), true
	case isAllKnown:
		return "no host has room for another one", false
	default:
		return "no host is known to have room for another one", false
	}
}
