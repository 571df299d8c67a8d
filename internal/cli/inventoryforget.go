// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"cmp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

func newInventoryForget(s Streams) *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "forget NAME...",
		Short: "Take hosts or datastores that are gone out of the inventory, and with them their pools",
		Long: `forget removes entries with state: gone. The next rendering then removes their pools, which hold no
machines any more. A host takes its local datastores along. NAME may be the path of a datastore.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, names []string) error {
			if err := refuseStream(c, file); err != nil {
				return err
			}
			f, diags, err := openFlagged(file)
			if err != nil {
				return err
			}
			if err := report(s, diags); err != nil {
				return err
			}
			for _, name := range names {
				if paths := goneCalled(f.Inventory, name); len(paths) > 1 {
					diags.Errorf(diag.EqualNames, f.At, "%d datastores that are gone are called %q", len(paths), name).
						WithHint("name the one that is meant by its path: %s", diag.Choices(paths))
				}
			}
			if diags.HasErrors() {
				return report(s, diags)
			}
			updated, refused := inventory.Forget(f.Inventory, names)
			if len(refused) > 0 {
				slices.Sort(refused)
				diags.Errorf(diag.InvalidValue, f.At, "nothing of these names is gone: %s", strings.Join(refused, ", ")).
					WithHint("only what has state: gone can be forgotten; to move machines away first, set drain: true in an override")
				return report(s, diags)
			}
			return saveInventory(s, f, updated, false)
		},
	}
	fileFlag(c, &file)
	return c
}

// goneCalled gives the paths of the datastores of a name that are gone.
func goneCalled(inv inventory.Inventory, name string) []string {
	var paths []string
	for _, d := range inv.Datastores {
		if d.Name == name && inv.IsGone(d) {
			paths = append(paths, cmp.Or(d.Path, d.ID, d.Name))
		}
	}
	return paths
}
