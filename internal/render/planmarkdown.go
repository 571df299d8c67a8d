// SPDX-License-Identifier: Apache-2.0

package render

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/vspread/vspread/internal/diag"
)

// PlanMarker is the first line of a plan in Markdown. It is not shown; a bot finds its own comment by it.
const PlanMarker = "<!-- vspread plan -->"

// A comment holds 65,536 characters on most hosts of git. These are the lengths of what is written so far from which on
// the rest of a part is only counted.
const (
	roomForDiags = 10_000
	roomForPools = 40_000
	roomForHosts = 50_000
	roomForSteps = 60_000
)

// comment is a text of which a part is left out when it becomes too long.
type comment struct {
	text   strings.Builder
	length int
}

func (c *comment) add(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	c.text.WriteString(text)
	c.length += utf8.RuneCountInString(text)
}

// list adds lines as long as there is room, and counts the rest.
func (c *comment) list(lines []string, room int, one, several string) {
	left := 0
	for _, line := range lines {
		if left > 0 || c.length+utf8.RuneCountInString(line) > room {
			left++
			continue
		}
		c.add("%s", line)
	}
	if left > 0 {
		c.add("\nAnd %s more, which `vspread plan` shows without `-o markdown`.\n", many(left, one, several))
	}
}

// Markdown writes the plan as a comment for a pull request, with what is wrong in it.
func (p *Plan) Markdown(w io.Writer) error {
	c := &comment{}
	c.add("%s\n**%s**\n", PlanMarker, prose(p.Sentence, longestSentence))
	p.addMessages(c)
	rows, untouched := p.rows()
	if len(rows) > 0 {
		c.add("\n| pool | change | host | datastore | machines | reason |\n|---|---|---|---|---|---|\n")
		var lines []string
		for _, r := range rows {
			lines = append(lines, row(nameCell(r.pool), r.change, nameCell(r.host), nameCell(r.datastore), r.machines, proseCell(r.reason)))
		}
		c.list(lines, roomForPools, "pool", "pools")
		if untouched > 0 {
			c.add("\n%s untouched.\n", many(untouched, "pool is", "pools are"))
		}
	}
	hosts, same := p.hostRows()
	if len(hosts) > 0 {
		c.add("\n<details><summary>Hosts: before, at most meanwhile, after</summary>\n\n| host | datastore | machines | memory GiB | disk GiB |\n|---|---|---|---|---|\n")
		var lines []string
		for _, r := range hosts {
			lines = append(lines, row(nameCell(r.host), nameCell(r.datastore), r.machines, r.memory, r.disk))
		}
		c.list(lines, roomForHosts, "datastore", "datastores")
		if same > 0 {
			c.add("\n%s as before.\n", many(same, "other datastore is used", "other datastores are used"))
		}
		if missing := p.uncounted(); missing != "" {
			c.add("\n%s\n", missing)
		}
		c.add("\n</details>\n")
	}
	for _, n := range p.unnamed() {
		c.add("\n%s\n", prose(n, longestSentence))
	}
	if others := p.others(); others != "" {
		c.add("\n%s\n", prose(others, longestSentence))
	}
	if len(p.Steps) > 0 {
		c.add("\nTo do by hand:\n")
	}
	var lines []string
	for _, s := range p.Steps {
		line := fmt.Sprintf("\n- %s\n", prose(s.Text, longestSentence))
		if s.Command != "" {
			line += fmt.Sprintf("  ```sh\n  %s\n  ```\n", strings.ReplaceAll(diag.Exact(s.Command), "`", ""))
		}
		lines = append(lines, line)
	}
	c.list(lines, roomForSteps, "step", "steps")
	c.add("\n<sub>%s → %s</sub>\n", p.From.markdown(), p.To.markdown())
	_, err := io.WriteString(w, c.text.String())
	return err
}

// addMessages adds the errors and warnings, those that say the same of many objects as one line.
func (p *Plan) addMessages(c *comment) {
	var wrong diag.List
	for _, d := range p.Diags {
		if d.Severity >= diag.Warning {
			wrong.Append(d)
		}
	}
	groups := wrong.Grouped()
	if p.Verbose {
		groups = wrong.Apart()
	}
	var lines []string
	for _, g := range groups {
		severity := g[0].Severity.String()
		lines = append(lines, fmt.Sprintf("\n> **%s** %s\n", severity, prose(strings.TrimPrefix(g.String(), severity+": "), longestMessage)))
	}
	c.list(lines, roomForDiags, "message", "messages")
	if len(groups) < len(wrong) {
		c.add("\n`vspread plan -v` lists all %s.\n", many(len(wrong), "message", "messages"))
	}
}

// short is the beginning of the commit, or nothing.
func (s PlanSide) short() string {
	if len(s.Revision) < 12 {
		return ""
	}
	return s.Revision[:12]
}

// markdown is the name, which is the user's, with the beginning of the commit, which is git's and may become a link. It may be the name
// already.
func (s PlanSide) markdown() string {
	switch short := s.short(); {
	case short == "":
		return prose(s.Name, longestSide)
	case strings.HasPrefix(s.Revision, s.Name):
		return short
	default:
		return prose(s.Name, longestSide) + " (" + short + ")"
	}
}

// row is a line of a table.
func row(cells ...string) string {
	var b strings.Builder
	b.WriteByte('|')
	for _, c := range cells {
		b.WriteString(" " + tableCell(c) + " |")
	}
	b.WriteByte('\n')
	return b.String()
}
