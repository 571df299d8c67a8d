// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/render"
	"github.com/vspread/vspread/inventory"
)

// errChanged ends `inventory diff` when there are changes: not an error, but a status of its own.
var errChanged = errors.New("there are changes")

func newInventory(s Streams) *cobra.Command {
	c := &cobra.Command{
		Use:   "inventory",
		Short: "Look at, compare, judge and clean up the inventory of vSphere",
	}
	c.AddCommand(newInventoryShow(s), newInventoryDiff(s), newInventoryCheck(s), newInventoryForget(s), newInventoryRefresh(s))
	return c
}

func fileFlag(c *cobra.Command, file *string) {
	c.Flags().StringVarP(file, "file", "f", "inventory.yaml", "the inventory's file")
}

// openFlagged reads the inventory that -f names.
func openFlagged(file string) (*inventoryFile, diag.List, error) {
	f, diags, err := openInventory(file)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w; name the inventory's file with -f", err)
	}
	return f, diags, err
}

func newInventoryShow(s Streams) *cobra.Command {
	var file, output string
	c := &cobra.Command{
		Use:   "show",
		Short: "Print hosts and datastores as a table, or everything as JSON or YAML",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			f, diags, err := openFlagged(file)
			if err != nil {
				return err
			}
			if err := report(s, diags); err != nil {
				return err
			}
			switch output {
			case "text", "wide":
				return render.Inventory(s.Out, f.inventory, output == "wide")
			case "json":
				e := json.NewEncoder(s.Out)
				e.SetIndent("", "  ")
				return e.Encode(f.inventory)
			case "yaml":
				_, err := fmt.Fprint(s.Out, inventory.Format(f.inventory))
				return err
			}
			return usagef(c, "-o is text, wide, json or yaml, not %q", output)
		},
	}
	fileFlag(c, &file)
	c.Flags().StringVarP(&output, "output", "o", "text", "text, wide, json or yaml")
	return c
}

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
				f, diags, err := openInventory(name)
				if err == nil {
					err = report(s, diags)
				}
				if err != nil {
					return comparisonError{err}
				}
				inventories = append(inventories, f.inventory)
			}
			changes := inventory.Changes(inventories[0], inventories[1])
			for _, sentence := range changes {
				if _, err := fmt.Fprintln(s.Out, sentence); err != nil {
					return comparisonError{err}
				}
			}
			if len(changes) > 0 {
				return errChanged
			}
			return nil
		},
	}
}

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
				diags.Append(f.inventory.Advise(f.at)...)
			}
			return report(s, diags)
		},
	}
	fileFlag(c, &file)
	return c
}

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
				if paths := goneCalled(f.inventory, name); len(paths) > 1 {
					diags.Errorf(diag.EqualNames, f.at, "%d datastores that are gone are called %q", len(paths), name).
						WithHint("name the one that is meant by its path: %s", diag.Choices(paths))
				}
			}
			if diags.HasErrors() {
				return report(s, diags)
			}
			updated, refused := inventory.Forget(f.inventory, names)
			if len(refused) > 0 {
				slices.Sort(refused)
				diags.Errorf(diag.InvalidValue, f.at, "nothing of these names is gone: %s", strings.Join(refused, ", ")).
					WithHint("only what has state: gone can be forgotten; to move machines away first, set drain: true in an override")
				return report(s, diags)
			}
			return f.save(s, updated, false)
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
