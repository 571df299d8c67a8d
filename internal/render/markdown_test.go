// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/vspread/vspread/fn/rollout"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/render"
)

// acting are names that forges make something of: links, mentions, issues, commits, emoji, formulas, labels, HTML, lists, commands.
var acting = []string{
	"https://evil.example/x", "www.evil.example", "ftp://x.y", "mailto:a@b.c", "a@b.example", "@user", "@org/team", "GH-1", "#1", "org/repo#1", "!1", "%milestone", "~label", "$math$", "$`x`$",
	":smile:", ":+1:", "0123456789abcdef0123456789abcdef01234567", "deadbeef", "1234567", "JIRA-12", "<img src=x>", "<!--", "-->", "&amp;", "&#64;user", "![x](y)", "[x](y)", "[x]", "*a*", "_a_",
	"**", "~~x~~", "a|b", `a\|b`, `\`, `\\|`, "`", "``", "a`b", "`a`b", "`@user`", "` @user `", "``` @user", "1.", "1)", "-", "+", ">", "#", "##[group]", "::error::x", "/close", "=====", "---",
	"a b", " ", "", "\n# x", "\n\n<script>", "\u202ex", "doesn't", "datastore1", "esxi01.lab.local,", "(x)", `"x"`, "x:", "...",
}

// plain is what may stand outside of code: words, numbers and what stands around them.
var plain = regexp.MustCompile(`^[("']*([\pL\pM]+(['’-][\pL\pM]+)*|\d{1,6}|\d{1,3}\.\d{1,2}|\d+…\d+|→|…|-|\?)?[,.;:)?!"']*$`)

// hash is a commit that only the last line has outside of code, where it is git's own.
var hash = regexp.MustCompile(`\b[0-9a-fA-F]{7,}\b`)

type failing interface {
	Fatalf(format string, args ...any)
}

// inertMarkdown reads a plan as a forge does and wants nothing but words, numbers and what the plan itself brings outside of code.
func inertMarkdown(t failing, text string) {
	inFence := false
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "  ```") {
			inFence = !inFence
			continue
		}
		if inFence || line == render.PlanMarker || strings.HasPrefix(line, "|---") {
			continue
		}
		line = strings.TrimPrefix(strings.TrimPrefix(line, "- "), "> ")
		isLast := strings.HasPrefix(line, "<sub>")
		line = strings.TrimSuffix(strings.TrimPrefix(line, "<sub>"), "</sub>")
		line = strings.TrimSuffix(strings.TrimPrefix(line, "<details><summary>"), "</summary>")
		if line == "</details>" {
			continue
		}
		if bold, rest, isBold := strings.Cut(strings.TrimPrefix(line, "**"), "** "); isBold && (bold == "error" || bold == "warning") {
			line = rest
		} else if strings.HasPrefix(line, "**") {
			line = strings.TrimSuffix(strings.TrimPrefix(line, "**"), "**")
		}
		cells := []string{line}
		if strings.HasPrefix(line, "| ") {
			if cells = cellsOf(line); len(cells) != 6 && len(cells) != 5 {
				t.Fatalf("%d cells in %q", len(cells), line)
			}
		}
		for _, cell := range cells {
			rest, ok := withoutCode(cell)
			if !ok {
				t.Fatalf("code does not end in %q", cell)
			}
			for i, w := range strings.Fields(rest) {
				switch {
				case isLast && strings.Contains(w, strings.Trim(w, "()")) && len(strings.Trim(w, "()")) == 12:
				case !plain.MatchString(w), hash.MatchString(w):
					t.Fatalf("%q acts in %q", w, cell)
				case i == 0 && (regexp.MustCompile(`^\d+[.)]`).MatchString(w) || w == "-" && strings.TrimSpace(rest) != "-"):
					t.Fatalf("%q begins a list in %q", w, cell)
				}
			}
		}
	}
}

