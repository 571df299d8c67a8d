// SPDX-License-Identifier: Apache-2.0

package place_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/vspread/vspread/fn/place"
)

// TestMain asks for ten times as many random cases as rapid does; -rapid.checks is for more.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "1000"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// world has disks in hosts in zones. Which of these are levels of the tree is levels: 1 disks, 2 hosts and disks, 3 all.
type world struct {
	levels int
	zones  []place.Bin
	hosts  []host
}

type host struct {
	place.Bin
	// zone is a name.
	zone  string
	disks []place.Bin
}

// limits says what of the following a world may have.
type limits struct{ weights, caps, held bool }

// anything is a world of every kind.
var anything = limits{weights: true, caps: true, held: true}

func genTree(t *rapid.T, may limits) world {
	w := world{levels: rapid.IntRange(1, 3).Draw(t, "levels")}
	ordinals := rapid.Permutation(upTo(30)).Draw(t, "ordinals")
	inner := func(name, what string) place.Bin {
		b := place.Bin{Name: name, Weight: 1, Max: -1}
		if may.weights {
			b.Weight = rapid.IntRange(1, 9).Draw(t, what+" weight")
		}
		if may.caps {
			b.Max = rapid.IntRange(-1, 9).Draw(t, what+" max")
		}
		return b
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "zones") {
		w.zones = append(w.zones, inner(fmt.Sprint("zone", i), "zone"))
	}
	for i := range rapid.IntRange(1, 6).Draw(t, "hosts") {
		h := host{Bin: inner(fmt.Sprint("host", i), "host"), zone: rapid.SampledFrom(w.zones).Draw(t, "zone").Name}
		for j := range rapid.IntRange(1, 3).Draw(t, "disks") {
			d := inner(fmt.Sprintf("disk%d-%d", i, j), "disk")
			d.Ordinal, ordinals = ordinals[0], ordinals[1:]
			if may.held && rapid.IntRange(0, 3).Draw(t, "is fixed") == 0 {
				d.Held = rapid.IntRange(0, 5).Draw(t, "held")
				d.Max = d.Held
			}
			h.disks = append(h.disks, d)
		}
		w.hosts = append(w.hosts, h)
	}
	return w
}

// upTo gives the numbers from 1.
func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i + 1
	}
	return out
}

// tree gives the bins of the outermost level. An inner bin is as old as the oldest disk within.
func (w world) tree() []place.Bin {
	var zones, hosts, disks []place.Bin
	inZone := map[string][]place.Bin{}
	var order []string
	for _, h := range w.hosts {
		b := h.Bin
		b.Bins = h.disks
		disks, hosts = append(disks, h.disks...), append(hosts, aged(b))
		if inZone[h.zone] == nil {
			order = append(order, h.zone)
		}
		inZone[h.zone] = append(inZone[h.zone], aged(b))
	}
	for _, name := range order {
		z := w.zones[slices.IndexFunc(w.zones, func(z place.Bin) bool { return z.Name == name })]
		z.Bins = inZone[name]
		zones = append(zones, aged(z))
	}
	return [][]place.Bin{disks, hosts, zones}[w.levels-1]
}

func aged(b place.Bin) place.Bin {
	b.Ordinal = slices.MinFunc(b.Bins, func(x, y place.Bin) int { return x.Ordinal - y.Ordinal }).Ordinal
	return b
}

// clone gives a world that can be changed.
func (w world) clone() world {
	w.hosts, w.zones = slices.Clone(w.hosts), slices.Clone(w.zones)
	for i := range w.hosts {
		w.hosts[i].disks = slices.Clone(w.hosts[i].disks)
	}
	return w
}

func (w world) shuffled(seed uint64) world {
	w = w.clone()
	r := rand.New(rand.NewPCG(seed, 0))
	r.Shuffle(len(w.hosts), func(i, j int) { w.hosts[i], w.hosts[j] = w.hosts[j], w.hosts[i] })
	for _, h := range w.hosts {
		r.Shuffle(len(h.disks), func(i, j int) { h.disks[i], h.disks[j] = h.disks[j], h.disks[i] })
	}
	return w
}

// without takes a disk away, and the host with its last one.
func (w world) without(host, disk int) world {
	w = w.clone()
	if h := &w.hosts[host]; len(h.disks) > 1 {
		h.disks = slices.Delete(h.disks, disk, disk+1)
		return w
	}
	w.hosts = slices.Delete(w.hosts, host, host+1)
	return w
}

// placed are the shares of disks, hosts and zones by name.
type placed struct {
	share    map[string]int
	unplaced int
}

// place spreads a total over the tree.
func (w world) place(total int) placed { return spread(total, w.tree()) }

// placeAged is place with the ages of hosts and zones as they were before a disk left: the inventory remembers it.
func (w world) placeAged(total int, before world) placed {
	tree := w.tree()
	siblings(before.tree(), func(old []place.Bin) {
		siblings(tree, func(bins []place.Bin) {
			for i := range bins {
				for _, o := range old {
					if bins[i].Name == o.Name {
						bins[i].Ordinal = o.Ordinal
					}
				}
			}
		})
	})
	return spread(total, tree)
}

func spread(total int, tree []place.Bin) placed {
	p := placed{share: map[string]int{}}
	shares, unplaced := place.Spread(total, tree)
	p.unplaced = unplaced
	for _, b := range tree {
		shares = p.read(b, shares)
	}
	return p
}

// read takes the shares of a bin off the front, and gives the rest.
func (p placed) read(b place.Bin, shares []int) []int {
	if len(b.Bins) == 0 {
		p.share[b.Name] = shares[0]
		return shares[1:]
	}
	for _, inner := range b.Bins {
		shares = p.read(inner, shares)
		p.share[b.Name] += p.share[inner.Name]
	}
	return shares
}

// siblings calls a function for the bins of each level that share a part.
func siblings(bins []place.Bin, visit func([]place.Bin)) {
	visit(bins)
	for _, b := range bins {
		if len(b.Bins) > 0 {
			siblings(b.Bins, visit)
		}
	}
}
