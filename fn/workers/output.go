// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
)

// Output is what a Cluster's workers consist of.
type Output struct {
	Desired []object.Desired
	Pools   []site.Pool
	// Seeds are the user's objects that were copied from and are not to be applied any more.
	Seeds []*object.Object
	// Adopted are the user's MachineDeployments that are pools.
	Adopted []Adoption
	// Exceeded tells that there are more pools than MaxPools, which is not reported here; the output is not whole then.
	Exceeded bool
	// TooHeavy tells that the objects take more than MaxWeight, in the same way; Weight is what they take.
	TooHeavy bool
	Weight   int
}
