// SPDX-License-Identifier: Apache-2.0

// Package render writes what vspread has found out for people: tables on a terminal.
package render

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/vspread/vspread/internal/diag"
)

// Pool is a row of the table of pools.
type Pool struct {
	Cluster, Host, Datastore, Name string
	Replicas                       int
	Template, Note                 string
}

// Pools writes a table of pools with their total.
func Pools(w io.Writer, pools []Pool) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "CLUSTER\tHOST\tDATASTORE\tPOOL (MACHINEDEPLOYMENT)\tREPLICAS\tVSPHEREMACHINETEMPLATE")
	total := 0
	for _, p := range pools {
		total += p.Replicas
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%s", p.Cluster, diag.Printable(p.Host), diag.Printable(p.Datastore), p.Name, p.Replicas, p.Template)
		if p.Note != "" {
			fmt.Fprintf(t, "  (%s)", p.Note)
		}
		fmt.Fprintln(t)
	}
	fmt.Fprintf(t, "%d pools\t\t\t\t%d\n", len(pools), total)
	return t.Flush()
}

// Action is what happened to a file.
type Action string

// The actions.
const (
	Created   Action = "created"
	Changed   Action = "changed"
	Removed   Action = "removed"
	Unchanged Action = "unchanged"
)

// FileChange is a file and what happened to it.
type FileChange struct {
	Name   string
	Action Action
}

// Files lists the files of a directory that changed, and counts those that did not.
func Files(w io.Writer, dir string, changes []FileChange) error {
	unchanged := 0
	for _, c := range changes {
		if c.Action == Unchanged {
			unchanged++
			continue
		}
		if _, err := fmt.Fprintf(w, "%-9s %s/%s\n", c.Action, dir, c.Name); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%d files unchanged in %s\n", unchanged, dir)
	return err
}
