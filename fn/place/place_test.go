// SPDX-License-Identifier: Apache-2.0

package place_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vspread/vspread/fn/place"
)

func TestSpread(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		total    int
		bins     []place.Bin
		want     []int
		unplaced int
	}{
		{"five over three", 5, equal("a", "b", "c"), []int{2, 2, 1}, 0},
		{"nothing to place", 0, equal("a", "b"), []int{0, 0}, 0},
		{"no bins", 3, nil, []int{}, 3},
		{"fewer than bins", 2, equal("a", "b", "c"), []int{1, 1, 0}, 0},
		{"the oldest takes the odd one", 4, []place.Bin{
			{Name: "a", Ordinal: 3, Weight: 1, Max: -1},
			{Name: "b", Ordinal: 1, Weight: 1, Max: -1},
			{Name: "c", Ordinal: 2, Weight: 1, Max: -1},
		}, []int{1, 2, 1}, 0},
		{"without an ordinal after those that have one", 1, []place.Bin{
			{Name: "a", Weight: 1, Max: -1},
			{Name: "z", Ordinal: 9, Weight: 1, Max: -1},
		}, []int{0, 1}, 0},
		{"weights, where largest remainders would shrink the first at four", 4, []place.Bin{
			{Name: "a", Ordinal: 1, Weight: 1, Max: -1},
			{Name: "b", Ordinal: 2, Weight: 3, Max: -1},
			{Name: "c", Ordinal: 3, Weight: 3, Max: -1},
		}, []int{1, 2, 1}, 0},
		{"limits", 7, []place.Bin{
			{Name: "a", Weight: 1, Max: 1},
			{Name: "b", Weight: 1, Max: -1},
			{Name: "c", Weight: 1, Max: 2},
		}, []int{1, 4, 2}, 0},
		{"a bin without weight takes nothing", 3, []place.Bin{{Name: "a", Max: -1}, {Name: "b", Weight: -1, Max: -1}, {Name: "c", Weight: 1, Max: -1}}, []int{0, 0, 3}, 0},
		{"no bin has weight", 3, []place.Bin{{Name: "a", Max: -1}, {Name: "b", Max: 2}}, []int{0, 0}, 3},
		{"no room", 7, []place.Bin{{Name: "a", Weight: 1, Max: 1}, {Name: "b", Weight: 1, Max: 0}}, []int{1, 0}, 6},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, unplaced := place.Spread(tt.total, tt.bins)
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("Spread(%d, %v) (-want +got):\n%s", tt.total, tt.bins, d)
			}
			if unplaced != tt.unplaced {
				t.Errorf("Spread(%d, %v): %d unplaced, want %d", tt.total, tt.bins, unplaced, tt.unplaced)
			}
		})
	}
}

func equal(names ...string) []place.Bin {
	var bins []place.Bin
	for i, n := range names {
		bins = append(bins, place.Bin{Name: n, Ordinal: i + 1, Weight: 1, Max: -1})
	}
	return bins
}

// genBins draws bins with distinct ordinals, names and, when wanted, weights and limits.
func genBins(t *rapid.T, equalWeights, limits bool) []place.Bin {
	ordinals := rapid.SliceOfNDistinct(rapid.IntRange(1, 50), 1, 9, rapid.ID[int]).Draw(t, "ordinals")
	bins := make([]place.Bin, len(ordinals))
	for i, o := range ordinals {
		bins[i] = place.Bin{Name: fmt.Sprintf("bin%02d", o), Ordinal: o, Weight: 1, Max: -1}
		if !equalWeights {
			bins[i].Weight = rapid.IntRange(1, 40).Draw(t, "weight")
		}
		if limits {
			bins[i].Max = rapid.IntRange(-1, 12).Draw(t, "max")
		}
		if rapid.IntRange(0, 4).Draw(t, "unknown age") == 0 {
			bins[i].Ordinal = 0
		}
	}
	return bins
}

func sum(shares []int) (n int) {
	for _, s := range shares {
		n += s
	}
	return n
}

