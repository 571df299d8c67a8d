// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"github.com/spf13/cobra"
)

func newInventoryCheck(s Streams) *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "check [FILE]",
		Short: "Judge an inventory: names that several have, hosts without a local datastore, gaps",
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
			if !diags.HasErrors() {
				diags.Append(f.Inventory.Advise(f.At)...)
				f.Locate(diags)
			}
			return report(s, diags)
		},
	}
	fileFlag(c, &file)
	return c
}
