// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"github.com/spf13/cobra"
)

func newInventory(s Streams) *cobra.Command {
	c := &cobra.Command{
		Use:   "inventory",
		Short: "Look at, compare, judge and clean up the inventory of vSphere",
	}
	c.AddCommand(newInventoryShow(s), newInventoryDiff(s), newInventoryCheck(s), newInventoryForget(s), newInventoryRefresh(s))
	return c
}
