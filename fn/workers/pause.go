// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// pausedAnnotation stops what Cluster API and its providers do with an object, whatever its value.
const pausedAnnotation = "cluster.x-k8s.io/paused"

// states are annotations that say what is to happen to a running object right now. Pools are copied from the shape of a
// seed: what somebody does to the seed's own machines, as clusterctl does when it moves a Cluster, is not meant for them.
var states = []string{pausedAnnotation, "cluster.x-k8s.io/delete-machine", "cluster.x-k8s.io/remediate-machine"}

// annotationsOf are where an object has annotations for itself and for what is made from it.
var annotationsOf = [][]string{{"metadata", "annotations"}, {"spec", "template", "metadata", "annotations"}}

// withoutStates takes out of a copy what is a state of the original.
func withoutStates(node *yaml.Node) {
	if tree.String(node, "kind") == "MachineDeployment" && isTrue(node, "spec", "paused") {
		tree.Remove(node, "spec", "paused")
	}
	for _, path := range annotationsOf {
		for _, state := range states {
			removeWithParents(node, append(slices.Clone(path), state))
		}
	}
}

// noteStates tells of what the pools do not take over from a group's seed.
func noteStates(s seed, diags *diag.List) {
	for _, o := range s.objects() {
		if o == s.deployment && isTrue(o.Node, "spec", "paused") {
			diags.Infof(diag.Paused, diag.At(o.Ref, "spec.paused"), "is a state of what runs, and not copied: the pools are not paused").
				WithHint("to make no machines yet, write replicas: 0 in the worker group")
		}
		for _, path := range annotationsOf {
			if o != s.deployment && path[0] == "metadata" {
				continue // nothing acts on a template itself
			}
			for _, state := range states {
				if tree.Get(o.Node, append(slices.Clone(path), state)...) == nil {
					continue
				}
				diags.Infof(diag.Paused, diag.At(o.Ref, joinPath(path)), "%s is a state of what runs, and not copied to the pools", state).
					WithHint("set it on the pools' own objects in the cluster while it is needed there")
			}
		}
	}
}

// warnPaused reports what is paused and stays so: the Cluster, what it waits for, and MachineDeployments that are pools.
func warnPaused(in Input, diags *diag.List) {
	c := in.Cluster
	if isTrue(c.Object.Node, "spec", "paused") {
		diags.Warnf(diag.Paused, c.At("spec.paused"), "is true: Cluster API neither makes nor removes a machine of this Cluster").
			WithHint("set it to false when the work that it is paused for is done")
	}
	for _, o := range []*object.Object{c.Object, c.Infrastructure, c.ControlPlane} {
		if o != nil && tree.Get(o.Node, "metadata", "annotations", pausedAnnotation) != nil {
			diags.Warnf(diag.Paused, diag.At(o.Ref, "metadata.annotations"), "has %s: a new cluster does not come up, so that no worker can join", pausedAnnotation).
				WithHint("take it off when the work that it is paused for is done")
		}
	}
	for _, md := range in.Objects.MachineDeployments(c.Object) {
		if md.Owner() == "" && !isAdopted(md.Ref.Name, in.Groups) {
			continue
		}
		const hint = "take it off when the work that it is paused for is done"
		if isTrue(md.Node, "spec", "paused") && md.Owner() == "" {
			diags.Warnf(diag.Paused, diag.At(md.Ref, "spec.paused"), "is true, so this pool does not roll its machines out, and has none if it is new").WithHint(hint)
		}
		if tree.Get(md.Node, "metadata", "annotations", pausedAnnotation) != nil {
			diags.Warnf(diag.Paused, diag.At(md.Ref, "metadata.annotations"), "has %s, so this pool does not get its share", pausedAnnotation).WithHint(hint)
		}
	}
}

func isTrue(node *yaml.Node, path ...string) bool {
	value, _ := tree.Bool(tree.Get(node, path...))
	return value
}
