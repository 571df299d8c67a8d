// SPDX-License-Identifier: Apache-2.0

package measure

import (
	"math"
	"slices"
)

// Median is the middle of the values, or the mean of the two in the middle; of none, it is not a number.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// Exponent fits cost = a * size^e by least squares over the logarithms, and gives e: 1 is linear growth, 2 quadratic. With fewer than
// two sizes it is not a number.
func Exponent(sizes, costs []float64) float64 {
	n := float64(len(sizes))
	var x, y, xx, xy float64
	for i := range sizes {
		lx, ly := math.Log(sizes[i]), math.Log(costs[i])
		x, y, xx, xy = x+lx, y+ly, xx+lx*lx, xy+lx*ly
	}
	spread := n*xx - x*x
	if len(sizes) < 2 || spread == 0 {
		return math.NaN()
	}
	return (n*xy - x*y) / spread
}
