// SPDX-License-Identifier: Apache-2.0

package diag_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/vspread/vspread/internal/diag"
)

func TestPrintable(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"datastore1 (1)":                   "datastore1 (1)",
		"fd00::1, a::b":                    "fd00::1, a::b",
		"a\x1b[31mb\x07\u0085":             "a[31mb",
		"a\n::error::x":                    "a ::error::x",
		"::error::x":                       ": :error::x",
		" \u3000::error::x":                " \u3000: :error::x",
		"\u034f\ufe0f\u00ad::error::x":     ": :error::x",
		":::x":                             ": ::x",
		"a ##[add-mask]b":                  "a ## [add-mask]b",
		"#\u200b#\x00[group]":              "## [group]",
		"###[group]":                       "### [group]",
		"##vso[task.setvariable]x":         "##vso [task.setvariable]x",
		"a [Skip CI] b [ci skip]":          "a [ Skip CI] b [ ci skip]",
		"\u202eevil\u2066":                 "evil",
		"bad\xff\x9bbytes":                 "bad\ufffd\ufffdbytes",
		"tag\U000e0041 and é, 日本, ❤\ufe0f": "tag and é, 日本, ❤",
	} {
		if got := diag.Printable(in); got != want {
			t.Errorf("Printable(%q) = %q, want %q", in, got, want)
		}
		if got := diag.Name(in); got != want {
			t.Errorf("Name(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestLength: what is cut says how much of it, and keeps its beginning and end.
func TestLength(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 70_000)
	said := regexp.MustCompile(`^(x+)… \((\d+) more characters\) …(x+)$`)
	name := diag.Name(long)
	m := said.FindStringSubmatch(name)
	if n := utf8.RuneCountInString(name); m == nil || n > 253 || n < 250 {
		t.Fatalf("%d characters: %s", n, name)
	}
	if left := 70_000 - len(m[1]) - len(m[3]); m[2] != "69774" || left != 69774 {
		t.Errorf("%s are left out, and it says %s", name, m[2])
	}
	if got := diag.Name(strings.Repeat("é", 253)); got != strings.Repeat("é", 253) {
		t.Error(got)
	}
	if got := diag.Exact(long); got != long {
		t.Error("a path or command is cut")
	}
	sentence := diag.Printable("datastore " + long + " joined: " + long + " of it")
	if !strings.HasPrefix(sentence, "datastore xxx") || !strings.Contains(sentence, "xxx joined: xxx") || !strings.HasSuffix(sentence, "xxx of it") || len(sentence) > 900 {
		t.Error(sentence)
	}
	if n := utf8.RuneCountInString(diag.Printable(strings.Repeat("a ", 35_000))); n > 4000 || n < 3900 {
		t.Errorf("a sentence of %d characters", n)
	}
	var l diag.List
	l.Errorf(diag.MissingField, diag.At(diag.Ref{Kind: "Cluster", Name: strings.Repeat("a ", 35_000), File: long}, "spec."+long), "is %s", long).WithHint("say%s", strings.Repeat(" it", 35_000))
	if got := l[0].String(); len(got) > 10_000 || !strings.Contains(got, ": is xxx") || !strings.Contains(got, "; say it it ") || !strings.HasSuffix(got, "it [MissingField]") {
		t.Error(got)
	}
}

// TestPrintableIsInert draws texts of what acts somewhere.
func TestPrintableIsInert(t *testing.T) {
	t.Parallel()
	parts := []string{"::", ":", "#", "##", "[", "##[", "vso[", " ", "\n", "\x1b[2J", "\u00a0", "\u2028", "\u200b", "\u202e", "\ufe0f", "\u115f", "\ufeff", "error", "x", "\xff", "\u0085", strings.Repeat("y", 500)}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.SampledFrom(parts)).Draw(t, "parts"), "")
		for _, got := range []string{diag.Printable(text), diag.Name(text), diag.Exact(text), diag.Cut(text, 40)} {
			if strings.HasPrefix(strings.TrimSpace(got), "::") || strings.Contains(got, "##[") || strings.Contains(got, "##vso[") {
				t.Fatalf("a command: %q", got)
			}
			if i := strings.IndexFunc(got, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }); i >= 0 {
				t.Fatalf("not printable at %d: %q", i, got)
			}
			if again := diag.Exact(got); again != got {
				t.Fatalf("%q becomes %q", got, again)
			}
		}
	})
}
