// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"github.com/spf13/cobra"
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
			input := source{stdin: s}
			if err := input.read(paths); err != nil {
				return err
			}
			var earlier written
			if current {
				earlier = ours(input.items)
			}
			out := input.transform()
			out.Diags.Append(input.kustomizations()...)
			if !out.Diags.HasErrors() {
				out.Diags.Append(earlier.outOfDate(out.Items)...)
			}
			return report(s, out.Diags)
		},
	}
	c.Flags().BoolVar(&current, "current", false, "what vspread wrote among the files, as kpt keeps it there, must be what comes out now")
	return c
}
