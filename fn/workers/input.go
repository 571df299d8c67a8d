// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// Input is what the workers of one Cluster depend on.
type Input struct {
	Groups      []v1alpha1.WorkerGroup
	HealthCheck *v1alpha1.HealthCheck
	// At is the spec of the ClusterSpread.
	At      diag.Where
	Cluster site.Cluster
	VSphere *site.VSphere
	// Objects are those of the whole input, with what vspread wrote earlier.
	Objects *object.Set
	// HoldsVolumes tells whether a datastore is for volumes, so that it is no pool.
	HoldsVolumes func(inventory.Datastore) bool
	// MaxPools is the most pools to make.
	MaxPools int
	// MaxWeight is about how many bytes of memory the objects may take.
	MaxWeight int
}
