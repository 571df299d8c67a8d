// SPDX-License-Identifier: Apache-2.0

package render

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/vspread/vspread/fn/verify"
	"github.com/vspread/vspread/internal/diag"
)

// Verified writes a table of pools with how many of their machines are in place and where the others are.
func Verified(w io.Writer, r verify.Report) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	namespaces := map[string]bool{}
	for _, p := range r.Pools {
		namespaces[cmp.Or(p.Namespace, "default")] = true
	}
	fmt.Fprintln(t, "POOL\tDATASTORE\tHOST\tIN GIT\tIN VCENTER\tMACHINES")
	for _, p := range r.Pools {
		name := p.Name
		if len(namespaces) > 1 {
			name = cmp.Or(p.Namespace, "default") + "/" + p.Name
		}
		wanted := "-"
		if p.Wanted >= 0 {
			wanted = fmt.Sprint(p.Wanted)
		}
		found := p.InPlace + len(p.Others)
		seen := span(found, found+p.Uncertain)
		if p.Unrecognised {
			seen = "?"
		}
		tableRow(t, name, cmp.Or(p.Datastore, "-"), cmp.Or(p.Host, "-"), wanted, seen, whereabouts(p))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	said := []string{fmt.Sprintf("%d on the one host of their local datastore", r.Pinned)}
	if r.Elsewhere > 0 {
		said = append(said, fmt.Sprintf("%d elsewhere", r.Elsewhere))
	}
	if r.Unread > 0 {
		said = append(said, fmt.Sprintf("%d not read", r.Unread))
	}
	if rest := r.Machines - r.Pinned - r.Elsewhere - r.Unread; rest > 0 {
		said = append(said, fmt.Sprintf("%d on datastores of several hosts", rest))
	}
	_, err := fmt.Fprintf(w, "\n%s: %s\n", diag.Count(r.Machines, "machine", "machines"), strings.Join(said, ", "))
	return err
}

// whereabouts counts the machines of a pool by where they are, the usual case first.
func whereabouts(p verify.Pool) string {
	if p.Unrecognised {
		return "not recognised"
	}
	var words []string
	if p.InPlace > 0 {
		words = append(words, fmt.Sprintf("%d in place", p.InPlace))
	}
	count := map[string]int{}
	for _, where := range p.Others {
		count[where]++
	}
	for _, where := range p.Others {
		if n := count[where]; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, where))
			count[where] = 0
		}
	}
	if p.Uncertain > 0 {
		words = append(words, fmt.Sprintf("%d of this pool or another", p.Uncertain))
	}
	return join(words)
}
