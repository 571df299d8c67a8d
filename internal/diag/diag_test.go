// SPDX-License-Identifier: Apache-2.0

package diag_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
	known := []string{"replicas", "perDatastore", "datastores", "machine", "seed"}
	for _, tt := range []struct{ word, want string }{
		{"replica", "replicas"}, {"REPLICAS", "replicas"}, {"datasotres", "datastores"}, {"sede", "seed"}, {"mashine", "machine"},
		{"completely-different", ""}, {"", ""}, {strings.Repeat("x", 10000), ""},
	} {
		if got := diag.Suggest(tt.word, known); got != tt.want {
			t.Errorf("Suggest(%.20q) = %q, want %q", tt.word, got, tt.want)
		}
	}
	if got := diag.Choices([]string{"b", "a"}); got != "a, b" {
		t.Error(got)
	}
	if got := diag.Choices(strings.Split("a b c d e f g h i j", " ")); got != "a, b, c, d, e, f, g, h, …" {
		t.Error(got)
	}
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
