// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"strconv"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// unbound takes a node group's bounds off a MachineDeployment: each copy of it would get them whole. What its nodes
// offer besides what we know, such as graphics cards, is true of each copy.
func unbound(node *yaml.Node, from *object.Object, g group, diags *diag.List) {
	annotations := tree.Get(node, "metadata", "annotations")
	dropped := false
	for k := range tree.Strings(annotations) {
		if k == object.MinSizeAnnotation || k == object.MaxSizeAnnotation {
			tree.Remove(annotations, k)
			dropped = true
		}
	}
	if annotations != nil && len(annotations.Content) == 0 {
		tree.Remove(node, "metadata", "annotations")
	}
	if dropped && g.Autoscaling == nil {
		diags.Warnf(diag.AutoscalerBoundsDropped, diag.At(from.Ref, "metadata.annotations"), "the autoscaler's bounds are not carried over to the pools of group %s", g.Name).
			WithHint("write them in the group, which splits them: autoscaling: {min: …, max: …}")
	}
}

// autoscaled gives a MachineDeployment its bounds, or its replicas: with both, deployer and autoscaler would
// fight over the number. The size of the pool's machines and the bootstrap template say what the autoscaler may expect of a node.
func autoscaled(node *yaml.Node, p pool, size site.Size, bootstrap *yaml.Node) {
	if p.Bounds == nil {
		if tree.String(node, "spec", "replicas") != strconv.Itoa(p.Replicas) {
			tree.Set(node, codec.Int(p.Replicas), "spec", "replicas")
		}
		return
	}
	tree.Remove(node, "spec", "replicas")
	set := func(value, key string) { tree.Set(node, codec.String(value), "metadata", "annotations", key) }
	set(strconv.Itoa(p.Bounds.Min), object.MinSizeAnnotation)
	set(strconv.Itoa(p.Bounds.Max), object.MaxSizeAnnotation)
	offers(size, set)
	said := func(key string) string {
		return tree.String(node, "metadata", "annotations", object.CapacityAnnotation+key)
	}
	set(nodeLabels(node, said("labels")), object.CapacityAnnotation+"labels")
	if taints := nodeTaints(node, bootstrap, said("taints")); taints != said("taints") {
		set(taints, object.CapacityAnnotation+"taints")
	}
}
