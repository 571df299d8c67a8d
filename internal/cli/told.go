// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vspread/vspread/internal/diag"
)

// told is how a run prints diagnostics, and what it has printed.
type told struct {
	// verbose is the flag -v: each diagnostic has a line.
	verbose bool
	diags   int
	// folded tells that a line stood for several of them.
	folded bool
}

// print writes sorted diagnostics, a line for each, or for those that say the same of many objects.
func (t *told) print(w io.Writer, diags diag.List) {
	groups := diags.Grouped()
	if t.verbose {
		groups = diags.Apart()
	}
	var b strings.Builder
	for _, g := range groups {
		fmt.Fprintln(&b, g)
		t.diags += len(g)
		t.folded = t.folded || len(g) > 1
	}
	_, _ = io.WriteString(w, b.String())
}

const byTool = "vspread.dev/run-by-tool"

// runByTool marks a command that kustomize or kpt calls, where nobody can give a flag.
var runByTool = map[string]string{byTool: "true"}

// mentionFlag says how to see what was folded.
func (t *told) mentionFlag(w io.Writer, c *cobra.Command) {
	if !t.folded {
		return
	}
	all := diag.Count(t.diags, "diagnostic", "diagnostics")
	if c.Annotations[byTool] != "" {
		fmt.Fprintf(w, "(`vspread validate -v` lists all %s)\n", all)
		return
	}
	fmt.Fprintf(w, "(-v lists all %s)\n", all)
}
