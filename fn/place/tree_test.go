// SPDX-License-Identifier: Apache-2.0

package place_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vspread/vspread/fn/place"
)

func TestTree(t *testing.T) {
	t.Parallel()
	host := func(name string, ordinal, most int, disks ...place.Bin) place.Bin {
		return place.Bin{Name: name, Ordinal: ordinal, Weight: 1, Max: most, Bins: disks}
	}
	disk := func(ordinal int) place.Bin {
		return place.Bin{Name: fmt.Sprint("d", ordinal), Ordinal: ordinal, Weight: 1, Max: -1}
	}
	fixed := func(ordinal, n int) place.Bin {
		d := disk(ordinal)
		d.Held, d.Max = n, n
		return d
	}
	tests := []struct {
		name     string
		total    int
		bins     []place.Bin
		want     []int
		unplaced int
	}{
		{"two disks share their host's part", 6, []place.Bin{host("a", 1, -1, disk(1), disk(3)), host("b", 2, -1, disk(2))}, []int{2, 1, 3}, 0},
		{"the odd one goes to the older host", 5, []place.Bin{host("a", 2, -1, disk(2), disk(3)), host("b", 1, -1, disk(1), disk(4))}, []int{1, 1, 2, 1}, 0},
		{"a full host leaves the rest to others", 7, []place.Bin{host("a", 1, 2, disk(1), disk(2)), host("b", 3, -1, disk(3))}, []int{1, 1, 5}, 0},
		{"what is fixed is a part of its host's", 4, []place.Bin{host("a", 1, -1, fixed(1, 3), disk(2)), host("b", 3, -1, disk(3))}, []int{3, 1, 3}, 0},
		{"more is fixed than the host's part", 2, []place.Bin{host("a", 1, -1, fixed(1, 5), disk(2)), host("b", 3, -1, disk(3))}, []int{5, 0, 2}, 0},
		{"all disks of a host are fixed", 3, []place.Bin{host("a", 1, -1, fixed(1, 0)), host("b", 3, -1, disk(3))}, []int{0, 3}, 0},
		{"fixed above the limit", 3, []place.Bin{host("a", 1, 2, fixed(1, 5), disk(2)), host("b", 3, 2, disk(3))}, []int{5, 0, 2}, 1},
		{"weights at two levels", 8, []place.Bin{
			{Name: "a", Ordinal: 1, Weight: 3, Max: -1, Bins: []place.Bin{{Name: "x", Ordinal: 1, Weight: 2, Max: -1}, {Name: "y", Ordinal: 2, Weight: 1, Max: -1}}},
			host("b", 3, -1, disk(3)),
		}, []int{4, 2, 2}, 0},
		{"racks first", 5, []place.Bin{host("r1", 1, -1, host("a", 1, -1, disk(1)), host("b", 2, -1, disk(2))), host("r2", 3, -1, host("c", 3, -1, disk(3)))}, []int{2, 1, 2}, 0},
		{"weights that would overflow", 3, []place.Bin{{Name: "a", Ordinal: 1, Weight: 1 << 62, Max: -1}, {Name: "b", Ordinal: 2, Weight: 1 << 61, Max: -1}}, []int{2, 1}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, unplaced := place.Spread(tt.total, tt.bins)
			if d := cmp.Diff(tt.want, got); d != "" || unplaced != tt.unplaced {
				t.Errorf("%d unplaced, want %d (-want +got):\n%s", unplaced, tt.unplaced, d)
			}
		})
	}
}

// room is how many more replicas can be placed, said in another way than Spread does it.
func room(b place.Bin) int {
	most, held := 1000, b.Held
	for _, inner := range b.Bins {
		held += heldIn(inner)
	}
	if len(b.Bins) > 0 {
		most = 0
		for _, inner := range b.Bins {
			most += room(inner)
		}
	}
	if b.Max >= 0 {
		most = min(most, max(0, b.Max-held))
	}
	return most
}

func heldIn(b place.Bin) int {
	held := b.Held
	for _, inner := range b.Bins {
		held += heldIn(inner)
	}
	return held
}

// Feasible: what can be placed is placed, and no limit is broken.
func TestTreeSumsAndLimits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w, total := genTree(t, anything), rapid.IntRange(0, 80).Draw(t, "total")
		top := place.Bin{Max: -1, Bins: w.tree()}
		p := w.place(total)
		if want := max(0, total-room(top)); p.unplaced != want {
			t.Fatalf("%d unplaced, want %d", p.unplaced, want)
		}
		sum := 0
		siblings(top.Bins, func(bins []place.Bin) {
			for _, b := range bins {
				if len(b.Bins) == 0 {
					sum += p.share[b.Name]
				}
				if b.Max >= 0 && p.share[b.Name] > max(b.Max, heldIn(b)) {
					t.Fatalf("%s has %d, more than %d", b.Name, p.share[b.Name], b.Max)
				}
				if p.share[b.Name] < heldIn(b) {
					t.Fatalf("%s has %d, less than the %d that it held", b.Name, p.share[b.Name], heldIn(b))
				}
			}
		})
		if sum+p.unplaced != total+heldIn(top) {
			t.Fatalf("%v and %d unplaced are not the total of %d", p.share, p.unplaced, total)
		}
	})
}