// cellsOf splits a row where GitHub does: at bars that no backslash escapes, and a backslash escapes any punctuation.
func cellsOf(line string) []string {
	var cells []string
	var cell strings.Builder
	line = strings.TrimPrefix(line, "|")
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\' && i+1 < len(line) && strings.IndexByte("!\"#$%&'()*+,./:;<=>?@[\\]^_`{|}~-", line[i+1]) >= 0:
			if line[i+1] != '|' {
				cell.WriteByte('\\')
			}
			i++
			cell.WriteByte(line[i])
		case line[i] == '|':
			cells = append(cells, cell.String())
			cell.Reset()
		default:
			cell.WriteByte(line[i])
		}
	}
	return cells
}

// withoutCode puts a word in place of each code span: from a run of backticks to the next one of the same length.
func withoutCode(s string) (string, bool) {
	var out strings.Builder
	for {
		start := strings.IndexByte(s, '`')
		if start < 0 {
			out.WriteString(s)
			return out.String(), true
		}
		out.WriteString(s[:start] + "code")
		n := len(s[start:]) - len(strings.TrimLeft(s[start:], "`"))
		end := -1
		for i := start + n; i < len(s); {
			if s[i] != '`' {
				i++
				continue
			}
			run := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
			if run == n {
				end = i
				break
			}
			i += run
		}
		if end < 0 {
			return "", false
		}
		s = s[end+n:]
	}
}

// TestMarkdownIsInert puts what acts into every name of a plan.
func TestMarkdownIsInert(t *testing.T) {
	t.Parallel()
	name := rapid.Custom(func(t *rapid.T) string {
		sep := rapid.SampledFrom([]string{"", " ", " ", "/"}).Draw(t, "between")
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(acting), 1, 4).Draw(t, "parts"), sep)
	})
	rapid.Check(t, func(rt *rapid.T) {
		p := hostile(func() string { return name.Draw(rt, "name") })
		var b strings.Builder
		if err := p.Markdown(&b); err != nil {
			rt.Fatal(err)
		}
		inertMarkdown(rt, b.String())
	})
}

// hostile is a plan with such names everywhere.
func hostile(name func() string) *render.Plan {
	p := everything()
	p.Sentence = "2 machines on " + name() + " are replaced, 1 is created on " + name() + "."
	for i := range p.Pools {
		p.Pools[i].Name, p.Pools[i].Namespace, p.Pools[i].Cluster = name(), name(), name()
		p.Pools[i].Reasons = []rollout.Reason{{Text: name()}, {Text: "template " + name() + " → " + name() + ", as `vspread explain` says"}}
	}
	p.Hosts[3].Host, p.Hosts[3].Datastore, p.Hosts[2].Host = name(), name(), name()
	p.Pools[2].After.Host, p.Pools[2].Before.Datastore = name(), name()
	p.Steps[0] = rollout.Step{Text: "delete " + name(), Command: "kubectl delete machinedeployment " + name()}
	p.Steps[1].Text = name()
	for i := range p.Templates {
		p.Templates[i].Name = name()
	}
	for i := range p.Others {
		p.Others[i].Name, p.Others[i].Kind, p.Others[i].Fields = name(), name(), []string{name()}
	}
	p.From.Name, p.To = name(), render.PlanSide{Name: name()}
	p.Diags.Warnf(diag.Draining, diag.At(diag.Ref{Kind: name(), Namespace: name(), Name: name(), File: name()}, name()), "%s", name()).WithHint("%s", name())
	return p
}

// TestLongNamesFitIntoAComment has names that are each longer than a comment may be, and as wide as their markup can make them.
func TestLongNamesFitIntoAComment(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"x", "x ", "@ ", "`", "` ", "|", `\|`, "日", "😀 "} {
		p := hostile(func() string { return strings.Repeat(part, 70_000/utf8.RuneCountInString(part)) })
		for range 8 {
			p.Pools, p.Hosts, p.Diags = append(p.Pools, p.Pools[2]), append(p.Hosts, p.Hosts[3]), append(p.Diags, p.Diags[2])
			p.Steps, p.Templates, p.Others = append(p.Steps, p.Steps[1]), append(p.Templates, p.Templates[0]), append(p.Others, p.Others[0])
		}
		var markdown, text strings.Builder
		if p.Markdown(&markdown) != nil || p.Text(&text) != nil {
			t.Fatal("cannot write")
		}
		if n := utf8.RuneCountInString(markdown.String()); n >= 65_536 || !strings.Contains(markdown.String(), "more characters) …") {
			t.Errorf("%q: %d characters", part, n)
		}
		inertMarkdown(t, markdown.String())
		for line := range strings.Lines(text.String()) {
			if n := utf8.RuneCountInString(line); n > 20_000 && !strings.Contains(line, "kubectl") {
				t.Errorf("%q: a line of %d characters", part, n)
			}
		}
	}
}
