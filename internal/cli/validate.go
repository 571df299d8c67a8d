// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"github.com/spf13/cobra"

	"github.com/vspread/vspread/internal/output"
	"github.com/vspread/vspread/internal/source"
)

func newValidate(s Streams) *cobra.Command {
	var current bool
	c := &cobra.Command{
		Use:   "validate [PATH...]",
		Short: "Report everything that is wrong with the ClusterSpreads in files, and write nothing",
		RunE: func(_ *cobra.Command, paths []string) error {
			if len(paths) == 0 {
				paths = []string{"."}
			}
			input, err := source.Files(paths, source.Options{Stdin: s.In})
			if err != nil {
				return err
			}
			var earlier output.Written
			if current {
				earlier = output.WrittenIn(input.Items)
			}
			out := expand(input)
			out.Diags.Append(input.Kustomizations()...)
			if !out.Diags.HasErrors() {
				out.Diags.Append(earlier.OutOfDate(out.Items)...)
				input.Locate(out.Diags)
			}
			return report(s, out.Diags)
		},
	}
	c.Flags().BoolVar(&current, "current", false, "what vspread wrote among the files, as kpt keeps it there, must be what comes out now")
	return c
}
