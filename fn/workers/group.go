// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"slices"
	"strconv"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// group is a worker group with what its machines are copied from.
type group struct {
	v1alpha1.WorkerGroup
	at   diag.Where
	seed seed
	// machine is what the group says of its machines, copied what the seed and the control plane say.
	machine source
	copied  []source
	// form is the MachineDeployment of the group's pools with all that they share; nil until a pool needs it.
	form *yaml.Node
	// said are warnings that are true of several of its pools and worth one line.
	said map[string]bool
}

// seed is the user's MachineDeployment that a group's pools are copied from, with the templates it
// refers to. All are nil in a group without one.
type seed struct {
	deployment, template, bootstrap *object.Object
	// zone is the one that the deployment's machines are in, or nil.
	zone *site.Zone
}

// brings tells whether the seed's machines have some way to join.
func (s seed) brings(field string) bool {
	return tree.Get(s.deployment.Node, "spec", "template", "spec", "bootstrap", field) != nil
}

func (s seed) objects() []*object.Object {
	return slices.DeleteFunc([]*object.Object{s.deployment, s.template, s.bootstrap}, func(o *object.Object) bool { return o == nil })
}

// replicas are the seed's own; false is no number.
func (s seed) replicas() (int, bool) {
	v := tree.Get(s.deployment.Node, "spec", "replicas")
	if v == nil {
		return 1, true // as Cluster API's webhook defaults it
	}
	n, err := strconv.Atoi(v.Value)
	if v.Kind != yaml.ScalarNode || err != nil || n < 0 || n > v1alpha1.MaxReplicas {
		return 0, false
	}
	return n, true
}
