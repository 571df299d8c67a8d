// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"path/filepath"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/source"
)

// next says what to do with the repository, and what is wrong in it.
func (r repository) next(s Streams, inRepository bool) error {
	if !inRepository && r.ci != "none" && filepath.Clean(r.directory) != "." {
		fmt.Fprintf(s.Out, "\n%s is in no git repository yet, so the workflow was made for one whose root it is. If the root is to be above it, delete what was "+
			"created, run `git init` there, and then init again: a forge reads workflows at the root only.\n", diag.Exact(r.directory))
	}
	if r.inPlace(r.inventory) == "" {
		fmt.Fprintf(s.Out, "\nThe inventory is a copy. From now on: vspread inventory refresh -f %s\n", diag.Exact(shellWord(filepath.Join(r.directory, "inventory.yaml"))))
	}
	written, err := source.Files([]string{r.directory}, source.Options{Stdin: s.In})
	if err != nil {
		return err
	}
	diags := expand(written).Diags
	directory, output := diag.Exact(shellWord(r.directory)), filepath.Join(r.directory, "rendered")
	if diags.HasErrors() {
		fmt.Fprintln(s.Out, "\nNext: fix what is reported as an error, then `vspread validate "+directory+"`")
		return report(s, diags)
	}
	rendered := "vspread render " + directory + " -o " + diag.Exact(shellWord(output))
	fmt.Fprintf(s.Out, "\nNext: %s\n", map[string]string{
		"kustomize": "kustomize build --enable-alpha-plugins --enable-exec " + directory,
		"kpt":       "kpt fn render --allow-exec " + directory,
		"render":    rendered,
	}[r.tool])
	if r.tool == "kustomize" && r.ci != "none" {
		fmt.Fprintf(s.Out, "CI compares %s with the sources; write and commit it, and point Flux or Argo CD there: %s\n", diag.Exact(output), rendered)
	}
	return report(s, diags)
}
