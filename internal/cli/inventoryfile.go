// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/output"
	"github.com/vspread/vspread/internal/render"
	"github.com/vspread/vspread/internal/source"
	"github.com/vspread/vspread/inventory"
)

func fileFlag(c *cobra.Command, file *string) {
	c.Flags().StringVarP(file, "file", "f", "inventory.yaml", "the inventory's file")
}

// fileOf gives the inventory's file: the argument, or what -f says.
func fileOf(c *cobra.Command, file string, args []string) (string, error) {
	if len(args) == 0 {
		return file, nil
	}
	if c.Flags().Changed("file") && args[0] != file {
		return "", usagef(c, "one inventory is named by -f, %s, and another one without it, %s; keep one of the two", file, args[0])
	}
	return args[0], nil
}

// openFlagged reads the inventory that -f names.
func openFlagged(file string) (*source.InventoryFile, diag.List, error) {
	f, diags, err := source.OpenInventory(file)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w; name the inventory's file with -f, or make one: `vspread inventory refresh` reads a vCenter", err)
	}
	return f, diags, err
}

// refuseStream wants a file that can be replaced, or made.
func refuseStream(c *cobra.Command, name string) error {
	info, err := os.Stat(name)
	switch {
	case name == "-":
		return usagef(c, "-f names the inventory's file, which is read and replaced, and - is none")
	case err == nil && info.IsDir():
		return usagef(c, "-f names %s, which is a directory: name the inventory's file in it", name)
	case err == nil && !info.Mode().IsRegular():
		return usagef(c, "-f names %s, which is no regular file and cannot be replaced", name)
	}
	return nil
}

// saveInventory writes the inventory when it differs, and then says what changed. A dry run only says it.
func saveInventory(s Streams, f *source.InventoryFile, updated inventory.Inventory, dryRun bool) error {
	if f.Holds(updated) {
		_, err := fmt.Fprintln(s.Out, "no change")
		return err
	}
	say := func() error { return render.InventoryChanges(s.Out, f.Inventory, updated, f.IsNew()) }
	if dryRun {
		return say()
	}
	if diags := f.Update(updated); diags.HasErrors() {
		return report(s, diags)
	}
	content := f.LineEnds(output.Document(f.Nodes))
	target, file, err := output.OpenFile(filepath.Clean(f.Name))
	if err != nil {
		return err
	}
	defer target.Close()
	if f.WasChanged() {
		return fmt.Errorf("%s was changed while vCenter was read, and stays as it is; refresh it again", f.Name)
	}
	if err := report(s, target.Sweep(file)); err != nil {
		return err
	}
	if _, err := target.Replace(map[string][]byte{file: content}); err != nil {
		return err
	}
	return say()
}
