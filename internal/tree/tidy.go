// SPDX-License-Identifier: Apache-2.0

package tree

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Sort orders the keys of a mapping as in the list; others follow in the order they have.
func Sort(mapping *yaml.Node, order []string) {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return
	}
	rankOf := func(key *yaml.Node) int {
		if i := slices.Index(order, key.Value); i >= 0 {
			return i
		}
		return len(order)
	}
	isSorted, last := true, 0
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		r := rankOf(mapping.Content[i])
		isSorted, last = isSorted && r >= last, r
	}
	if isSorted {
		return
	}
	type entry struct{ key, value *yaml.Node }
	entries := make([]entry, 0, len(mapping.Content)/2)
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		entries = append(entries, entry{mapping.Content[i], mapping.Content[i+1]})
	}
	rank := func(e entry) int { return rankOf(e.key) }
	slices.SortStableFunc(entries, func(a, b entry) int { return rank(a) - rank(b) })
	for i, e := range entries {
		mapping.Content[2*i], mapping.Content[2*i+1] = e.key, e.value
	}
}

// Prune removes nulls, empty strings, mappings and lists below a mapping: API servers refuse most of
// them, and they mean nothing. Keys listed in keep are not entered.
func Prune(mapping *yaml.Node, keep ...string) {
	for i := 0; i+1 < len(mapping.Content); {
		key, value := mapping.Content[i], mapping.Content[i+1]
		if value.Kind == yaml.MappingNode && !slices.Contains(keep, key.Value) {
			Prune(value, keep...)
		}
		if value.Kind == yaml.SequenceNode {
			for _, element := range value.Content {
				if element.Kind == yaml.MappingNode {
					Prune(element, keep...)
				}
			}
		}
		if isEmpty(value) {
			mapping.Content = slices.Delete(mapping.Content, i, i+2)
			continue
		}
		i += 2
	}
}

// IsPruned tells whether Prune would remove nothing.
func IsPruned(mapping *yaml.Node, keep ...string) bool {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		key, value := mapping.Content[i], mapping.Content[i+1]
		if isEmpty(value) || value.Kind == yaml.MappingNode && !slices.Contains(keep, key.Value) && !IsPruned(value, keep...) {
			return false
		}
		if value.Kind == yaml.SequenceNode && slices.ContainsFunc(value.Content, func(element *yaml.Node) bool {
			return element.Kind == yaml.MappingNode && !IsPruned(element, keep...)
		}) {
			return false
		}
	}
	return true
}

// PruneShallow removes nulls and empty strings, mappings and lists that stand directly in a mapping, and
// leaves what is below: there may be maps of the user's, where an empty value means something.
func PruneShallow(mapping *yaml.Node) {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(mapping.Content); {
		if isEmpty(mapping.Content[i+1]) {
			mapping.Content = slices.Delete(mapping.Content, i, i+2)
			continue
		}
		i += 2
	}
}

func isEmpty(n *yaml.Node) bool {
	if n.Kind == yaml.ScalarNode {
		return n.ShortTag() == yaml.NodeTagNull || n.Value == ""
	}
	return n.Kind != yaml.AliasNode && len(n.Content) == 0
}

// Writable mends what the YAML library would write so that it is read back as something else: a null
// without a word inside of braces, which becomes an empty string, and folded text with lines that are
// indented or empty at its end, which grows.
func Writable(node *yaml.Node) { writable(node, false) }

func writable(node *yaml.Node, flow bool) {
	if node.Kind == yaml.ScalarNode {
		if flow && node.Value == "" && node.ShortTag() == yaml.NodeTagNull {
			node.Value = "null"
		}
		if node.Style&yaml.FoldedStyle != 0 && (strings.Contains(node.Value, "\n ") || strings.Contains(node.Value, "\n\t") || strings.HasPrefix(node.Value, " ") || strings.HasSuffix(node.Value, "\n\n")) {
			node.Style = node.Style&^yaml.FoldedStyle | yaml.LiteralStyle
		}
		return
	}
	flow = flow || node.Style&yaml.FlowStyle != 0
	for _, c := range node.Content {
		writable(c, flow)
	}
}
