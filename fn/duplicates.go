// SPDX-License-Identifier: Apache-2.0

package fn

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// single gives a node as it is, or, when keys stand twice in it, a copy with the first of each. Which one counts depends
// on who reads: some take the first, some the last.
func single(node *yaml.Node, at diag.Where, diags *diag.List) *yaml.Node {
	if !hasDuplicates(node) {
		return node
	}
	node = tree.Clone(node)
	dropDuplicates(node, at, diags)
	return node
}

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
