// SPDX-License-Identifier: Apache-2.0

// Package ownership compares the objects that should exist for a Cluster with those that do. It takes both, and gives
// Changes: what to keep, replace, add and remove. What carries another owner, or none, is never touched.
package ownership

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/comments"
	"sigs.k8s.io/kustomize/kyaml/order"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// Changes are what to do to the items of an input; they are given by position.
type Changes struct {
	Replace map[int]*yaml.RNode
	Remove  map[int]bool
	Add     []object.Desired
	// Kept pairs what exists with what should: the first node is the input's.
	Kept []Pair
}

// Pair is an object as it is and as it should be.
type Pair struct {
	Existing *object.Object
	Desired  object.Desired
}

// Compare gives the changes that turn the owner's objects among existing into the desired ones. The
// items are the nodes of the input by position, as they stand there.
func Compare(owner string, desired []object.Desired, existing *object.Set, items []*yaml.RNode) (Changes, diag.List) {
	var diags diag.List
	c := Changes{Replace: map[int]*yaml.RNode{}, Remove: map[int]bool{}}
	wanted := make(map[object.Key]bool, len(desired))
	for _, d := range desired {
		k := object.New(d.Node.YNode(), -1).Key()
		wanted[k] = true
		old := existing.Get(k)
		if old == nil {
			c.Add = append(c.Add, d)
			continue
		}
		if !object.SameOwner(old.Owner(), owner) {
			inTheWay(&diags, old, owner)
			continue
		}
		c.Kept = append(c.Kept, Pair{old, d})
		if n := updated(items[old.Item], d.Node); n != nil {
			c.Replace[old.Item] = n
		}
	}
	for _, o := range existing.OwnedBy(owner) {
		if !wanted[o.Key()] && !isTemplate(o) {
			c.Remove[o.Item] = true
		}
	}
	return c, diags
}

func inTheWay(diags *diag.List, old *object.Object, owner string) {
	at := diag.At(old.Ref, "metadata.name")
	if old.Owner() != "" {
		diags.Errorf(diag.ObjectInTheWay, at, "is the name of an object for %s, and belongs to %s", owner, old.Owner()).
			WithHint("rename a worker group or the StorageClass of one of the two")
		return
	}
	diags.Errorf(diag.ObjectInTheWay, at, "is the name of an object that vspread would write for %s", owner).
		WithHint("rename or delete it, or choose another name in the ClusterSpread; with the annotation %s: %s vspread takes it over", object.OwnerAnnotation, owner)
}

// isTemplate recognises what a MachineSet of a rollout may still need; it stays until it is pruned on
// purpose.
func isTemplate(o *object.Object) bool {
	return o.Ref.Kind == "VSphereMachineTemplate" || tree.Get(o.Node, "spec", "template") != nil && o.Ref.Kind != "MachineDeployment"
}

// UnusedTemplates gives the templates of ours that nothing refers to any more. Only the user knows whether a
// rollout that still needs one is under way.
func UnusedTemplates(all *object.Set) []*object.Object {
	var out []*object.Object
	for _, o := range all.All() {
		named := slices.ContainsFunc(all.Referrers(o), func(by *object.Object) bool { return !by.IsLocalConfig() })
		if o.Owner() != "" && isTemplate(o) && !named {
			out = append(out, o)
		}
	}
	return out
}

// updated gives the desired object in the place of the old one: with the old one's metadata that is not
// ours (where it lies in git among it), its comments and its order of fields. It gives nil when
// nothing changes.
func updated(old, desired *yaml.RNode) *yaml.RNode {
	if has(old.YNode(), desired.YNode(), 0) {
		return nil // as nearly all do; it is not worth a copy
	}
	n := tree.Clone(desired.YNode())
	for _, path := range [][]string{{"metadata"}, {"metadata", "labels"}, {"metadata", "annotations"}} {
		add(n, tree.Get(old.YNode(), path...), path...)
	}
	if tree.Equal(old.YNode(), n) {
		return nil
	}
	out := yaml.NewRNode(n)
	// Neither fails on two mappings, and all that is at stake is comments and order.
	_ = comments.CopyComments(old, out)
	_ = order.SyncOrder(old, out)
	return out
}

// has tells whether an object has all that is desired, and nothing else but metadata of the user's: labels, annotations and fields next to them.
// depth is 0 for the object, 1 for its metadata and 2 for its labels and annotations.
func has(old, desired *yaml.Node, depth int) bool {
	old = tree.Resolved(old)
	if old == nil || old.Kind != yaml.MappingNode || desired.Kind != yaml.MappingNode {
		return tree.Equal(old, desired)
	}
	left := len(desired.Content) / 2
	for i := 0; i+1 < len(old.Content); i += 2 {
		key, value := old.Content[i], old.Content[i+1]
		wanted := tree.Get(desired, key.Value)
		isMetadata := depth == 0 && key.Value == "metadata"
		isNotes := depth == 1 && (key.Value == "labels" || key.Value == "annotations")
		switch {
		case wanted == nil && (depth == 0 || object.IsManaged(key.Value)):
			return false
		case wanted == nil:
			continue
		case isMetadata || isNotes:
			if !has(value, wanted, depth+1) {
				return false
			}
		case !tree.Equal(value, wanted):
			return false
		}
		left--
	}
	return left == 0
}

// add brings the entries of a mapping to the one at a path, where that has none of their names and they are not
// what vspread wrote and no longer wants.
func add(n, entries *yaml.Node, path ...string) {
	if entries == nil || entries.Kind != yaml.MappingNode {
		return
	}
	present := map[string]bool{}
	if own := tree.Get(n, path...); own != nil {
		for i := 0; i+1 < len(own.Content); i += 2 {
			present[own.Content[i].Value] = true
		}
	}
	for i := 0; i+1 < len(entries.Content); i += 2 {
		if key := entries.Content[i]; !present[key.Value] && !object.IsManaged(key.Value) {
			tree.Append(n, tree.Clone(key), tree.Clone(entries.Content[i+1]), path...)
		}
	}
}
