// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"cmp"
	"errors"
	"slices"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// Inventories are those that Clusters were spread by, and where they were written, by the keys of the Clusters.
type Inventories struct {
	ByCluster map[object.Key]*inventory.Inventory
	Refs      map[object.Key]diag.Ref
}

// OfVCenter gives the inventories of the vCenter that was read, by Cluster, and reports the others: an information, unless there is
// nothing else.
func (k Inventories) OfVCenter(read inventory.Inventory) (map[object.Key]*inventory.Inventory, diag.List) {
	var diags diag.List
	here := map[object.Key]*inventory.Inventory{}
	distinct := map[*inventory.Inventory]bool{}
	for _, inv := range k.ByCluster {
		distinct[inv] = true
	}
	only := len(distinct) == 1
	for cluster, inv := range k.ByCluster {
		same := read.InstanceID == inv.InstanceID
		if inv.InstanceID == "" || read.InstanceID == "" {
			// Written by hand. One vCenter may have several names, so they only tell several inventories apart.
			same = only || inv.Server == "" || inv.Server == read.Server
		}
		if same {
			here[cluster] = inv
			continue
		}
		diags.Infof(diag.OtherVCenter, diag.At(k.Refs[cluster], ""), "is of vCenter %s (%s), and %s (%s) is connected, so its clusters are not compared",
			cmp.Or(inv.Server, "unknown"), cmp.Or(inv.InstanceID, "no instance id"), read.Server, read.InstanceID).
			WithHint("set GOVC_URL to its vCenter; if that was set up anew, refresh the inventory")
	}
	if len(here) == 0 {
		for _, d := range diags {
			d.Severity = diag.Error
		}
	}
	return here, diags
}

// mostStale is how many differences are told: of a minimal inventory, written by hand, there may be thousands.
const mostStale = 20

// Stale reports what a refresh would change in the inventories of some Clusters, each once.
func (k Inventories) Stale(here map[object.Key]*inventory.Inventory, readings map[*inventory.Inventory]inventory.Reading) diag.List {
	var diags diag.List
	var done []*inventory.Inventory
	for cluster, inv := range here {
		if slices.Contains(done, inv) {
			continue
		}
		done = append(done, inv)
		at := diag.At(k.Refs[cluster], "")
		now, err := merged(*inv, readings[inv])
		if err != nil {
			diags.Warnf(diag.InventoryStale, at, "cannot be refreshed: %s", err).WithHint("`vspread inventory refresh --dry-run` says why")
			continue
		}
		changes := inventory.Changes(*inv, now)
		for i, sentence := range changes {
			if i == mostStale {
				diags.Warnf(diag.InventoryStale, at, "with %d more differences, %d in all", len(changes)-i, len(changes)).
					WithHint("`vspread inventory refresh --dry-run` says them all")
				break
			}
			diags.Warnf(diag.InventoryStale, at, "%s", sentence).WithHint("refresh the inventory")
		}
	}
	return diags
}

// merged is what a refresh would make of the inventory; a great loss is a difference like others here.
func merged(old inventory.Inventory, read inventory.Reading) (inventory.Inventory, error) {
	out, err := inventory.Merge(old, read)
	var loss *inventory.LossError
	if errors.As(err, &loss) {
		err = nil
	}
	return out, err
}
