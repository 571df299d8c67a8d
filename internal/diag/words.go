// SPDX-License-Identifier: Apache-2.0

package diag

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// longest is the length up to which words are compared: nobody misspells what is longer, and comparing takes its square.
const longest = 200

// Suggest gives the known word that a misspelt one most likely stands for, or "" where none is likely: it differs by one edit, or
// two in a long word, and is no sibling in a series. Of esxi01 and esxi02 each is right, and one of them may be gone. Of two words
// that are as likely it is neither.
func Suggest(word string, known []string) string {
	best, least, isTie := "", math.MaxInt, false
	for _, k := range slices.Sorted(slices.Values(known)) {
		if strings.EqualFold(k, word) {
			return k
		}
		if k == best || len(k) > longest || len(word) > longest || areSiblings(word, k) {
			continue
		}
		switch d := distance(strings.ToLower(word), strings.ToLower(k), edits(k)+1); {
		case d > edits(k):
		case d < least:
			best, least, isTie = k, d, false
		case d == least:
			isTie = true
		}
	}
	if isTie {
		return ""
	}
	return best
}

// edits is how many of them may make a misspelt word of a word.
func edits(word string) int {
	switch n := len(word); {
	case n < 4:
		return 0 // any other short word is as near
	case n < 8:
		return 1
	}
	return 2
}

// areSiblings tells whether two words are counted by different numbers or letters: datastore1 and datastore2, v1.35.3 and v1.35.4,
// zone-a and zone-b. The same number may be written in two ways, as 1 and 01.
func areSiblings(a, b string) bool {
	return !slices.Equal(counters(a), counters(b))
}

// counters gives the numbers in a word, and the letters that stand alone.
func counters(word string) []string {
	var out []string
	for len(word) > 0 {
		n, of := 0, class(word[0])
		for n < len(word) && class(word[n]) == of {
			n++
		}
		switch run := word[:n]; {
		case of == digit:
			out = append(out, strings.TrimLeft(run, "0"))
		case of == letter && n == 1:
			out = append(out, strings.ToLower(run))
		}
		word = word[n:]
	}
	return out
}

const (
	other = iota
	letter
	digit
)

func class(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return digit
	case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80:
		return letter
	}
	return other
}

// DidYouMean sets the hint for a word that is not known: the one it most likely stands for, or what there is.
func (d *Diagnostic) DidYouMean(word string, known []string, otherwise string) {
	if s := Suggest(word, known); s != "" {
		d.WithHint("did you mean %q?", s)
		return
	}
	d.WithHint("%s %s", otherwise, Choices(known))
}

// MostChoices is how many entries of a list Choices writes.
const MostChoices = 8

// Choices writes a list for a message, cut where it would drown the reader.
func Choices(names []string) string {
	sorted := slices.Sorted(slices.Values(names))
	if len(sorted) == 0 {
		return "none"
	}
	if len(sorted) > MostChoices {
		return strings.Join(sorted[:MostChoices], ", ") + ", …"
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
