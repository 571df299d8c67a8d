// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/tree"
)

// pausedAnnotation keeps Cluster API's controllers from an object, whatever its value.
const pausedAnnotation = "cluster.x-k8s.io/paused"

// isHeld tells whether Cluster API's controllers keep their hands off an object of a Cluster: spec.paused of the Cluster holds
// all that belongs to it, the annotation only the object that has it.
func isHeld(node *yaml.Node, cluster *object.Object) bool {
	return cluster != nil && isPaused(cluster.Node) || tree.Get(node, "metadata", "annotations", pausedAnnotation) != nil
}

// isPaused reads spec.paused, which a Cluster has and a MachineDeployment.
func isPaused(node *yaml.Node) bool { return tree.String(node, "spec", "paused") == "true" }

// waits tells what changes of a group wait for on its side.
func (s *side) waits(g *group) Wait {
	cluster := s.Objects.Get(g.cluster)
	switch {
	case isHeld(g.node, cluster):
		return ForResume
	case isPaused(g.node):
		return ForRollout
	case g.onDelete():
		return ForDeletion
	}
	return ""
}

// delays says first what keeps a change from happening at once.
func delays(p *Pool) {
	var r Reason
	switch {
	case !p.moves():
		return
	case p.Waits == ForResume:
		r.Text = "it or its Cluster is paused, so nothing happens until that is resumed"
	case p.Waits == ForRollout && (p.Has(Replace) || p.Has(MayReplace)):
		r.Field, r.After, r.Text = "spec.paused", "true", "is paused, so no machine is replaced until it is resumed"
	case p.Waits == ForDeletion && (p.Has(Replace) || p.Has(MayReplace)):
		r.Field, r.After, r.Text = "spec.rollout.strategy.type", "OnDelete", "each machine is replaced when you delete it (OnDelete)"
	default:
		p.Waits = ""
		return
	}
	p.Reasons = slices.Insert(p.Reasons, 0, r)
}

// released says that what git held back until now may happen: how far the machines are behind is not in the files.
func released(p *Pool, before, after *group, was Wait) {
	if was == "" || p.Waits != "" || p.Has(Replace) || p.Has(MayReplace) {
		return
	}
	_, n, _ := before.transition(after.replicas)
	if n.most == 0 && !p.Machines.NotKnown {
		return
	}
	why := "was paused, and what was held back meanwhile happens now"
	if was == ForDeletion {
		why = "was OnDelete, and machines that nobody has deleted yet are replaced now"
	}
	p.Changes, p.Machines.MayBeReplaced = append(p.Changes, MayReplace), n.most
	p.Reasons = slices.Insert(p.Reasons, 0, Reason{Text: why})
}
