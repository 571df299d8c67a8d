// SPDX-License-Identifier: Apache-2.0

package place

import "cmp"

// Bin is a place that takes replicas: a leaf, or an inner bin that hands them on to the bins within it.
type Bin struct {
	// Name breaks ties between bins without an ordinal.
	Name string
	// Ordinal is the age of the bin, 1 the oldest; 0 is unknown and comes after all that are known.
	Ordinal int
	// Weight is the bin's part relative to the others next to it; it must be positive.
	Weight int
	// Max is the most that the bin holds; negative is no limit.
	Max int
	// Held are the replicas that a leaf has before any is placed. They count towards the part and the limit
	// of each bin around it. An inner bin holds what its leaves hold.
	Held int
	// Bins are those within an inner bin; a leaf has none.
	Bins []Bin
}

// older orders bins: those with an ordinal first, by it, then by name.
func older(a, b *Bin) int {
	if c := cmp.Compare(age(a), age(b)); c != 0 {
		return c
	}
	return cmp.Compare(a.Name, b.Name)
}

func age(b *Bin) uint {
	return uint(b.Ordinal) - 1 // 0, unknown, becomes the largest
}
