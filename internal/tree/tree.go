// SPDX-License-Identifier: Apache-2.0

// Package tree finds and changes values in YAML nodes by path. Objects stay nodes from input to output,
// so that comments, order and fields that vspread does not know live on.
//
// Paths are keys of mappings. No function changes a node that it was not told to change, and none
// follows aliases without end: Expanded copies them out within a budget first.
package tree

import (
	"errors"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Get finds the value at a path, or nil. A null is no value.
func Get(node *yaml.Node, path ...string) *yaml.Node {
	for _, key := range path {
		node = resolve(node)
		if node == nil || node.Kind != yaml.MappingNode {
			return nil
		}
		i := find(node, key)
		if i < 0 {
			return nil
		}
		node = node.Content[i+1]
	}
	node = resolve(node)
	if node == nil || node.Kind == yaml.ScalarNode && node.ShortTag() == yaml.NodeTagNull {
		return nil
	}
	return node
}

// String gives the scalar at a path, or "".
func String(node *yaml.Node, path ...string) string {
	n := Get(node, path...)
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.Value
}

// Strings gives the scalar entries of the mapping at a path, in a map of its own; nil when there is none.
func Strings(node *yaml.Node, path ...string) map[string]string {
	n := Get(node, path...)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	m := make(map[string]string, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		if v := resolve(n.Content[i+1]); v != nil && v.Kind == yaml.ScalarNode {
			m[n.Content[i].Value] = v.Value
		}
	}
	return m
}

// List gives the elements of the sequence at a path.
func List(node *yaml.Node, path ...string) []*yaml.Node {
	n := Get(node, path...)
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// Set puts a value at a path, making mappings on the way; the comment behind a scalar that it replaces stays.
func Set(node *yaml.Node, value *yaml.Node, path ...string) {
	for i, key := range path {
		if i == len(path)-1 {
			setKey(node, key, value)
			return
		}
		next := Get(node, key)
		if next == nil || next.Kind != yaml.MappingNode {
			next = &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
			setKey(node, key, next)
		} else if len(next.Content) == 0 {
			next.Style = 0 // {} grows into a block
		}
		node = next
	}
}

// Replace puts another value at a path. The comments on the entry were about the old value and go with it; a value that is
// equal stays as it is.
func Replace(node, value *yaml.Node, path ...string) {
	if old := Get(node, path...); old != nil && Equal(old, value) {
		return
	}
	last := len(path) - 1
	if parent := Get(node, path[:last]...); parent != nil && parent.Kind == yaml.MappingNode {
		if i := find(parent, path[last]); i >= 0 {
			parent.Content[i] = &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: path[last]}
			parent.Content[i+1] = value
			return
		}
	}
	Set(node, value, path...)
}

// Append adds an entry to the mapping at a path, making it on the way. The caller knows that it has none of
// this key.
func Append(node, key, value *yaml.Node, path ...string) {
	mapping := Get(node, path...)
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		mapping = &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
		Set(node, mapping, path...)
	}
	mapping.Content = append(mapping.Content, key, value)
}

// Fill is Set where there is no value yet.
func Fill(node *yaml.Node, value *yaml.Node, path ...string) {
	if Get(node, path...) == nil {
		Set(node, value, path...)
	}
}

// Remove takes out the entry at a path, and gives its value or nil.
func Remove(node *yaml.Node, path ...string) *yaml.Node {
	last := len(path) - 1
	parent := Get(node, path[:last]...)
	if parent == nil || parent.Kind != yaml.MappingNode {
		return nil
	}
	i := find(parent, path[last])
	if i < 0 {
		return nil
	}
	value := parent.Content[i+1]
	parent.Content = slices.Delete(parent.Content, i, i+2)
	return value
}

// Move takes the value at one path to another; it reports whether there was one.
func Move(node *yaml.Node, from, to []string) bool {
	value := Remove(node, from...)
	if value == nil || value.Kind == yaml.ScalarNode && value.ShortTag() == yaml.NodeTagNull {
		return false
	}
	Set(node, value, to...)
	return true
}

// Sort orders the keys of a mapping as in the list; others follow in the order they have.
func Sort(mapping *yaml.Node, order []string) {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return
	}
	type entry struct{ key, value *yaml.Node }
	var entries []entry
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		entries = append(entries, entry{mapping.Content[i], mapping.Content[i+1]})
	}
	rank := func(e entry) int {
		if i := slices.Index(order, e.key.Value); i >= 0 {
			return i
		}
		return len(order)
	}
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

