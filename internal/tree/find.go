// SPDX-License-Identifier: Apache-2.0

package tree

import (
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Field is where a path leads.
type Field struct {
	// Name is the node at which an editor shows the field: its key, an element of a list, or the object itself.
	Name *yaml.Node
	// Value is what the field holds.
	Value *yaml.Node
	// Rest is the part of the path that leads to nothing.
	Rest string
}

// Find follows a path as diagnostics write it, such as spec.workers[2].labels.example.com/rack or data["inventory.yaml"], as far as
// it leads. Of a key that stands twice it takes the last one if told so.
func Find(node *yaml.Node, path string, last bool) Field {
	f := Field{Name: Resolved(node), Value: Resolved(node), Rest: path}
	if v := f.Value; v != nil && v.Kind == yaml.MappingNode && len(v.Content) > 0 {
		f.Name = v.Content[0]
	}
	for f.Rest != "" && f.Value != nil {
		name, value, rest := step(f.Value, strings.TrimPrefix(f.Rest, "."), last)
		if value == nil {
			break
		}
		if name.Line > 0 { // what was added since it was read is nowhere in the file
			f.Name = name
		}
		f.Value, f.Rest = Resolved(value), rest
	}
	return f
}

// step goes down by one key or index.
func step(node *yaml.Node, path string, last bool) (name, value *yaml.Node, rest string) {
	switch node.Kind {
	case yaml.SequenceNode:
		index, rest, found := strings.Cut(strings.TrimPrefix(path, "["), "]")
		if i, err := strconv.Atoi(index); found && err == nil && i >= 0 && i < len(node.Content) {
			return node.Content[i], node.Content[i], rest
		}
	case yaml.MappingNode:
		length := -1
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i]
			n, ok := startsWith(path, key.Value)
			if isBetter := n > length || n == length && last; ok && isBetter {
				name, value, rest, length = key, node.Content[i+1], path[n:], n
			}
		}
		if value != nil {
			return name, value, rest
		}
		return merged(node, path, last)
	}
	return nil, nil, ""
}

// merged goes down into what `<<` brings in.
func merged(node *yaml.Node, path string, last bool) (name, value *yaml.Node, rest string) {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].ShortTag() != "!!merge" {
			continue
		}
		sources := []*yaml.Node{node.Content[i+1]}
		if v := Resolved(node.Content[i+1]); v != nil && v.Kind == yaml.SequenceNode {
			sources = v.Content
		}
		for _, s := range sources {
			if s = Resolved(s); s == nil || s.Kind != yaml.MappingNode {
				continue
			}
			for j := 0; j+1 < len(s.Content); j += 2 {
				if n, ok := startsWith(path, s.Content[j].Value); ok {
					return s.Content[j], s.Content[j+1], path[n:]
				}
			}
		}
	}
	return nil, nil, ""
}

// startsWith tells whether a path begins with a key, and how much of the path that is.
func startsWith(path, key string) (length int, ok bool) {
	if quoted := `["` + key + `"]`; strings.HasPrefix(path, quoted) {
		return len(quoted), true
	}
	if key == "" || !strings.HasPrefix(path, key) {
		return 0, false
	}
	n := len(key)
	return n, n == len(path) || path[n] == '.' || path[n] == '['
}
