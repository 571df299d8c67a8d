// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"github.com/spf13/cobra"
)

func newInventoryCheck(s Streams) *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "check",
		Short: "Judge an inventory: names that several have, hosts without a local datastore, gaps",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			f, diags, err := openFlagged(file)
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
