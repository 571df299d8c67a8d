// SPDX-License-Identifier: Apache-2.0

package source

import (
	"path"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/naming"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/tree"
)

// WithoutCopies leaves out what `vspread render -o` copied: in a directory with output of ours and without a
// ClusterSpread, an object that also stands outside of it. Of our own objects one stays as earlier output.
func WithoutCopies(items []*yaml.RNode) []*yaml.RNode {
	hasOurs, hasSpread := map[string]bool{}, map[string]bool{}
	objects := make([]*object.Object, len(items))
	byKey := map[object.Key][]int{}
	var nameless []int
	for i, n := range items {
		objects[i] = object.New(n.YNode(), i)
		if objects[i].Ref.Name != "" {
			byKey[objects[i].Key()] = append(byKey[objects[i].Key()], i)
		} else {
			nameless = append(nameless, i)
		}
		for dir := range directories(objects[i].Place) {
			hasOurs[dir] = hasOurs[dir] || objects[i].Owner() != ""
			hasSpread[dir] = hasSpread[dir] || objects[i].IsSpread()
		}
	}
	isOutput := func(o *object.Object) bool {
		for dir := range directories(o.Place) {
			if hasOurs[dir] && !hasSpread[dir] {
				return true
			}
		}
		return false
	}
	drop := map[int]bool{}
	for _, same := range byKey {
		if len(same) < 2 {
			continue
		}
		var originals, copies []int
		for _, i := range same {
			if isOutput(objects[i]) || objects[i].Owner() != "" {
				copies = append(copies, i)
			} else {
				originals = append(originals, i)
			}
		}
		if len(originals) == 0 && allOurs(objects, copies) {
			copies = copies[1:] // they were written from the same input
		} else if len(originals) == 0 {
			continue // reported as standing twice
		}
		for _, i := range copies {
			drop[i] = objects[i].Owner() == "" || len(originals) == 0
		}
	}
	// What has no name is known by what it says.
	originals := map[string][]*object.Object{}
	for _, i := range nameless {
		if !isOutput(objects[i]) {
			hash, _ := naming.Spec(object.WithoutNotes(objects[i].Node))
			originals[hash] = append(originals[hash], objects[i])
		}
	}
	for _, i := range nameless {
		if len(originals) > 0 && isOutput(objects[i]) {
			hash, _ := naming.Spec(object.WithoutNotes(objects[i].Node))
			drop[i] = slices.ContainsFunc(originals[hash], func(x *object.Object) bool { return alike(x, objects[i]) })
		}
	}
	var out []*yaml.RNode
	for i, n := range items {
		if !drop[i] {
			out = append(out, n)
		}
	}
	return WithoutEqual(out)
}

// WithoutEqual leaves out what another file says in the same words, such as the manifests of a cloud provider that clusterctl
// writes next to each cluster. Two of a Cluster or of a ClusterSpread are a mistake even so, as in a folder that was copied
// and not changed yet.
func WithoutEqual(items []*yaml.RNode) []*yaml.RNode {
	first := map[object.Key]*object.Object{}
	return slices.DeleteFunc(items, func(n *yaml.RNode) bool {
		o := object.New(n.YNode(), 0)
		if o.Place == "" || o.Ref.Name == "" || o.Owner() != "" || o.Group() == v1alpha1.Group || o.Group() == object.CoreGroup && o.Ref.Kind == "Cluster" || o.IsInventory() {
			return false
		}
		x, isThere := first[o.Key()]
		if !isThere {
			first[o.Key()] = o
			return false
		}
		return x.Place != o.Place && alike(x, o)
	})
}

// alike tells whether two objects say the same.
func alike(a, b *object.Object) bool {
	return !tree.HasAliases(a.Node) && !tree.HasAliases(b.Node) && tree.Equal(object.WithoutNotes(a.Node), object.WithoutNotes(b.Node))
}

func allOurs(objects []*object.Object, of []int) bool {
	return !slices.ContainsFunc(of, func(i int) bool { return objects[i].Owner() == "" })
}

// directories gives the directories that a file is in, the nearest first.
func directories(file string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		if file == "" {
			return
		}
		for dir := path.Dir(file); yield(dir) && dir != "." && dir != "/"; {
			dir = path.Dir(dir)
		}
	}
}
