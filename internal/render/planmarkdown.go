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

// Markdown writes the plan as a comment for a pull request, with what is wrong in it.
func (p *Plan) Markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n**%s**\n", PlanMarker, escaped(p.Sentence))
	for _, d := range p.Diags {
		if d.Severity >= diag.Warning {
			fmt.Fprintf(&b, "\n> **%s** %s\n", d.Severity, escaped(strings.TrimPrefix(d.String(), d.Severity.String()+": ")))
		}
	}
	rows, untouched := p.rows()
	if len(rows) > 0 {
		fmt.Fprint(&b, "\n| pool | change | host | datastore | machines | reason |\n|---|---|---|---|---|---|\n")
		for _, r := range rows {
			row(&b, r.pool, r.change, r.host, r.datastore, r.machines, r.reason)
		}
		if untouched > 0 {
			fmt.Fprintf(&b, "\n%s untouched.\n", many(untouched, "pool is", "pools are"))
		}
	}
	hosts, same := p.hostRows()
	if len(hosts) > 0 {
		fmt.Fprint(&b, "\n<details><summary>Hosts: before, at most meanwhile, after</summary>\n\n| host | datastore | machines | memory GiB | disk GiB |\n|---|---|---|---|---|\n")
		for _, r := range hosts {
			row(&b, r.host, r.datastore, r.machines, r.memory, r.disk)
		}
		if same > 0 {
			fmt.Fprintf(&b, "\n%s as before.\n", many(same, "other datastore is used", "other datastores are used"))
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
	for _, s := range p.Steps {
		fmt.Fprintf(&b, "\n- %s\n", escaped(s.Text))
		if s.Command != "" {
			fmt.Fprintf(&b, "  ```sh\n  %s\n  ```\n", strings.ReplaceAll(diag.Printable(s.Command), "`", ""))
		}
	}
	fmt.Fprintf(&b, "\n<sub>%s → %s</sub>\n", escaped(p.From.String()), escaped(p.To.String()))
	_, err := io.WriteString(w, b.String())
	return err
}

// String is the name with the beginning of the commit.
func (s PlanSide) String() string {
	if len(s.Revision) < 12 {
		return s.Name
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
