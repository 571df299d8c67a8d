// SPDX-License-Identifier: Apache-2.0

package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// mostJoined is how many sentences about what joined a new inventory gets; beyond that they tell nobody anything.
const mostJoined = 30

// InventoryChanges says what is different in an inventory that replaces another one, or nothing that was there.
func InventoryChanges(w io.Writer, old, updated inventory.Inventory, isNew bool) error {
	changes := inventory.Changes(old, updated)
	if len(changes) == 0 {
		changes = []string{"figures only: free space, for example"}
	}
	if isNew && len(changes) > mostJoined {
		changes = []string{everything(updated)}
	}
	return Sentences(w, changes)
}

// Sentences writes each on a line of its own, whatever names are in it.
func Sentences(w io.Writer, sentences []string) error {
	var b strings.Builder
	for _, s := range sentences {
		b.WriteString(diag.Printable(s) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// everything is the one sentence for a large inventory that is new.
func everything(inv inventory.Inventory) string {
	return fmt.Sprintf("new, of vCenter %s %s: %s; `vspread inventory show` lists them", inv.Server, inv.Version, inv.Contents())
}
