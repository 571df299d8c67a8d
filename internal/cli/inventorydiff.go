// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"github.com/spf13/cobra"

	"github.com/vspread/vspread/internal/render"
	"github.com/vspread/vspread/internal/source"
	"github.com/vspread/vspread/inventory"
)

func newInventoryDiff(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Say what is different in the second inventory",
		Long: `diff compares the inventories in two files and says in sentences what changed.

Exit status: 0 no change, 1 there are changes, 2 anything wrong.`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			var inventories []inventory.Inventory
			for _, name := range args {
				f, diags, err := source.OpenInventory(name)
				if err == nil {
					err = report(s, diags)
				}
				if err != nil {
					return comparisonError{err}
				}
				inventories = append(inventories, f.Inventory)
			}
			changes := inventory.Changes(inventories[0], inventories[1])
			if err := render.Sentences(s.Out, changes); err != nil {
				return comparisonError{err}
			}
			if len(changes) > 0 {
				return errChanged
			}
			return nil
		},
	}
}
