// SPDX-License-Identifier: Apache-2.0

// Package place decides how many replicas each bin gets: numbers only.
//
// It is a divisor method (Sainte-Laguë: the next replica goes where (2·held+1)/weight is smallest), not
// largest remainders, because with those a larger total can shrink a share, and that would delete a
// worker on scale-up. Ties go to the older bin.
package place

import (
	"cmp"
	"container/heap"
	"slices"
)

// Bin is a place that takes replicas.
type Bin struct {
	// Name breaks ties between bins without an ordinal.
	Name string
	// Ordinal is the age of the bin, 1 the oldest; 0 is unknown and comes after all that are known.
	Ordinal int
	// Weight is the bin's part relative to the others; it must be positive.
	Weight int
	// Max is the most that the bin takes; negative is no limit.
	Max int
}

// Spread divides total over the bins and gives the share of each, in the order of bins, and how
// many replicas found no room under the limits.
//
// The order of bins does not matter. A larger total shrinks no share. When a bin joins that comes
// after all others, no other share grows; when a bin leaves, no other shrinks. Bins of equal weight
// differ by at most one, limits apart.
func Spread(total int, bins []Bin) (shares []int, unplaced int) {
	shares = make([]int, len(bins))
	queue := &queue{bins: bins, shares: shares}
	for i, b := range bins {
		if b.Max != 0 && b.Weight > 0 {
			queue.next = append(queue.next, i)
		}
	}
	slices.SortFunc(queue.next, func(i, j int) int { return older(bins[i], bins[j]) })
	heap.Init(queue)
	for placed := range total {
		if queue.Len() == 0 {
			return shares, total - placed
		}
		i := queue.next[0]
		shares[i]++
		if bins[i].Max >= 0 && shares[i] >= bins[i].Max {
			heap.Pop(queue)
		} else {
			heap.Fix(queue, 0)
		}
	}
	return shares, 0
}

// older orders bins: those with an ordinal first, by it, then by name.
func older(a, b Bin) int {
	return cmp.Or(
		cmp.Compare(age(a), age(b)),
		cmp.Compare(a.Name, b.Name),
	)
}

func age(b Bin) uint {
	return uint(b.Ordinal) - 1 // 0, unknown, becomes the largest
}

// queue is a heap of bin indices; the bin that gets the next replica is on top.
type queue struct {
	bins   []Bin
	shares []int
	next   []int
}

func (q *queue) Len() int { return len(q.next) }

func (q *queue) Less(a, b int) bool {
	i, j := q.next[a], q.next[b]
	// (2·held+1)/weight, compared without dividing.
	x := int64(2*q.shares[i]+1) * int64(q.bins[j].Weight)
	y := int64(2*q.shares[j]+1) * int64(q.bins[i].Weight)
	if x != y {
		return x < y
	}
	return older(q.bins[i], q.bins[j]) < 0
}

func (q *queue) Swap(a, b int) { q.next[a], q.next[b] = q.next[b], q.next[a] }

func (q *queue) Push(x any) { q.next = append(q.next, x.(int)) }

func (q *queue) Pop() any {
	last := q.next[len(q.next)-1]
	q.next = q.next[:len(q.next)-1]
	return last
}
