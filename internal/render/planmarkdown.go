// SPDX-License-Identifier: Apache-2.0

package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/vspread/vspread/internal/diag"
)

// PlanMarker is the first line of a plan in Markdown. It is not shown; a bot finds its own comment by it.
const PlanMarker = "<!-- vspread plan -->"

// A comment holds 65,536 characters on most hosts of git. These are the lengths of what is written so far at which
// the rest of a part is only counted.
const (
	roomForDiags = 10_000
	roomForPools = 40_000
	roomForHosts = 50_000
	roomForSteps = 60_000
)

// Markdown writes the plan as a comment for a pull request, with what is wrong in it.
func (p *Plan) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n**%s**\n", PlanMarker, escaped(p.Sentence))
	left := 0
	for _, d := range p.Diags {
		switch {
		case d.Severity < diag.Warning:
		case b.Len() > roomForDiags:
			left++
		default:
			fmt.Fprintf(&b, "\n> **%s** %s\n", d.Severity, escaped(strings.TrimPrefix(d.String(), d.Severity.String()+": ")))
		}
	}
	more(&b, left, "message", "messages")
	rows, untouched := p.rows()
	if len(rows) > 0 {
		fmt.Fprint(&b, "\n| pool | change | host | datastore | machines | reason |\n|---|---|---|---|---|---|\n")
		for left = len(rows); left > 0 && b.Len() < roomForPools; left-- {
			r := rows[len(rows)-left]
			row(&b, r.pool, r.change, r.host, r.datastore, r.machines, r.reason)
		}
		more(&b, left, "pool", "pools")
		if untouched > 0 {
			fmt.Fprintf(&b, "\n%s untouched.\n", many(untouched, "pool is", "pools are"))
		}
	}
	hosts, same := p.hostRows()
	if len(hosts) > 0 {
		fmt.Fprint(&b, "\n<details><summary>Hosts: before, at most meanwhile, after</summary>\n\n| host | datastore | machines | memory GiB | disk GiB |\n|---|---|---|---|---|\n")
		for left = len(hosts); left > 0 && b.Len() < roomForHosts; left-- {
			r := hosts[len(hosts)-left]
			row(&b, r.host, r.datastore, r.machines, r.memory, r.disk)
		}
		more(&b, left, "datastore", "datastores")
		if same > 0 {
			fmt.Fprintf(&b, "\n%s as before.\n", many(same, "other datastore is used", "other datastores are used"))
		}
		if missing := p.uncounted(); missing != "" {
			fmt.Fprintf(&b, "\n%s\n", missing)
		}
		fmt.Fprint(&b, "\n</details>\n")
	}
	for _, n := range p.unnamed() {
		fmt.Fprintf(&b, "\n%s\n", escaped(n))
	}
	if others := p.others(); others != "" {
		fmt.Fprintf(&b, "\n%s\n", escaped(others))
	}
	if len(p.Steps) > 0 {
		fmt.Fprint(&b, "\nTo do by hand:\n")
	}
	left = 0
	for _, s := range p.Steps {
		if b.Len()+len(s.Text)+len(s.Command) > roomForSteps {
			left++
			continue
		}
		fmt.Fprintf(&b, "\n- %s\n", escaped(s.Text))
		if s.Command != "" {
			fmt.Fprintf(&b, "  ```sh\n  %s\n  ```\n", strings.ReplaceAll(diag.Printable(s.Command), "`", ""))
		}
	}
	more(&b, left, "step", "steps")
	fmt.Fprintf(&b, "\n<sub>%s → %s</sub>\n", escaped(p.From.String()), escaped(p.To.String()))
	_, err := io.WriteString(w, b.String())
	return err
}

// more counts what there was no room for.
func more(b *strings.Builder, n int, one, several string) {
	if n > 0 {
		fmt.Fprintf(b, "\nAnd %s more, which `vspread plan` shows without `-o markdown`.\n", many(n, one, several))
	}
}

// String is the name with the beginning of the commit, which may be the name already.
func (s PlanSide) String() string {
	switch {
	case len(s.Revision) < 12:
		return s.Name
	case strings.HasPrefix(s.Revision, s.Name):
		return s.Revision[:12]
	}
	return s.Name + " (" + s.Revision[:12] + ")"
}

func row(b *strings.Builder, cells ...string) {
	b.WriteByte('|')
	for _, c := range cells {
		b.WriteString(" " + escaped(c) + " |")
	}
	b.WriteByte('\n')
}

// escaped keeps somebody's names from being read as Markdown or HTML.
func escaped(s string) string {
	return strings.NewReplacer(
		`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "@", "&#64;", "#", "&#35;", "~", `\~`,
	).Replace(diag.Printable(s))
}
