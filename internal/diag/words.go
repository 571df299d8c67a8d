// SPDX-License-Identifier: Apache-2.0

package diag

import (
	"fmt"
	"slices"
	"strings"
)

// Suggest gives the known word that a misspelt one most likely stands for, or "".
func Suggest(word string, known []string) string {
	best, bestDistance := "", len(word)/3+2
	for _, k := range slices.Sorted(slices.Values(known)) {
		if strings.EqualFold(k, word) {
			return k
		}
		if d := distance(strings.ToLower(word), strings.ToLower(k), bestDistance); d < bestDistance {
			best, bestDistance = k, d
		}
	}
	return best
}

// DidYouMean sets the hint for a word that is not known: the one it most likely stands for, or what there is.
func (d *Diagnostic) DidYouMean(word string, known []string, otherwise string) {
	if s := Suggest(word, known); s != "" {
		d.WithHint("did you mean %q?", s)
		return
	}
	d.WithHint("%s %s", otherwise, Choices(known))
}

// Choices writes a list for a message, cut where it would drown the reader.
func Choices(names []string) string {
	const most = 8
	sorted := slices.Sorted(slices.Values(names))
	if len(sorted) == 0 {
		return "none"
	}
	if len(sorted) > most {
		return strings.Join(sorted[:most], ", ") + ", …"
	}
	return strings.Join(sorted, ", ")
}

// distance is the number of edits from a to b, counting a swap of neighbours as one; it gives up
// (returning limit) where the lengths alone differ by more, so long words cost nothing.
func distance(a, b string, limit int) int {
	if d := len(a) - len(b); d >= limit || -d >= limit {
		return limit
	}
	previous2, previous, current := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(a); i++ {
		current[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			current[j] = min(previous[j]+1, current[j-1]+1, previous[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				current[j] = min(current[j], previous2[j-2]+1)
			}
		}
		previous2, previous, current = previous, current, previous2
	}
	return previous[len(b)]
}

// Count writes a number with what it counts: "1 host", "3 hosts".
func Count(n int, one, many string) string { return fmt.Sprintf("%d %s", n, Form(n, one, many)) }

// Form chooses the form of a word that goes with a number.
func Form(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
