// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// otherWorkers are the kinds, apart from MachineDeployments, by which a Cluster gets workers.
var otherWorkers = []string{"MachineSet", "MachinePool", "Machine"}

// poolGroups are the API groups that MachinePools were served in.
var poolGroups = []string{object.CoreGroup, "exp." + object.CoreGroup}

// controlPlaneLabel is on the Machines of a control plane.
const controlPlaneLabel = "cluster.x-k8s.io/control-plane"

// refuseOtherWorkers reports machines of the Cluster that would run next to the pools and come from no MachineDeployment.
func refuseOtherWorkers(in Input, diags *diag.List) {
	cluster := in.Cluster.Object
	if pools := tree.List(cluster.Node, "spec", "topology", "workers", "machinePools"); len(pools) > 0 && cluster.Annotation(object.ExcludeAnnotation) != "true" {
		diags.Errorf(diag.UnclaimedWorkers, in.Cluster.At("spec.topology.workers.machinePools"), "%d MachinePools of its class would run next to the pools", len(pools)).
			WithHint("take them out of the topology, or keep them next to the pools with the annotation %s: \"true\" on the Cluster", object.ExcludeAnnotation)
	}
	for _, o := range othersOf(in) {
		if o.Annotation(object.ExcludeAnnotation) == "true" {
			continue
		}
		diags.Errorf(diag.UnclaimedWorkers, diag.At(o.Ref, ""), "its machines would double those of the ClusterSpread").
			WithHint("to run it next to the pools, give it the annotation %s: \"true\"; or delete it with its machines", object.ExcludeAnnotation)
	}
}

// othersOf gives the user's MachineSets, MachinePools and Machines for workers of the Cluster. What has an owner is of a
// MachineDeployment or control plane, as `kubectl get` shows it.
func othersOf(in Input) []*object.Object {
	var out []*object.Object
	for _, group := range poolGroups {
		for _, kind := range otherWorkers {
			for _, o := range in.Objects.OfKind(group, kind, in.Cluster.Object.Key().Namespace) {
				switch {
				case o.Owner() != "", o.IsLocalConfig(),
					in.Objects.ClusterOf(o) != in.Cluster.Object.Key(),
					len(tree.List(o.Node, "metadata", "ownerReferences")) > 0,
					tree.Get(o.Node, "metadata", "labels", controlPlaneLabel) != nil:
					continue
				}
				out = append(out, o)
			}
		}
	}
	return out
}
