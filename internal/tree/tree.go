// SPDX-License-Identifier: Apache-2.0

// Package tree takes YAML nodes and paths, and gives or changes the values there. Objects stay nodes from input to output,
// so that comments, order and fields that vspread does not know live on.
//
// Paths are keys of mappings. No function changes a node that it was not told to change, and none
// follows aliases without end: Expanded (aliases.go) copies them out within a budget first. tidy.go orders and prunes
// what is about to be written.
package tree

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Get finds the value at a path, or nil. A null is no value.
func Get(node *yaml.Node, path ...string) *yaml.Node {
	for _, key := range path {
		node = Resolved(node)
		if node == nil || node.Kind != yaml.MappingNode {
			return nil
		}
		i := find(node, key)
		if i < 0 {
			return nil
		}
		node = node.Content[i+1]
	}
	node = Resolved(node)
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
		if v := Resolved(n.Content[i+1]); v != nil && v.Kind == yaml.ScalarNode {
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

// Clone copies a tree that holds no aliases.
func Clone(node *yaml.Node) *yaml.Node {
	if node == nil {
		return nil
	}
	n := count(node)
	c := cloning{nodes: make([]yaml.Node, n), content: make([]*yaml.Node, n-1)}
	return c.clone(node)
}

// count gives the number of nodes of a tree.
func count(node *yaml.Node) int {
	n := 1
	for _, c := range node.Content {
		n += count(c)
	}
	return n
}

// cloning copies a tree into two pieces of memory: a piece for each node takes several times as long.
type cloning struct {
	nodes   []yaml.Node
	content []*yaml.Node
}

func (c *cloning) clone(node *yaml.Node) *yaml.Node {
	out := &c.nodes[0]
	c.nodes = c.nodes[1:]
	*out = *node
	n := len(node.Content)
	out.Content, c.content = c.content[:n:n], c.content[n:]
	for i, x := range node.Content {
		out.Content[i] = c.clone(x)
	}
	return out
}

// Equal tells whether an API server is sent the same for two trees, whatever their order of keys, style and comments.
func Equal(a, b *yaml.Node) bool {
	a, b = Resolved(a), Resolved(b)
	if a == nil || b == nil {
		return a == b
	}
	if a.Kind != b.Kind || len(a.Content) != len(b.Content) {
		return false
	}
	switch a.Kind {
	case yaml.ScalarNode:
		return sentAlike(a, b)
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

// Resolved gives what an alias stands for, the content of a document, and any other node as it is.
func Resolved(node *yaml.Node) *yaml.Node {
	// An alias cannot point to an alias.
	if node != nil && node.Kind == yaml.AliasNode {
		return node.Alias
	}
	if node != nil && node.Kind == yaml.DocumentNode && len(node.Content) == 1 {
		return node.Content[0]
	}
	return node
}
