// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"slices"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// Report is the outcome of a comparison.
type Report struct {
	Pools []Pool
	Diags diag.List
	// Machines counts those of the pools. Of these, Pinned run on the one host of their pool's local datastore,
	// Elsewhere are not where git says, and Unread could not be read well enough to tell.
	Machines, Pinned, Elsewhere, Unread int
}

// Unrecognised tells whether machines of some pool could not be compared, because their names are not understood.
func (r Report) Unrecognised() bool {
	return slices.ContainsFunc(r.Pools, func(p Pool) bool { return p.Unrecognised })
}

// Pool is a pool of git with the machines that vCenter has for it.
type Pool struct {
	Namespace, Name string
	// Datastore and Host are where git wants the machines, in the inventory's names; there is no Host where the datastore has several.
	Datastore, Host string
	// Wanted is what git says; negative is not said.
	Wanted int
	// InPlace counts the machines that are where they should be, Others has some words for each that is not.
	InPlace int
	Others  []string
	// Unrecognised tells that its machines have names that are not understood, so that none of them was compared.
	Unrecognised bool
	// Uncertain counts those that may as well be another pool's.
	Uncertain int
}

// Machine is a virtual machine as vCenter has it. What could not be read is empty.
type Machine struct {
	Name, Path string
	// Host is where it runs, by name; ResourcePool is the path of its pool.
	Host, ResourcePool string
	// Datastore is its home, Disks are where its own disks are; volumes are not among them.
	Datastore inventory.Object
	Disks     []inventory.Object
}
