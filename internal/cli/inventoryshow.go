// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/vspread/vspread/internal/render"
	"github.com/vspread/vspread/inventory"
)

func newInventoryShow(s Streams) *cobra.Command {
	var file, output string
	c := &cobra.Command{
		Use:   "show [FILE]",
		Short: "Print hosts and datastores as a table, or everything as JSON or YAML",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			name, err := fileOf(c, file, args)
			if err != nil {
				return err
			}
			f, diags, err := openFlagged(name)
			if err != nil {
				return err
			}
			if err := report(s, diags); err != nil {
				return err
			}
			switch output {
			case "text", "wide":
				return render.Inventory(s.Out, f.Inventory, output == "wide")
			case "json":
				return render.JSON(s.Out, f.Inventory)
			case "yaml":
				_, err := fmt.Fprint(s.Out, inventory.Format(f.Inventory))
				return err
			}
			return usagef(c, "-o is text, wide, json or yaml, not %q", output)
		},
	}
	fileFlag(c, &file)
	c.Flags().StringVarP(&output, "output", "o", "text", "text, wide, json or yaml")
	return c
}
