// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/vspread/vspread/internal/diag"
)

// LossError is a refresh that would lose more than a third of the hosts or datastores of its scope at once: more
// likely a broken read than a broken data centre.
type LossError struct {
	What        string
	Lost, Known int
	Names       []string
}

// Error names what would be lost.
func (e *LossError) Error() string {
	return fmt.Sprintf("%d of %d %s would be gone at once: %s", e.Lost, e.Known, e.What, strings.Join(e.Names, ", "))
}

// OtherVCenterError is a reading of another vCenter than the inventory's, where equal ids mean nothing.
type OtherVCenterError struct{ Why string }

// Error says why it is another one.
func (e *OtherVCenterError) Error() string { return e.Why }

// ConflictError is a reading that contradicts entries which it may not change.
type ConflictError struct{ Diags diag.List }

// Error gives the first of the contradictions.
func (e *ConflictError) Error() string { return e.Diags[0].Message }

// sameVCenter compares the two vCenters by their instance ids and by the urls of datastores of one id.
func sameVCenter(old, seen Inventory) error {
	if old.InstanceID != "" && seen.InstanceID != "" && old.InstanceID != seen.InstanceID {
		return &OtherVCenterError{fmt.Sprintf("the inventory is of vCenter %s with the instance id %s, and %s has %s",
			cmp.Or(old.Server, "?"), old.InstanceID, seen.Server, seen.InstanceID)}
	}
	byID := map[string]Datastore{}
	for _, d := range seen.Datastores {
		byID[d.ID] = d
	}
	for _, o := range old.Datastores {
		if d, ok := byID[o.ID]; ok && o.ID != "" && o.URL != "" && d.URL != "" && o.URL != d.URL {
			return &OtherVCenterError{fmt.Sprintf("datastore %s is another disk than in the inventory under the same id %s: its url is %s and was %s",
				d.Name, d.ID, d.URL, o.URL)}
		}
	}
	return nil
}

// count counts an entry that was not gone.
func (e *LossError) count(before State) {
	if before != Gone {
		e.Known++
	}
}

func (e *LossError) lose(before State, name string) {
	if before == Gone {
		return
	}
	e.Known++
	e.Lost++
	e.Names = append(e.Names, name)
}
