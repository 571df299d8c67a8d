// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
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
func isPaused(node *yaml.Node) bool {
	paused, _ := tree.Bool(tree.Get(node, "spec", "paused"))
	return paused
}

// unclear gives the object, the group's Cluster or its own, whose spec.paused is neither true nor false, or nil.
func (s *side) unclear(g *group) *object.Object {
	for _, o := range []*object.Object{s.Objects.Get(g.cluster), g.Object} {
		if o != nil && isUnclear(o) {
			return o
		}
	}
	return nil
}

func isUnclear(o *object.Object) bool {
	n := tree.Get(o.Node, "spec", "paused")
	_, ok := tree.Bool(n)
	return n != nil && !ok
}

// mayHaveWaited tells whether it is not known that changes of a group were not held back before, and whether they are now.
func (c *comparison) mayHaveWaited(before, after *group) bool {
	was, is := c.before.unclear(before), c.after.unclear(after)
	return was != nil && (is == nil || was.Key() != is.Key() || !tree.Equal(tree.Get(was.Node, "spec", "paused"), tree.Get(is.Node, "spec", "paused")))
}

// reportUnclear says of which objects it is not known whether they are paused.
func (c *comparison) reportUnclear() {
	for _, o := range c.after.Objects.OfGroup(object.CoreGroup) {
		if o.Ref.Kind != clusterKind && o.Ref.Kind != machineDeployment || !isUnclear(o) {
			continue
		}
		value := tree.Get(o.Node, "spec", "paused")
		d := c.diags.Warnf(diag.PauseUnknown, diag.At(o.Ref, "spec.paused"), "%s is neither true nor false, so whether changes wait is not known", written(value))
		if strings.Contains(value.Value, "${") {
			d.WithHint("compare manifests in which the variables are filled in, for example what `flux build kustomization` or `flux envsubst` writes")
		} else {
			d.WithHint("write true or false, without quotes")
		}
	}
}

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

// released says that what git held back until now, or may have, can happen: how far the machines are behind is not in the files.
func (c *comparison) released(p *Pool, before, after *group) {
	was, mayHave := c.before.waits(before), c.mayHaveWaited(before, after)
	if was == "" && !mayHave || p.Waits != "" || p.Has(Replace) || p.Has(MayReplace) {
		return
	}
	_, n, _ := before.transition(after.replicas)
	if n.most == 0 && !p.Machines.NotKnown {
		return
	}
	why := "was paused, and what was held back meanwhile happens now"
	if was == "" {
		why = "may have been paused, and what was held back meanwhile happens now"
	}
	if was == ForDeletion {
		why = "was OnDelete, and machines that nobody has deleted yet are replaced now"
	}
	p.Changes, p.Machines.MayBeReplaced = append(p.Changes, MayReplace), n.most
	p.Reasons = slices.Insert(p.Reasons, 0, Reason{Text: why})
}
