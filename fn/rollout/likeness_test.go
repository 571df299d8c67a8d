// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// scanned is matches by comparing each with each.
func scanned(some, others []traits) []int {
	out := make([]int, len(some))
	for i, g := range some {
		best := 0
		out[i] = -1
		for j, h := range others {
			switch n := likeness(g, h); {
			case n > best:
				best, out[i] = n, j
			case n == best:
				out[i] = -1
			}
		}
	}
	return out
}

func likeness(g, h traits) int {
	n, isSame := 0, g.made != "" && g.made == h.made
	switch {
	case g.spot != h.spot:
		return 0
	case g.group != "" && g.group == h.group:
		n = 30
	case g.spot.isControlPlane, g.group != "" && h.group != "":
		n = 20
	case isSame:
		n = 10
	default:
		return 0
	}
	if isSame {
		n += 2
	}
	if g.number == h.number {
		n++
	}
	return n
}

func TestMatchesAreThoseOfAScan(t *testing.T) {
	t.Parallel()
	trait := rapid.Custom(func(t *rapid.T) traits {
		return traits{
			spot:   spotOfKin{kind: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "kind"), isControlPlane: rapid.Bool().Draw(t, "plane")},
			group:  rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "group"),
			made:   rapid.SampledFrom([]string{"", "1", "2", "3"}).Draw(t, "made"),
			number: rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "number"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		some, others := rapid.SliceOfN(trait, 0, 6).Draw(t, "some"), rapid.SliceOfN(trait, 0, 6).Draw(t, "others")
		if got, want := matches(some, others), scanned(some, others); !slices.Equal(got, want) {
			t.Errorf("matches %v, a scan %v", got, want)
		}
	})
}

// TestFingerprintsAreThoseOfDifferences wants fingerprints equal where there is no difference, and only there.
func TestFingerprintsAreThoseOfDifferences(t *testing.T) {
	t.Parallel()
	var nodes []*yaml.Node
	for _, text := range []string{
		"", "null", "{}", "[]", "x", "'x'", "\"yes\"", "yes", "true", "True", "1", "'1'", "1.0", "0x1", "01", "2001-01-01", "!!str 1", "!x 1",
		"{a: 1}", "{a: 1, b: null}", "{b: {}, a: 0x1}", "{a: 1, b: 2}", "{b: 2, a: 1}", "{a: {b: null}}", "{a: {c: null}}", "{a: '1'}", "{a1: x}", "{a: 1x}",
		"[1]", "[1, null]", "[null, 1]", "[{}, 1]", "[[], 1]", "[1, 2]", "[[1], 2]", "[[1, 2]]", "['1']", "[{a: 1}]", "[{a: 1, b: []}]",
	} {
		if n, err := yaml.Parse(text); err == nil {
			nodes = append(nodes, n.YNode())
			continue
		}
		nodes = append(nodes, nil)
	}
	for i, a := range nodes {
		for j, b := range nodes {
			if isEqual := len(differences(a, b)) == 0; isEqual != (fingerprint(a) == fingerprint(b)) {
				t.Errorf("texts %d and %d: equal %t, fingerprints are not so", i, j, isEqual)
			}
		}
	}
}

// BenchmarkMatches should take twice as long for twice as many groups in one place.
func BenchmarkMatches(b *testing.B) {
	for _, n := range []int{1000, 2000, 4000} {
		var some, others []traits
		for i := range n {
			some = append(some, traits{group: fmt.Sprint("old", i), made: fmt.Sprint(i), number: "1"})
			others = append(others, traits{group: fmt.Sprint("new", i), made: fmt.Sprint(i), number: "1"})
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				matches(some, others)
			}
		})
	}
}
