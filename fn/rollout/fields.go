// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/tree"
)

// field is a place where two trees differ; a value is nil where there is none.
type field struct {
	path          []string
	before, after *yaml.Node
}

func (f field) name() string {
	var b strings.Builder
	for _, p := range f.path {
		if b.Len() > 0 && !strings.HasPrefix(p, "[") {
			b.WriteByte('.')
		}
		b.WriteString(p)
	}
	return b.String()
}

// below tells whether the field is at a path or under it.
func (f field) below(path ...string) bool {
	return len(f.path) >= len(path) && slices.Equal(f.path[:len(path)], path)
}

// differences lists where two trees differ, as deep as both have something there, sorted by path. A null, an
// empty mapping and an empty list are nothing. Lists of one length are compared by position, others whole.
func differences(before, after *yaml.Node, path ...string) []field {
	before, after = something(before), something(after)
	switch {
	case before == nil && after == nil:
		return nil
	case before != nil && after != nil && before.Kind == yaml.MappingNode && after.Kind == yaml.MappingNode:
		var out []field
		was, is := valuesOf(before), valuesOf(after)
		for _, key := range keys(before, after) {
			if x, y := was(key), is(key); x != y {
				out = append(out, differences(x, y, deeper(path, key)...)...)
			}
		}
		return out
	case before != nil && after != nil && before.Kind == yaml.SequenceNode && after.Kind == yaml.SequenceNode && len(before.Content) == len(after.Content):
		var out []field
		for i := range before.Content {
			out = append(out, differences(before.Content[i], after.Content[i], deeper(path, fmt.Sprintf("[%d]", i))...)...)
		}
		return out
	case before != nil && after != nil && tree.Equal(before, after):
		return nil
	}
	return []field{{path, before, after}}
}

// small is up to how many entries it is cheaper to look through a mapping than to index it.
const small = 32

// valuesOf gives what finds the values of a mapping; of a key that stands twice, in what is only passed on, the last counts, as it
// does for kubectl and Argo CD.
func valuesOf(mapping *yaml.Node) func(key string) *yaml.Node {
	if len(mapping.Content) <= 2*small {
		return func(key string) *yaml.Node {
			for i := len(mapping.Content) - 2; i >= 0; i -= 2 {
				if mapping.Content[i].Value == key {
					return mapping.Content[i+1]
				}
			}
			return nil
		}
	}
	values := make(map[string]*yaml.Node, len(mapping.Content)/2)
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		values[mapping.Content[i].Value] = mapping.Content[i+1]
	}
	return func(key string) *yaml.Node { return values[key] }
}

func deeper(path []string, key string) []string { return append(slices.Clone(path), key) }

func something(n *yaml.Node) *yaml.Node {
	if n == nil || n.Kind == yaml.ScalarNode && n.ShortTag() == yaml.NodeTagNull || n.Kind != yaml.ScalarNode && len(n.Content) == 0 {
		return nil
	}
	return n
}

func keys(mappings ...*yaml.Node) []string {
	var out []string
	for _, m := range mappings {
		for i := 0; i+1 < len(m.Content); i += 2 {
			out = append(out, m.Content[i].Value)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// longest is how much of a value is shown.
const longest = 160

// written gives a value for a message, in one line and cut where it is long.
func written(n *yaml.Node) string {
	var b strings.Builder
	write(&b, n)
	text := []rune(b.String())
	if len(text) > longest {
		return string(text[:longest]) + "…"
	}
	return string(text)
}

func write(b *strings.Builder, n *yaml.Node) {
	if n == nil || b.Len() > 4*longest {
		return
	}
	switch n.Kind {
	case yaml.MappingNode:
		b.WriteByte('{')
		for i := 0; i+1 < len(n.Content); i += 2 {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(n.Content[i].Value + ": ")
			write(b, n.Content[i+1])
		}
		b.WriteByte('}')
	case yaml.SequenceNode:
		b.WriteByte('[')
		for i, c := range n.Content {
			if i > 0 {
				b.WriteString(", ")
			}
			write(b, c)
		}
		b.WriteByte(']')
	default:
		b.WriteString(n.Value)
	}
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// named gives the names of fields, without values: there may be secrets among them.
func named(fields []field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.name())
	}
	return out
}
