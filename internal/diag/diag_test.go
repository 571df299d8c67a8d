// SPDX-License-Identifier: Apache-2.0

package diag_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vspread/vspread/internal/diag"
)

func TestLine(t *testing.T) {
	t.Parallel()
	full := diag.At(diag.Ref{Kind: "ClusterSpread", Namespace: "x", Name: "apple", File: "spread.yaml"}, "spec").Dot("workers").Index(2).Dot("name")
	tests := []struct {
		at            diag.Where
		message, hint string
		want          string
	}{
		{full, "is missing", "say it", "error: spread.yaml: ClusterSpread x/apple spec.workers[2].name: is missing; say it [MissingField]"},
		{diag.Where{}, "is missing", "", "error: is missing [MissingField]"},
		{diag.At(diag.Ref{File: "a.yaml"}, ""), "is empty", "", "error: a.yaml: is empty [MissingField]"},
		{diag.At(diag.Ref{}, "items"), "two\nlines\tand \x1b[31mcolour\x07", "", "error: items: two lines and [31mcolour [MissingField]"},
	}
	for _, tt := range tests {
		var l diag.List
		l.Errorf(diag.MissingField, tt.at, "%s", tt.message).Hint = tt.hint
		if got := l[0].String(); got != tt.want {
			t.Errorf("got  %s\nwant %s", got, tt.want)
		}
	}
}

func TestSorted(t *testing.T) {
	t.Parallel()
	var l diag.List
	at := func(field string) diag.Where { return diag.At(diag.Ref{Name: "x"}, field) }
	l.Infof(diag.Draining, at("a"), "info")
	l.Warnf(diag.NotLocalConfig, at("b"), "warning")
	l.Errorf(diag.WrongType, at("spec.workers[10].name"), "ten")
	l.Errorf(diag.WrongType, at("spec.workers[2].name"), "two")
	l.Errorf(diag.WrongType, at("spec.workers[2].name"), "two")
	var got []string
	for _, d := range l.Sorted() {
		got = append(got, d.Message)
	}
	if d := cmp.Diff([]string{"two", "ten", "warning", "info"}, got); d != "" {
		t.Error(d)
	}
	if !l.HasErrors() || l[:2].HasErrors() {
		t.Error("HasErrors is wrong")
	}
}

func TestFirstOfEachField(t *testing.T) {
	t.Parallel()
	var l diag.List
	at := diag.At(diag.Ref{Name: "x"}, "spec.a")
	l.Errorf(diag.WrongType, at, "is no number")
	l.Errorf(diag.MissingMachineValue, at, "is missing")
	l.Errorf(diag.BootstrapNeedsSeed, at.Dot("b"), "one thing")
	l.Errorf(diag.DuplicatePoolName, at.Dot("b"), "another thing")
	l.Warnf(diag.SelectorUnused, at, "a warning")
	var got []string
	for _, d := range l.FirstOfEachField() {
		got = append(got, d.Message)
	}
	if d := cmp.Diff([]string{"is no number", "one thing", "another thing", "a warning"}, got); d != "" {
		t.Error(d)
	}
	var m diag.List
	m.Errorf(diag.NoCluster, at, "a consequence")
	m.Errorf(diag.WrongType, at, "a cause")
	if rest := m.WithoutConsequences(); len(rest) != 1 || rest[0].Message != "a cause" {
		t.Errorf("%v", rest)
	}
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	fields := []string{"replicas", "perDatastore", "datastores", "machine", "seed", "min", "max"}
	for _, tt := range []struct {
		word  string
		known []string
		want  string
	}{
		{"replica", fields, "replicas"}, {"REPLICAS", fields, "replicas"}, {"datasotres", fields, "datastores"}, {"sede", fields, "seed"},
		{"mashine", fields, "machine"}, {"MIN", fields, "min"}, {"perDatastor", fields, "perDatastore"}, {"dtastors", fields, "datastores"},
		{"completely-different", fields, ""}, {"", fields, ""}, {strings.Repeat("x", 10000), fields, ""}, {"mix", fields, ""}, {"sad", fields, ""},
		{"esxi01", []string{"esxi02", "esxi03"}, ""}, {"esxi1", []string{"esxi01", "esxi02"}, "esxi01"}, {"exsi01.lab", []string{"esxi01.lab", "esxi02.lab"}, "esxi01.lab"},
		{"datastore1", []string{"datastore2"}, ""}, {"datastore", []string{"datastore1"}, ""}, {"datastore1", []string{"datastore1 (1)"}, ""}, {"datastor1", []string{"datastore1", "datastore2"}, "datastore1"},
		{"v1.35.3", []string{"v1.35.4", "v1.34.3"}, ""}, {"ubunut-2404", []string{"ubuntu-2204"}, ""}, {"ubunut-2404", []string{"ubuntu-2404"}, "ubuntu-2404"},
		{"zone-a", []string{"zone-b"}, ""}, {"zome-a", []string{"zone-a", "zone-b"}, "zone-a"}, {"a2", []string{"a1"}, ""}, {"nas", []string{"san"}, ""},
		{"apple-md0", []string{"apple-md-0"}, "apple-md-0"}, {"aple", []string{"apple", "ample"}, ""}, {"shw", []string{"show", "diff"}, "show"},
		{strings.Repeat("x", 60_000), []string{strings.Repeat("x", 59_999) + "y"}, ""},
	} {
		if got := diag.Suggest(tt.word, tt.known); got != tt.want {
			t.Errorf("Suggest(%.20q, %.80q) = %q, want %q", tt.word, tt.known, got, tt.want)
		}
	}
	if got := diag.Choices([]string{"b", "a"}); got != "a, b" {
		t.Error(got)
	}
	if got := diag.Choices(strings.Split("a b c d e f g h i j", " ")); got != "a, b, c, d, e, f, g, h, …" {
		t.Error(got)
	}
}

