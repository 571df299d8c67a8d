// SPDX-License-Identifier: Apache-2.0

package place_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/vspread/vspread/fn/place"
)

// TestExhaustive compares with all placements that there are, on up to three hosts of up to two disks, with each limit: the result
// is the most even one over hosts, and of those the most even one over the disks of each. Where there is none within the limits,
// as many as can be are placed.
func TestExhaustive(t *testing.T) {
	t.Parallel()
	free, single, fixed := place.Bin{Weight: 1, Max: -1}, place.Bin{Weight: 1, Max: 1}, place.Bin{Weight: 1, Max: 2, Held: 2}
	var rows [][]place.Bin // the disks that a host may have
	for _, a := range []place.Bin{free, single, fixed} {
		rows = append(rows, []place.Bin{a})
		for _, b := range []place.Bin{free, single, fixed} {
			rows = append(rows, []place.Bin{a, b})
		}
	}
	cases := 0
	var hosts []place.Bin
	var extend func(ordinal int)
	extend = func(ordinal int) {
		if len(hosts) > 0 {
			for total := range 11 {
				cases++
				checkMostEven(t, total, hosts)
			}
		}
		if len(hosts) == 3 || t.Failed() {
			return
		}
		for _, row := range rows {
			disks := slices.Clone(row)
			for i := range disks {
				disks[i].Ordinal = ordinal + i
			}
			for _, most := range []int{-1, 1, 3} {
				hosts = append(hosts, place.Bin{Name: fmt.Sprint(ordinal), Ordinal: ordinal, Weight: 1, Max: most, Bins: disks})
				extend(ordinal + len(row))
				hosts = hosts[:len(hosts)-1]
			}
		}
	}
	extend(1)
	t.Logf("%d cases", cases)
}

// checkMostEven compares a spread with all placements of as many replicas, and of one more where some are left over.
func checkMostEven(t *testing.T, total int, hosts []place.Bin) {
	t.Helper()
	got, unplaced := place.Spread(total, hosts)
	sums, least := byHost(hosts, got)
	isAllowed := false
	everyPlacement(total-unplaced, hosts, func(shares []int) {
		isAllowed = isAllowed || slices.Equal(shares, got)
		other, otherLeast := byHost(hosts, shares)
		if slices.Compare(ascending(other), ascending(sums)) > 0 {
			t.Fatalf("%d over %v: %v is more even over the hosts than %v", total, hosts, shares, got)
		}
		for i := range hosts {
			if other == sums && otherLeast[i] > least[i] {
				t.Fatalf("%d over %v: %v is more even over the disks than %v", total, hosts, shares, got)
			}
		}
	})
	if !isAllowed {
		t.Fatalf("%d over %v: %v breaks a limit", total, hosts, got)
	}
	if unplaced > 0 {
		everyPlacement(total-unplaced+1, hosts, func(shares []int) {
			t.Fatalf("%d over %v: %d unplaced, and %v has one more", total, hosts, unplaced, shares)
		})
	}
}

// byHost gives what each host has, and its emptiest disk.
func byHost(hosts []place.Bin, shares []int) (sums, least [3]int) {
	n := 0
	for i, h := range hosts {
		own := shares[n : n+len(h.Bins)]
		n += len(h.Bins)
		least[i] = own[0]
		for _, s := range own {
			sums[i] += s
			least[i] = min(least[i], s)
		}
	}
	return sums, least
}

func ascending(sums [3]int) []int {
	slices.Sort(sums[:])
	return sums[:]
}

// everyPlacement calls a function for each way to place a total within the limits of disks and hosts.
func everyPlacement(total int, hosts []place.Bin, visit func(shares []int)) {
	var shares []int
	var fill func(host, disk, placed, left int)
	fill = func(host, disk, placed, left int) {
		if host == len(hosts) {
			if left == 0 {
				visit(shares)
			}
			return
		}
		h := hosts[host]
		if disk == len(h.Bins) {
			fill(host+1, 0, 0, left)
			return
		}
		d := h.Bins[disk]
		for n := 0; n <= left; n++ {
			share := d.Held + n
			isOver := d.Max >= 0 && share > d.Max || h.Max >= 0 && placed+n > 0 && heldIn(h)+placed+n > h.Max
			if isOver {
				break
			}
			shares = append(shares, share)
			fill(host, disk+1, placed+n, left-n)
			shares = shares[:len(shares)-1]
		}
	}
	fill(0, 0, 0, total)
}