// Clone copies a tree that holds no aliases.
func Clone(node *yaml.Node) *yaml.Node {
	if node == nil {
		return nil
	}
	out := *node
	out.Content = make([]*yaml.Node, len(node.Content))
	for i, c := range node.Content {
		out.Content[i] = Clone(c)
	}
	return &out
}

// ErrTooLarge is what Expanded says of a tree whose aliases unfold beyond the budget.
var ErrTooLarge = errors.New("its YAML aliases unfold to too many values")

// maxNodes bounds an unfolded object. The API server takes 3 MiB, which is far less.
const maxNodes = 200_000

// HasAliases tells whether a tree has anchors or aliases.
func HasAliases(node *yaml.Node) bool {
	return node.Kind == yaml.AliasNode || node.Anchor != "" || slices.ContainsFunc(node.Content, HasAliases)
}

// Expanded copies a tree with its aliases and merge keys written out.
func Expanded(node *yaml.Node) (*yaml.Node, error) {
	budget := maxNodes
	return expand(node, &budget, 0)
}

func expand(node *yaml.Node, budget *int, depth int) (*yaml.Node, error) {
	if *budget--; *budget < 0 || depth > 1000 {
		return nil, ErrTooLarge
	}
	if node.Kind == yaml.AliasNode {
		return expand(node.Alias, budget, depth+1)
	}
	out := *node
	out.Anchor, out.Content = "", nil
	for i, c := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 1 && node.Content[i-1].ShortTag() == "!!merge" {
			continue
		}
		if node.Kind == yaml.MappingNode && i%2 == 0 && c.ShortTag() == "!!merge" {
			if err := merge(&out, node, node.Content[i+1], budget, depth); err != nil {
				return nil, err
			}
			continue
		}
		copied, err := expand(c, budget, depth+1)
		if err != nil {
			return nil, err
		}
		out.Content = append(out.Content, copied)
	}
	return &out, nil
}

// merge copies what `<<: *a` or `<<: [*a, *b]` brings in, where the mapping has no entry of its own.
func merge(out, own, value *yaml.Node, budget *int, depth int) error {
	present := map[string]bool{}
	for _, m := range []*yaml.Node{own, out} {
		for i := 0; i+1 < len(m.Content); i += 2 {
			present[m.Content[i].Value] = true
		}
	}
	sources := []*yaml.Node{value}
	if v := resolve(value); v != nil && v.Kind == yaml.SequenceNode {
		sources = v.Content
	}
	for _, s := range sources {
		expanded, err := expand(s, budget, depth+1)
		if err != nil {
			return err
		}
		if expanded.Kind != yaml.MappingNode {
			continue
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

// Equal tells whether two trees mean the same, whatever their order of keys, style and comments.
func Equal(a, b *yaml.Node) bool {
	a, b = resolve(a), resolve(b)
	if a == nil || b == nil {
		return a == b
	}
	if a.Kind != b.Kind || len(a.Content) != len(b.Content) {
		return false
	}
	switch a.Kind {
	case yaml.ScalarNode:
		return a.ShortTag() == b.ShortTag() && a.Value == b.Value
	case yaml.MappingNode:
		values := make(map[string]*yaml.Node, len(b.Content)/2)
		for i := 0; i+1 < len(b.Content); i += 2 {
			values[b.Content[i].Value] = b.Content[i+1]
		}
		for i := 0; i+1 < len(a.Content); i += 2 {
			if v, ok := values[a.Content[i].Value]; !ok || !Equal(a.Content[i+1], v) {
				return false
			}
		}
		return true
	}
	for i := range a.Content {
		if !Equal(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}

func setKey(mapping *yaml.Node, key string, value *yaml.Node) {
	if i := find(mapping, key); i >= 0 {
		old := mapping.Content[i+1]
		if value.LineComment == "" && old.Kind == yaml.ScalarNode && value.Kind == yaml.ScalarNode {
			value.LineComment = old.LineComment
		}
		mapping.Content[i+1] = value
		return
	}
	mapping.Content = append(mapping.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: key}, value)
}

func find(mapping *yaml.Node, key string) int {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return i
		}
	}
	return -1
}

func resolve(node *yaml.Node) *yaml.Node {
	// An alias cannot point to an alias.
	if node != nil && node.Kind == yaml.AliasNode {
		return node.Alias
	}
	if node != nil && node.Kind == yaml.DocumentNode && len(node.Content) == 1 {
		return node.Content[0]
	}
	return node
}
