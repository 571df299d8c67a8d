// SPDX-License-Identifier: Apache-2.0

package expand

import (
	"strconv"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/place"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// bound splits a group's bounds over its pools. What overrides fix counts towards both. A pool's lower bound is
// never above its upper one, because a larger total shrinks no share.
func (e *expansion) bound(pools []Pool, indices []int, bins []place.Bin, bounds v1alpha1.Autoscaling, fixed int, at diag.Where) {
	if fixed > bounds.Min {
		e.diags.Errorf(diag.ReplicasConflict, at.Dot("min"), "is %d, less than the %d that overrides fix", bounds.Min, fixed).
			WithHint("raise min or lower the replicas of the overrides")
		return
	}
	low, _ := place.Spread(bounds.Min-fixed, bins)
	high, unplaced := place.Spread(bounds.Max-fixed, bins)
	if unplaced > 0 {
		e.diags.Errorf(diag.NoActiveDatastore, at.Dot("max"), "%s nowhere to go: every datastore is gone, drained or fixed", diag.Count(unplaced, "machine has", "machines have")).
			WithHint("refresh the inventory, take back a drain, or leave one datastore without fixed replicas")
		return
	}
	for j, i := range indices {
		if high[j] > 0 {
			pools[i].Bounds = &v1alpha1.Autoscaling{Min: low[j], Max: high[j]}
		}
	}
}

// unbound takes a node group's bounds off a MachineDeployment: each copy of it would get them whole. What its nodes
// offer besides what we know, such as graphics cards, is true of each copy.
func (e *expansion) unbound(node *yaml.Node, from *object.Object, group v1alpha1.WorkerGroup) {
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
	if dropped && group.Autoscaling == nil {
		e.diags.Warnf(diag.AutoscalerBoundsDropped, diag.At(from.Ref, "metadata.annotations"), "the autoscaler's bounds are not carried over to the pools of group %s", group.Name).
			WithHint("write them in the group, which splits them: autoscaling: {min: …, max: …}")
	}
}

// autoscaled gives a MachineDeployment its bounds, or its replicas: with both, deployer and autoscaler would
// fight over the number. The pool's machine and bootstrap template say what the autoscaler may expect of a node.
func (e *expansion) autoscaled(node *yaml.Node, pool Pool, machine, bootstrap *yaml.Node) {
	if pool.Bounds == nil {
		if tree.String(node, "spec", "replicas") != strconv.Itoa(pool.Replicas) {
			tree.Set(node, codec.Int(pool.Replicas), "spec", "replicas")
		}
		return
	}
	tree.Remove(node, "spec", "replicas")
	set := func(value, key string) { tree.Set(node, codec.String(value), "metadata", "annotations", key) }
	set(strconv.Itoa(pool.Bounds.Min), object.MinSizeAnnotation)
	set(strconv.Itoa(pool.Bounds.Max), object.MaxSizeAnnotation)
	for _, c := range []struct{ field, key, unit string }{
		{"numCPUs", "cpu", ""}, {"memoryMiB", "memory", "Mi"}, {"diskGiB", "ephemeral-disk", "Gi"},
	} {
		if n, err := strconv.Atoi(tree.String(machine, c.field)); err == nil {
			set(strconv.Itoa(n)+c.unit, object.CapacityAnnotation+c.key)
		}
	}
	said := func(key string) string {
		return tree.String(node, "metadata", "annotations", object.CapacityAnnotation+key)
	}
	set(nodeLabels(node, said("labels")), object.CapacityAnnotation+"labels")
	if taints := nodeTaints(node, bootstrap, said("taints")); taints != said("taints") {
		set(taints, object.CapacityAnnotation+"taints")
	}
}