// Balanced: no replica would be better off in another bin that has room, at any level.
func TestTreeIsBalancedAtEveryLevel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := genTree(t, anything)
		p := w.place(rapid.IntRange(0, 80).Draw(t, "total"))
		siblings(w.tree(), func(bins []place.Bin) {
			for _, a := range bins {
				for _, b := range bins {
					isFull := room(b) <= p.share[b.Name]-heldIn(b)
					if p.share[a.Name] == heldIn(a) || isFull || a.Name == b.Name {
						continue // nothing was placed there, or nothing can be here
					}
					if (2*p.share[a.Name]-1)*b.Weight > (2*p.share[b.Name]+1)*a.Weight {
						t.Fatalf("%s has %d and %s only %d: %v", a.Name, p.share[a.Name], b.Name, p.share[b.Name], p.share)
					}
				}
			}
		})
	})
}

func TestEqualBinsDifferByOneAtEveryLevel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := genTree(t, limits{})
		p := w.place(rapid.IntRange(0, 80).Draw(t, "total"))
		siblings(w.tree(), func(bins []place.Bin) {
			for _, a := range bins {
				for _, b := range bins {
					d := p.share[a.Name] - p.share[b.Name]
					if d > 1 || d == 1 && a.Ordinal > b.Ordinal {
						t.Fatalf("%s has %d and %s has %d", a.Name, p.share[a.Name], b.Name, p.share[b.Name])
					}
				}
			}
		})
	})
}

func TestLargerTotalShrinksNoShareInTree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w, total := genTree(t, anything), rapid.IntRange(0, 80).Draw(t, "total")
		before, after := w.place(total), w.place(total+rapid.IntRange(1, 9).Draw(t, "more"))
		for name, n := range before.share {
			if after.share[name] < n {
				t.Fatalf("%s shrinks from %d to %d", name, n, after.share[name])
			}
		}
	})
}

// A larger weight is never a smaller share, and never a larger one for those next to it.
func TestLargerWeightShrinksNoShareOfItsOwn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w, total := genTree(t, anything), rapid.IntRange(0, 80).Draw(t, "total")
		more := rapid.IntRange(1, 9).Draw(t, "more")
		before := w.place(total)
		w = w.clone()
		h := &w.hosts[rapid.IntRange(0, len(w.hosts)-1).Draw(t, "host")]
		heavier := &h.Bin
		if w.levels == 1 || rapid.Bool().Draw(t, "a disk") {
			heavier = &h.disks[rapid.IntRange(0, len(h.disks)-1).Draw(t, "disk")]
		}
		heavier.Weight += more
		after := w.place(total)
		siblings(w.tree(), func(bins []place.Bin) {
			if !slices.ContainsFunc(bins, func(b place.Bin) bool { return b.Name == heavier.Name }) {
				return
			}
			for _, b := range bins {
				d := after.share[b.Name] - before.share[b.Name]
				if b.Name == heavier.Name && d < 0 || b.Name != heavier.Name && d > 0 {
					t.Fatalf("%s gets a larger weight, and %s has %d instead of %d", heavier.Name, b.Name, after.share[b.Name], before.share[b.Name])
				}
			}
		})
	})
}

func TestOrderDoesNotMatterInTree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w, total := genTree(t, anything), rapid.IntRange(0, 80).Draw(t, "total")
		got := w.shuffled(rapid.Uint64().Draw(t, "seed")).place(total)
		if want := w.place(total); !cmp.Equal(want.share, got.share) || want.unplaced != got.unplaced {
			t.Fatalf("%v, and %v when the bins are shuffled", want, got)
		}
	})
}

// A disk or a host joins, the youngest, as `inventory refresh` gives it its ordinal. No weight around it changes.
func TestJoiningTree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before, total := genTree(t, anything), rapid.IntRange(0, 80).Draw(t, "total")
		disk := place.Bin{Name: "new", Ordinal: 1000, Weight: rapid.IntRange(1, 9).Draw(t, "weight"), Max: rapid.IntRange(-1, 9).Draw(t, "max")}
		if rapid.IntRange(0, 3).Draw(t, "is fixed") == 0 {
			disk.Held = rapid.IntRange(0, min(5, total)).Draw(t, "held")
			disk.Max = disk.Held
		}
		after := before.clone()
		if rapid.Bool().Draw(t, "a host") {
			h := host{Bin: place.Bin{Name: "new host", Weight: rapid.IntRange(1, 9).Draw(t, "host weight"), Max: rapid.IntRange(-1, 9).Draw(t, "host max")}, disks: []place.Bin{disk}}
			h.zone = rapid.SampledFrom(before.zones).Draw(t, "zone").Name
			after.hosts = append(after.hosts, h)
		} else {
			h := &after.hosts[rapid.IntRange(0, len(after.hosts)-1).Draw(t, "host")]
			h.disks = append(h.disks, disk)
		}
		// What the newcomer holds already is not to be placed any more.
		was, is := before.place(total), after.place(total-disk.Held)
		for _, h := range before.hosts {
			for _, d := range h.disks {
				if is.share[d.Name] > was.share[d.Name] {
					t.Fatalf("%s grows from %d to %d when another joins", d.Name, was.share[d.Name], is.share[d.Name])
				}
			}
		}
	})
}

