// SPDX-License-Identifier: Apache-2.0

// Package place decides how many replicas each bin gets: numbers only.
//
// It is a divisor method (Sainte-Laguë: the next replica goes where (2·held+1)/weight is smallest), not
// largest remainders, because with those a larger total can shrink a share, and that would delete a
// worker on scale-up. Ties go to the older bin. Bins within bins, such as the datastores of a host, share
// the part of the outer one in the same way.
package place

// Spread divides total over the bins and gives the share of each leaf, in the order of bins and of the bins
// within them, and how many replicas found no room under the limits. What leaves hold already is in their
// shares and not in the total.
//
// Replicas are placed one by one. Each goes from the outermost bins to the one with room where
// (2·held+1)/weight is smallest, then on to the bins within it. So at each level, bins of equal weight differ
// by at most one, limits and what was held already apart. The order of bins does not matter. A larger total
// shrinks no share. When a bin joins that comes after all others and changes no weight of those around it, no
// share outside of it grows but those of bins around it; when one leaves, none shrinks.
func Spread(total int, bins []Bin) (shares []int, unplaced int) {
	shares = []int{}
	var top branch
	top.fill(&Bin{Weight: 1, Max: -1}, bins, &shares)
	for placed := range total {
		if top.room == 0 {
			return shares, total - placed
		}
		top.place(shares)
	}
	return shares, 0
}
