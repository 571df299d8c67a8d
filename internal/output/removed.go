// SPDX-License-Identifier: Apache-2.0

package output

import (
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// removedHint is how to keep the machines of a pool that is removed, or to move them first, by what takes its place.
func removedHint(pool *object.Object, output map[object.Identity]*object.Object) string {
	group, datastore := placeOf(pool)
	var instead *object.Object
	isGroupThere := group == ""
	for _, o := range output {
		if o.Ref.Kind != "MachineDeployment" || o.Keeper() == "" || !object.SameOwner(o.Keeper(), pool.Keeper()) {
			continue
		}
		g, d := placeOf(o)
		isGroupThere = isGroupThere || g == group
		// Of several the one of the same group, and then the first by name.
		if d == datastore && d != "" && (instead == nil || isNearer(o, instead, group)) {
			instead = o
		}
	}
	own, other := "", ""
	if instead != nil {
		own, _ = placeOf(instead)
		other = diag.Printable(instead.Ref.Name)
	}
	switch {
	case instead != nil && own == group && instead.Owner() == "":
		return other + " is adopted and takes its place; to move its machines first, take adopt: out again and set drain: true in the override, and adopt when they are gone"
	case instead != nil && own == group:
		return other + " takes its place; to keep it and its machines, give the override for its datastore the name: that it had"
	case !isGroupThere && instead != nil:
		return "group " + group + " is gone, and group " + own + " is on its datastore; if it was only renamed, call it " + group + " again: pools are called after their groups, and the same machines would be created under another name"
	case !isGroupThere:
		return "group " + group + " is gone; to move its machines first, keep the group with replicas: 0"
	}
	return "to move its machines first, keep it and set state: gone in the inventory or drain: true in an override"
}

// placeOf gives the worker group and the datastore of a pool, as its nodes are labelled.
func placeOf(pool *object.Object) (group, datastore string) {
	labels := tree.Strings(pool.Node, "spec", "template", "metadata", "labels")
	return labels["node.cluster.x-k8s.io/worker-group"], labels["node.cluster.x-k8s.io/datastore"]
}

func isNearer(a, b *object.Object, group string) bool {
	groupA, _ := placeOf(a)
	groupB, _ := placeOf(b)
	if (groupA == group) != (groupB == group) {
		return groupA == group
	}
	return a.Ref.Name < b.Ref.Name
}