// TestSuggestOneEdit: one edit of a word of letters leads back to it, whatever else is known that is no edit or two away.
func TestSuggestOneEdit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-z]{5,20}`).Draw(t, "word")
		i := rapid.IntRange(0, len(word)-2).Draw(t, "place")
		letter := string(rapid.RuneFrom([]rune("abcxyz")).Draw(t, "letter"))
		edited := map[string]string{
			"removed": word[:i] + word[i+1:], "added": word[:i] + letter + word[i:], "changed": word[:i] + letter + word[i+1:],
			"swapped": word[:i] + word[i+1:i+2] + word[i:i+1] + word[i+2:],
		}
		how := rapid.SampledFrom([]string{"removed", "added", "changed", "swapped"}).Draw(t, "how")
		if got := diag.Suggest(edited[how], []string{word, strings.Repeat("q", len(word))}); got != word {
			t.Fatalf("%s for %s: %q", edited[how], word, got)
		}
	})
}

// TestSuggestNoSibling: of a series nothing else than what is meant is suggested, however it is counted and misspelt.
func TestSuggestNoSibling(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		form := rapid.SampledFrom([]string{"esxi%02d", "datastore%d", "v1.35.%d", "host-%d.lab.local", "datastore1 (%d)", "%d-disk", "rack%dhost7"}).Draw(t, "form")
		numbers := rapid.SliceOfNDistinct(rapid.IntRange(0, 30), 2, 6, rapid.ID[int]).Draw(t, "numbers")
		var known []string
		for _, n := range numbers[1:] {
			known = append(known, fmt.Sprintf(form, n))
		}
		word := fmt.Sprintf(form, numbers[0])
		if rapid.Bool().Draw(t, "misspelt") {
			i := rapid.IntRange(0, len(word)).Draw(t, "place")
			word = word[:i] + "x" + word[i:]
		}
		if got := diag.Suggest(word, known); got != "" {
			t.Fatalf("%q for %q of %q", got, word, known)
		}
	})
}

// Every code has a page, in the one order, that says something.
func TestPages(t *testing.T) {
	t.Parallel()
	seen := map[diag.Code]bool{}
	for _, p := range diag.Pages() {
		first, rest, _ := strings.Cut(p.Text, "\n")
		if seen[p.Code] || !strings.HasSuffix(first, ".") || len(first) > 100 || len(rest) < 100 {
			t.Errorf("page of %s: twice, or %q is no sentence, or there is no more", p.Code, first)
		}
		seen[p.Code] = true
	}
	for _, c := range []diag.Code{diag.InvalidYAML, diag.NotShared, diag.PoolRemoved, diag.RefreshLoss, diag.InventoryStale} {
		if !seen[c] {
			t.Errorf("%s has no page", c)
		}
	}
}