func TestSharesSumToTotalAndKeepLimits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		bins, total := genBins(t, false, true), rapid.IntRange(0, 120).Draw(t, "total")
		shares, unplaced := place.Spread(total, bins)
		if sum(shares)+unplaced != total {
			t.Fatalf("%v and %d unplaced do not make %d", shares, unplaced, total)
		}
		for i, b := range bins {
			if b.Max >= 0 && shares[i] > b.Max {
				t.Fatalf("%s takes %d, more than %d", b.Name, shares[i], b.Max)
			}
			if unplaced > 0 && shares[i] != b.Max {
				t.Fatalf("%d unplaced though %s has room", unplaced, b.Name)
			}
		}
	})
}

func TestLargerTotalNeverShrinks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		bins, total := genBins(t, false, true), rapid.IntRange(0, 120).Draw(t, "total")
		before, _ := place.Spread(total, bins)
		after, _ := place.Spread(total+1, bins)
		for i := range bins {
			if after[i] < before[i] {
				t.Fatalf("%d to %d replicas shrinks %s from %d to %d", total, total+1, bins[i].Name, before[i], after[i])
			}
		}
	})
}

func TestEqualBinsDifferByOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		shares, _ := place.Spread(rapid.IntRange(0, 120).Draw(t, "total"), genBins(t, true, false))
		if slices.Max(shares)-slices.Min(shares) > 1 {
			t.Fatalf("equal bins hold %v", shares)
		}
	})
}

func TestOrderOfBinsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		bins, total := genBins(t, false, true), rapid.IntRange(0, 120).Draw(t, "total")
		shares, _ := place.Spread(total, bins)
		permutation := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)).Perm(len(bins))
		shuffled := make([]place.Bin, len(bins))
		for i, p := range permutation {
			shuffled[i] = bins[p]
		}
		got, _ := place.Spread(total, shuffled)
		for i, p := range permutation {
			if got[i] != shares[p] {
				t.Fatalf("%s gets %d, and %d when the bins are shuffled", bins[p].Name, shares[p], got[i])
			}
		}
	})
}

// A bin joins with the highest ordinal, as `inventory refresh` gives it.
func TestJoiningAndLeaving(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		equalWeights := rapid.Bool().Draw(t, "equal weights")
		bins, total := genBins(t, equalWeights, !equalWeights), rapid.IntRange(0, 120).Draw(t, "total")
		for i := range bins {
			bins[i].Ordinal = max(bins[i].Ordinal, 1+i) // the newcomer is younger than all
		}
		newcomer := place.Bin{Name: "new", Ordinal: 1000, Weight: bins[0].Weight, Max: -1}
		before, unplaced := place.Spread(total, bins)
		after, _ := place.Spread(total, append(slices.Clone(bins), newcomer))
		moved := 0
		for i := range bins {
			if after[i] > before[i] {
				t.Fatalf("%s grows from %d to %d when a bin joins", bins[i].Name, before[i], after[i])
			}
			moved += before[i] - after[i]
		}
		if got := after[len(bins)]; moved != got-unplaced {
			t.Fatalf("%d leave the others though the newcomer takes %d of them", moved, got-unplaced)
		}
		if equalWeights {
			if most := total / (len(bins) + 1); moved > most {
				t.Fatalf("%d of %d move to the newcomer among %d, %d are enough", moved, total, len(bins)+1, most)
			}
		}

		gone := rapid.IntRange(0, len(bins)-1).Draw(t, "gone")
		rest, _ := place.Spread(total, slices.Delete(slices.Clone(bins), gone, gone+1))
		for i := range rest {
			if old := before[i+b2i(i >= gone)]; rest[i] < old {
				t.Fatalf("a bin shrinks from %d to %d when another leaves", old, rest[i])
			}
		}
	})
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func BenchmarkSpread(b *testing.B) {
	bins := make([]place.Bin, 64)
	for i := range bins {
		bins[i] = place.Bin{Name: fmt.Sprint(i), Ordinal: i + 1, Weight: 1 + i%5, Max: -1}
	}
	for b.Loop() {
		place.Spread(1000, bins)
	}
}
