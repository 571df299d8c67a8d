// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// maxWeight bounds what an inventory says of one thing, so that products and sums stay numbers.
const maxWeight = 1 << 36

// weights are the parts of datastores and hosts relative to each other.
type weights struct {
	by v1alpha1.WeightBy
	v  *site.VSphere
	// unknown are the names of what the inventory does not know enough about.
	unknown []string
}

// ofDatastore gives the weight of a datastore among those of its host.
func (w *weights) ofDatastore(d inventory.Datastore) int {
	if w.by != v1alpha1.WeightByCapacity {
		return 1
	}
	return w.known(d.CapacityGiB, d.Object().Spelling())
}

// ofHost gives the weight of the hosts that mount a datastore; active are the group's datastores there.
func (w *weights) ofHost(hosts []string, active []inventory.Datastore) int {
	switch w.by {
	case v1alpha1.WeightByMemory:
		sum := 0
		for _, name := range hosts {
			h, _ := w.v.Inventory.Host(name)
			sum += w.known(h.MemoryMiB, name)
		}
		return sum
	case v1alpha1.WeightByCapacity:
		sum := 0
		for _, d := range active {
			sum += max(1, min(d.CapacityGiB, maxWeight))
		}
		return sum
	default:
		return 1
	}
}

// known gives a number of the inventory, and remembers whose is missing.
func (w *weights) known(n int, whose string) int {
	if n <= 0 {
		w.unknown = append(w.unknown, whose)
		return 1
	}
	return min(n, maxWeight)
}

// refuseUnknown reports what has no weight.
func (w *weights) refuseUnknown(g group, diags *diag.List) {
	if len(w.unknown) == 0 {
		return
	}
	what, field := "memory of "+diag.Form(len(w.unknown), "host", "hosts"), "memoryMiB"
	if w.by == v1alpha1.WeightByCapacity {
		what, field = "capacity of "+diag.Form(len(w.unknown), "datastore", "datastores"), "capacityGiB"
	}
	diags.Errorf(diag.WeightUnknown, g.at.Dot("spread.weightBy"), "is %s, and the inventory does not know the %s %s", w.by, what, diag.Choices(w.unknown)).
		WithHint("refresh the inventory, or write %s there", field)
}
