// SPDX-License-Identifier: Apache-2.0

package capacity

import (
	"cmp"
	"maps"
	"slices"
)

// sorted gives the machines in an order that does not depend on that of the Clusters.
func (u *use) sorted() []machines {
	return slices.SortedFunc(maps.Keys(u.machines), func(a, b machines) int {
		return cmp.Or(cmp.Compare(a.datastore, b.datastore), u.compareOwners(a.owner, b.owner), compareFootprints(a.Footprint, b.Footprint))
	})
}
