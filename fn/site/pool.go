// SPDX-License-Identifier: Apache-2.0

package site

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// Pool is one worker group on one datastore.
type Pool struct {
	// Name is that of the MachineDeployment.
	Name, Group string
	Datastore   inventory.Datastore
	// Replicas is the number of machines, unless Bounds leave it to the autoscaler.
	Replicas int
	Bounds   *v1alpha1.Autoscaling
	// Draining says why the pool has no replicas and takes none, like "datastore is gone".
	Draining string
	// Template and Bootstrap are the names of the templates that the MachineDeployment refers to.
	Template, Bootstrap string
	// Footprint is what one machine takes.
	Footprint Footprint
	// Surge is how many machines more there are while those of the pool are replaced.
	Surge int
}

// Most is the largest number of machines that the pool may have when none is being replaced.
func (p Pool) Most() int {
	if p.Bounds != nil {
		return p.Bounds.Max
	}
	return p.Replicas
}

// Addon is an object for the workload cluster.
type Addon struct {
	Node *yaml.Node
	// Bundle is a word for what is delivered together, such as storage; it names the directory and the objects that carry
	// the addon.
	Bundle string
	// Key is the object's key in the ConfigMap that carries it.
	Key string
	// Delivery is how it gets there; At is where that was chosen.
	Delivery v1alpha1.Delivery
	At       diag.Where
}