// A disk joins, and its host weighs more for it: what is on other hosts does not grow, and the host does not shrink.
func TestJoiningMakesHostHeavier(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before, total := genTree(t, limits{weights: true, caps: true}), rapid.IntRange(0, 80).Draw(t, "total")
		before.levels = rapid.IntRange(2, 3).Draw(t, "at levels")
		bySum := func(w world) world {
			w = w.clone()
			for i := range w.zones {
				w.zones[i].Weight = 1
			}
			for i := range w.hosts {
				w.hosts[i].Weight = 0
				for _, d := range w.hosts[i].disks {
					w.hosts[i].Weight += d.Weight
				}
			}
			return w
		}
		after := before.clone()
		joined := &after.hosts[rapid.IntRange(0, len(after.hosts)-1).Draw(t, "host")]
		joined.disks = append(joined.disks, place.Bin{Name: "new", Ordinal: 1000, Weight: rapid.IntRange(1, 9).Draw(t, "weight"), Max: -1})
		was, is := bySum(before).place(total), bySum(after).place(total)
		for _, h := range before.hosts {
			if h.Name == joined.Name {
				if is.share[h.Name] < was.share[h.Name] {
					t.Fatalf("%s shrinks from %d to %d with a disk more", h.Name, was.share[h.Name], is.share[h.Name])
				}
				continue
			}
			for _, d := range h.disks {
				if is.share[d.Name] > was.share[d.Name] {
					t.Fatalf("%s grows from %d to %d when a disk joins %s", d.Name, was.share[d.Name], is.share[d.Name], joined.Name)
				}
			}
		}
	})
}

// A disk leaves, a host with its last one.
func TestLeavingTree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before, total := genTree(t, anything), rapid.IntRange(0, 80).Draw(t, "total")
		i := rapid.IntRange(0, len(before.hosts)-1).Draw(t, "host")
		j := rapid.IntRange(0, len(before.hosts[i].disks)-1).Draw(t, "disk")
		gone := before.hosts[i].disks[j]
		if len(before.hosts) == 1 && len(before.hosts[i].disks) == 1 {
			return
		}
		w := before.without(i, j)
		was, is := before.place(total), w.placeAged(total+gone.Held, before)
		for _, h := range w.hosts {
			for _, d := range h.disks {
				if is.share[d.Name] < was.share[d.Name] {
					t.Fatalf("%s shrinks from %d to %d when %s leaves", d.Name, was.share[d.Name], is.share[d.Name], gone.Name)
				}
			}
		}
	})
}

// Without limits and weights, no more moves to a new host than its part.
func TestMovementIsMinimal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before, total := genTree(t, limits{}), rapid.IntRange(0, 80).Draw(t, "total")
		before.levels = 2
		after := before.clone()
		after.hosts = append(after.hosts, host{Bin: place.Bin{Name: "new host", Weight: 1, Max: -1}, zone: before.zones[0].Name, disks: []place.Bin{{Name: "new", Ordinal: 1000, Weight: 1, Max: -1}}})
		was, is := before.place(total), after.place(total)
		moved := 0
		for _, h := range before.hosts {
			for _, d := range h.disks {
				moved += max(0, was.share[d.Name]-is.share[d.Name])
			}
		}
		if most := total / len(after.hosts); moved > most || moved != is.share["new"] {
			t.Fatalf("%d of %d move, the newcomer gets %d, %d are enough", moved, total, is.share["new"], most)
		}
	})
}

func BenchmarkFiveThousandHosts(b *testing.B) {
	hosts := make([]place.Bin, 5000)
	for i := range hosts {
		disks := []place.Bin{{Name: "a", Ordinal: 2*i + 1, Weight: 1, Max: -1}, {Name: "b", Ordinal: 2*i + 2, Weight: 1, Max: -1}}
		hosts[i] = place.Bin{Name: fmt.Sprint(i), Ordinal: 2*i + 1, Weight: 1, Max: -1, Bins: disks}
	}
	for b.Loop() {
		for range 20 {
			place.Spread(5000, hosts)
		}
	}
}
