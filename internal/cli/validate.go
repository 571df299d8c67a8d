// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"github.com/spf13/cobra"
)

func newValidate(s Streams) *cobra.Command {
	return &cobra.Command{
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
			diags := input.transform().Diags
			diags.Append(input.kustomizations()...)
			return report(s, diags)
		},
	}
}
