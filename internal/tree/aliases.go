// SPDX-License-Identifier: Apache-2.0

package tree

import (
	"errors"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// ErrTooLarge is what Expanded says of a tree whose aliases unfold beyond the budget.
var ErrTooLarge = errors.New("its YAML aliases unfold to too many values")

// maxNodes and maxBytes bound an unfolded object. The API server takes 3 MiB, which is less.
const (
	maxNodes = 200_000
	maxBytes = 8 << 20
)

// budget is what may still be unfolded.
type budget struct{ nodes, bytes int }

// HasAliases tells whether a tree has anchors, aliases or keys that merge.
func HasAliases(node *yaml.Node) bool {
	return node.Kind == yaml.AliasNode || node.Anchor != "" || IsMerge(node) || slices.ContainsFunc(node.Content, HasAliases)
}

// IsMerge recognises the key that brings in the entries of other mappings.
func IsMerge(key *yaml.Node) bool {
	return key.Kind == yaml.ScalarNode && key.Value == "<<" && key.ShortTag() == "!!merge"
}

// Merged gives the mappings that the value of a merge key brings in, aliases followed.
func Merged(value *yaml.Node) []*yaml.Node {
	sources := []*yaml.Node{value}
	if v := Resolved(value); v != nil && v.Kind == yaml.SequenceNode {
		sources = v.Content
	}
	var out []*yaml.Node
	for _, s := range sources {
		if s = Resolved(s); s != nil && s.Kind == yaml.MappingNode {
			out = append(out, s)
		}
	}
	return out
}

// IsClosed tells whether all aliases of a tree refer to what is in it. Of several objects in one document, one may refer to an anchor
// in another.
func IsClosed(node *yaml.Node) bool {
	within := map[*yaml.Node]bool{}
	anchors(node, within)
	return !leaves(node, within)
}

func anchors(node *yaml.Node, found map[*yaml.Node]bool) {
	if node.Anchor != "" && node.Kind != yaml.AliasNode {
		found[node] = true
	}
	for _, c := range node.Content {
		anchors(c, found)
	}
}

func leaves(node *yaml.Node, within map[*yaml.Node]bool) bool {
	return node.Kind == yaml.AliasNode && !within[node.Alias] ||
		slices.ContainsFunc(node.Content, func(c *yaml.Node) bool { return leaves(c, within) })
}

// Expanded copies a tree with its aliases and merge keys written out.
func Expanded(node *yaml.Node) (*yaml.Node, error) {
	return expand(node, &budget{maxNodes, maxBytes + size(node)}, 0)
}

// TextOf is how many bytes of text a node itself has, its comments included.
func TextOf(node *yaml.Node) int {
	return len(node.Value) + len(node.HeadComment) + len(node.LineComment) + len(node.FootComment)
}

// size is how many bytes of text a tree has, each alias counted as nothing.
func size(node *yaml.Node) int {
	n := TextOf(node)
	for _, c := range node.Content {
		n += size(c)
	}
	return n
}

func expand(node *yaml.Node, left *budget, depth int) (*yaml.Node, error) {
	left.nodes--
	left.bytes -= TextOf(node)
	if left.nodes < 0 || left.bytes < 0 || depth > 1000 {
		return nil, ErrTooLarge
	}
	if node.Kind == yaml.AliasNode {
		return expand(node.Alias, left, depth+1)
	}
	out := *node
	out.Anchor, out.Content = "", nil
	for i, c := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 1 && IsMerge(node.Content[i-1]) {
			continue
		}
		if node.Kind == yaml.MappingNode && i%2 == 0 && IsMerge(c) {
			if err := merge(&out, node, node.Content[i+1], left, depth); err != nil {
				return nil, err
			}
			continue
		}
		copied, err := expand(c, left, depth+1)
		if err != nil {
			return nil, err
		}
		out.Content = append(out.Content, copied)
	}
	return &out, nil
}

// merge copies what `<<: *a` or `<<: [*a, *b]` brings in, where the mapping has no entry of its own.
func merge(out, own, value *yaml.Node, left *budget, depth int) error {
	present := map[string]bool{}
	for _, m := range []*yaml.Node{own, out} {
		for i := 0; i+1 < len(m.Content); i += 2 {
			present[Resolved(m.Content[i]).Value] = true
		}
	}
	for _, s := range Merged(value) {
		expanded, err := expand(s, left, depth+1)
		if err != nil {
			return err
		}
		for i := 0; i+1 < len(expanded.Content); i += 2 {
			if key := expanded.Content[i].Value; !present[key] {
				present[key] = true
				out.Content = append(out.Content, expanded.Content[i], expanded.Content[i+1])
			}
		}
	}
	return nil
}
