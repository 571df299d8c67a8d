// SPDX-License-Identifier: Apache-2.0

// Package render writes what vspread has found out, for people and for programs. It takes values of other rooms (a plan, an
// inventory, a report of verify) and a writer, and gives tables, text, Markdown or JSON; it decides nothing.
package render

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/vspread/vspread/internal/diag"
)

// Pool is a row of the table of pools.
type Pool struct {
	Cluster, Host, Datastore, Name string
	// Min and Max differ where the autoscaler decides.
	Min, Max       int
	Template, Note string
}

// Pools writes a table of pools with their total.
func Pools(w io.Writer, pools []Pool) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "CLUSTER\tHOST\tDATASTORE\tPOOL (MACHINEDEPLOYMENT)\tREPLICAS\tVSPHEREMACHINETEMPLATE")
	low, high := 0, 0
	for _, p := range pools {
		low, high = low+p.Min, high+p.Max
		template := diag.Name(p.Template)
		if p.Note != "" {
			template += "  (" + diag.Name(p.Note) + ")"
		}
		fmt.Fprintln(t, strings.Join([]string{diag.Name(p.Cluster), diag.Name(p.Host), diag.Name(p.Datastore), diag.Name(p.Name), span(p.Min, p.Max), template}, "\t"))
	}
	fmt.Fprintf(t, "%s\t\t\t\t%s\n", diag.Count(len(pools), "pool", "pools"), span(low, high))
	return t.Flush()
}

func span(low, high int) string {
	if low == high {
		return strconv.Itoa(low)
	}
	return fmt.Sprintf("%d..%d", low, high)
}

// FileChange is a file and what happened to it, in a word.
type FileChange struct{ Name, Action string }

// Files lists the files of a directory that changed, and counts those that did not.
func Files(w io.Writer, dir string, changed []FileChange, unchanged int) error {
	for _, c := range changed {
		if _, err := fmt.Fprintf(w, "%-9s %s\n", c.Action, diag.Exact(dir+"/"+c.Name)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%s unchanged in %s\n", diag.Count(unchanged, "file", "files"), diag.Exact(dir))
	return err
}
