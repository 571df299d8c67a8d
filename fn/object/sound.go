// SPDX-License-Identifier: Apache-2.0

package object

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// IsCompared tells whether an object is of the kinds that are understood, and not only passed on: those that an expansion reads, and
// StorageClasses.
func (o *Object) IsCompared() bool { return o.IsRead() || o.Group() == "storage.k8s.io" }

// MakeSound leaves of an object what everybody reads alike, and reports the rest: keys that stand twice, of which some readers take
// the first and some the last, and metadata that is none. It tells whether the object can be used. Aliases are left as they are.
func (o *Object) MakeSound(diags *diag.List) bool {
	o.Node = single(o.Node, diag.At(o.Ref, ""), diags)
	for _, path := range [][]string{{"metadata"}, {"metadata", "labels"}, {"metadata", "annotations"}} {
		if n := tree.Get(o.Node, path...); n != nil && n.Kind != yaml.MappingNode {
			diags.Errorf(diag.WrongType, diag.At(o.Ref, strings.Join(path, ".")), "must be a mapping")
			return false
		}
	}
	return true
}

// single gives a node as it is, or, when keys stand twice in it, a copy with the first of each.
func single(node *yaml.Node, at diag.Where, diags *diag.List) *yaml.Node {
	if !hasDuplicates(node) {
		return node
	}
	node = tree.Clone(node)
	var found diag.List
	dropDuplicates(node, at, &found)
	if more := len(found) - mostTold; more > 0 {
		found = append(found[:mostTold], &diag.Diagnostic{Severity: diag.Error, Code: diag.DuplicateKey, Where: at,
			Message: fmt.Sprintf("%d more keys stand twice", more)})
	}
	diags.Append(found...)
	return node
}

// refuseReplaced reports keys that stand before a merge key, which brings another value: some readers take the one, some the other.
func refuseReplaced(seen map[string]bool, value *yaml.Node, at diag.Where, diags *diag.List) {
	for _, m := range tree.Merged(value) {
		for i := 0; i+1 < len(m.Content); i += 2 {
			if key := m.Content[i].Value; seen[key] && key != "<<" {
				diags.Errorf(diag.DuplicateKey, at.Dot(key), "%q stands before a << that brings it as well", key).
					WithHint("write << first; some readers of YAML let it replace what stands before it")
			}
		}
	}
}

// mostTold is how many keys of an object that stand twice are named.
const mostTold = 100

// small is up to how many keys it is cheaper to compare them with each other than to remember them.
const small = 16

func hasDuplicates(node *yaml.Node) bool {
	if node.Kind == yaml.MappingNode {
		var seen map[string]bool
		if len(node.Content) > 2*small {
			seen = make(map[string]bool, len(node.Content)/2)
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i]
			if key.Kind != yaml.ScalarNode {
				continue // the API server refuses it
			}
			if i > 0 && tree.IsMerge(key) {
				return true // which may be one
			}
			if seen != nil {
				if seen[key.Value] {
					return true
				}
				seen[key.Value] = true
				continue
			}
			for j := 0; j < i; j += 2 {
				if other := node.Content[j]; other.Value == key.Value && other.Kind == yaml.ScalarNode {
					return true
				}
			}
		}
	}
	return slices.ContainsFunc(node.Content, hasDuplicates)
}

func dropDuplicates(node *yaml.Node, at diag.Where, diags *diag.List) {
	switch node.Kind {
	case yaml.MappingNode:
		seen := map[string]bool{}
		kept := node.Content[:0]
		for i := 0; i+1 < len(node.Content); i += 2 {
			key, value := node.Content[i], node.Content[i+1]
			if key.Kind == yaml.ScalarNode {
				here := at.Dot(key.Value)
				if seen[key.Value] {
					diags.Errorf(diag.DuplicateKey, here, "%q stands twice", key.Value).WithHint("keep one of the two")
					continue
				}
				seen[key.Value] = true
				if tree.IsMerge(key) {
					refuseReplaced(seen, value, at, diags)
				}
				dropDuplicates(value, here, diags)
			}
			kept = append(kept, key, value)
		}
		node.Content = kept
	case yaml.SequenceNode:
		for i, element := range node.Content {
			dropDuplicates(element, at.Index(i), diags)
		}
	}
}
