// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/render"
)

func newExplain(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "explain [CODE]",
		Short: "Say what a diagnostic means and how to mend it; or print the schema of ClusterSpread or Plan",
		Args:  cobra.MaximumNArgs(1),
		Example: `  vspread explain                 # all codes
  vspread explain NotShared
  vspread explain ClusterSpread   # the OpenAPI schema
  vspread explain Plan            # the JSON schema of vspread plan -o json`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return append(codes(), v1alpha1.ClusterSpreadKind, "Plan"), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				for _, p := range diag.Pages() {
					first, _, _ := strings.Cut(p.Text, "\n")
					fmt.Fprintf(s.Out, "%-28s %s\n", p.Code, first)
				}
				return nil
			}
			if strings.EqualFold(args[0], v1alpha1.ClusterSpreadKind) {
				_, err := s.Out.Write(v1alpha1.Schema())
				return err
			}
			if strings.EqualFold(args[0], "Plan") {
				_, err := s.Out.Write(render.PlanSchema())
				return err
			}
			page, ok := diag.Explain(args[0])
			if !ok {
				if x := diag.Suggest(args[0], codes()); x != "" {
					return usagef(c, "there is no code %q, did you mean %q?", args[0], x)
				}
				return usagef(c, "there is no code %q, and `vspread explain` lists them", args[0])
			}
			fmt.Fprintf(s.Out, "%s\n\n%s\n", page.Code, page.Text)
			return nil
		},
	}
}

func codes() []string {
	var out []string
	for _, p := range diag.Pages() {
		out = append(out, string(p.Code))
	}
	return out
}
