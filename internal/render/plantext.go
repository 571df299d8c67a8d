// SPDX-License-Identifier: Apache-2.0

package render

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/vspread/vspread/internal/diag"
)

// Text writes the plan for a terminal. Diagnostics are not in it.
func (p *Plan) Text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintln(&b, diag.Printable(p.Sentence))
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	rows, untouched := p.rows()
	if len(rows) > 0 {
		fmt.Fprintln(t, "\nPOOL\tCHANGE\tHOST\tDATASTORE\tMACHINES\tREASON")
		for _, r := range rows {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", r.pool, r.change, r.host, r.datastore, r.machines, r.reason)
		}
		_ = t.Flush() // into memory
		if untouched > 0 {
			fmt.Fprintf(&b, "%s untouched.\n", many(untouched, "pool is", "pools are"))
		}
	}
	hosts, same := p.hostRows()
	if len(hosts) > 0 {
		fmt.Fprintln(t, "\nHOST\tDATASTORE\tMACHINES\tMEMORY GIB\tDISK GIB")
		for _, r := range hosts {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", r.host, r.datastore, r.machines, r.memory, r.disk)
		}
		_ = t.Flush()
		fmt.Fprint(&b, "(before → at most meanwhile → after)")
		if same > 0 {
			fmt.Fprintf(&b, " %s as before.", many(same, "other datastore is used", "other datastores are used"))
		}
		if missing := p.uncounted(); missing != "" {
			fmt.Fprintf(&b, " %s", missing)
		}
		fmt.Fprintln(&b)
	}
	var notes []string
	notes = append(notes, p.unnamed()...)
	if others := p.others(); others != "" {
		notes = append(notes, others)
	}
	if len(notes) > 0 {
		fmt.Fprintln(&b)
	}
	for _, n := range notes {
		fmt.Fprintln(&b, diag.Printable(n))
	}
	if len(p.Steps) > 0 {
		fmt.Fprintln(&b, "\nTo do by hand:")
	}
	for _, s := range p.Steps {
		fmt.Fprintf(&b, "- %s\n", diag.Printable(s.Text))
		if s.Command != "" {
			fmt.Fprintf(&b, "    %s\n", diag.Exact(s.Command))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
