// SPDX-License-Identifier: Apache-2.0

package place

import (
	"math"
	"math/bits"
)

// unlimited is the room of a bin without a limit.
const unlimited = math.MaxInt

// branch is a bin while replicas are placed.
type branch struct {
	bin *Bin
	// held are the replicas of all leaves in the branch, room is how many more it takes.
	held, room int
	// leaf is the position of a leaf's share.
	leaf int
	// next is a heap of the branches within that have room; the one that gets the next replica is on top.
	next []*branch
}

// fill makes a branch of a bin with the given bins within it, and appends the shares of its leaves.
func (b *branch) fill(bin *Bin, bins []Bin, shares *[]int) {
	b.bin, b.leaf = bin, -1
	inner := make([]branch, len(bins))
	b.next = make([]*branch, 0, len(bins))
	for i := range bins {
		in := &inner[i]
		if len(bins[i].Bins) == 0 {
			*in = branch{bin: &bins[i], held: bins[i].Held, room: unlimited, leaf: len(*shares)}
			*shares = append(*shares, in.held)
			in.limit()
		} else {
			in.fill(&bins[i], bins[i].Bins, shares)
		}
		b.held += in.held
		if in.room == 0 || bins[i].Weight <= 0 {
			continue
		}
		b.next = append(b.next, in)
		if b.room > unlimited-in.room {
			b.room = unlimited
		} else {
			b.room += in.room
		}
	}
	for i := len(b.next)/2 - 1; i >= 0; i-- {
		b.sink(i)
	}
	b.limit()
}

// limit lets a branch have no more room than the limit of its own bin leaves.
func (b *branch) limit() {
	if b.bin.Max >= 0 {
		b.room = min(b.room, max(0, b.bin.Max-b.held))
	}
}

// place puts one replica into a branch that has room.
func (b *branch) place(shares []int) {
	b.held++
	if b.room != unlimited {
		b.room--
	}
	if b.leaf >= 0 {
		shares[b.leaf]++
		return
	}
	top := b.next[0]
	top.place(shares)
	if top.room == 0 {
		last := len(b.next) - 1
		b.next[0] = b.next[last]
		b.next = b.next[:last]
	}
	b.sink(0)
}

// before tells whether a branch gets a replica before another one: by (2·held+1)/weight, compared without dividing and in 128 bits,
// then by age.
func (b *branch) before(other *branch) bool {
	if b.bin.Weight == other.bin.Weight {
		if b.held != other.held {
			return b.held < other.held
		}
		return older(b.bin, other.bin) < 0
	}
	x1, x0 := bits.Mul64(uint64(2*b.held+1), uint64(other.bin.Weight))
	y1, y0 := bits.Mul64(uint64(2*other.held+1), uint64(b.bin.Weight))
	if x1 != y1 {
		return x1 < y1
	}
	if x0 != y0 {
		return x0 < y0
	}
	return older(b.bin, other.bin) < 0
}

// sink moves the branch at a position of the heap down to where it belongs.
func (b *branch) sink(i int) {
	for {
		first := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(b.next); child++ {
			if b.next[child].before(b.next[first]) {
				first = child
			}
		}
		if first == i {
			return
		}
		b.next[i], b.next[first] = b.next[first], b.next[i]
		i = first
	}
}
