// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"maps"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
)

// pool is a pool while it is made.
type pool struct {
	site.Pool
	// label is the value of the datastore's label on Nodes.
	label    string
	override override
	// isFixed tells that the replicas are given, and not a share.
	isFixed bool
	// adopted is the user's MachineDeployment that is this pool, or nil.
	adopted *object.Object
}

// override is a group's exception for a datastore; without one it is empty, and its place is the group's.
type override struct {
	v1alpha1.Override
	at diag.Where
}

// machineLabels gives the labels of a pool's machines, apart from Cluster API's own.
func machineLabels(p pool, g group) map[string]string {
	labels := map[string]string{datastoreNodeLabel: p.label, workerGroupNodeLabel: g.Name}
	maps.Copy(labels, g.Labels)
	maps.Copy(labels, p.override.Labels)
	return labels
}

// file is where the objects of the pool go.
func (p pool) file() string { return "pools/" + p.Name + ".yaml" }
