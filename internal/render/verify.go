// SPDX-License-Identifier: Apache-2.0

package render

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Verification is what a comparison of git with vCenter found.
type Verification struct {
	Pools []VerifiedPool
	// Pinned counts machines that run on the one host of their local datastore.
	Pinned int
}

// VerifiedPool is a pool with the machines that vCenter has for it.
type VerifiedPool struct {
	Name, Datastore string
	// Wanted is negative where git does not say.
	Wanted   int
	Machines []string
}

// Verified writes a table of pools with their machines.
func Verified(w io.Writer, v Verification) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "POOL\tDATASTORE\tIN GIT\tIN VCENTER\tMACHINES")
	total := 0
	for _, p := range v.Pools {
		wanted := "-"
		if p.Wanted >= 0 {
			wanted = fmt.Sprint(p.Wanted)
		}
		total += len(p.Machines)
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\n", p.Name, p.Datastore, wanted, len(p.Machines), join(p.Machines))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%d machines, %d of them on the one host of their local datastore\n", total, v.Pinned)
	return err
}
