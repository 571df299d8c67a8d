// SPDX-License-Identifier: Apache-2.0

package codec

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Block says how AppendBlock writes a tree.
type Block struct {
	// Wide indents lists below their key, as kyaml calls it.
	Wide bool
	// Indent is the column that the tree begins at. Its first line is not indented: something stands there already.
	Indent int
	// Without are annotations that are left out.
	Without []string
}

// AppendBlock writes a tree as the YAML library's encoder does with an indentation of two, byte for byte, in a small part of its
// time and without its copies. It knows what nearly all objects consist of: mappings and lists in block style, plain and quoted
// texts of printable ASCII, whole numbers and booleans. False is a tree with something else in it, such as a comment, an
// anchor or a text of several lines; nothing is appended then.
func AppendBlock(b []byte, node *yaml.Node, o Block) ([]byte, bool) {
	out, _, ok := AppendAnnotated(b, node, o)
	return out, ok
}

// AppendAnnotated is AppendBlock for an object, and tells behind which byte further annotations of it go; 0 is that it has none.
func AppendAnnotated(b []byte, node *yaml.Node, o Block) (out []byte, annotated int, ok bool) {
	w := block{out: b, without: o.Without}
	if o.Wide {
		w.ofList = 2
	}
	if !isBlock(node, yaml.MappingNode, yaml.NodeTagMap) || len(node.Content) == 0 || !w.mapping(node, o.Indent, 0) {
		return b, 0, false
	}
	return w.out, w.annotated, true
}

type block struct {
	out []byte
	// ofList is how much further a list is indented than its key.
	ofList  int
	without []string
	// annotated is behind the last annotation.
	annotated int
}

// below is how far a mapping is from metadata.annotations: at the root, in the metadata, there, or elsewhere.
type below int

const (
	root below = iota
	metadata
	annotations
	elsewhere
)

// of gives what the value of a key is.
func (at below) of(key string) below {
	switch {
	case at == root && key == "metadata":
		return metadata
	case at == metadata && key == "annotations":
		return annotations
	}
	return elsewhere
}

// mapping writes the entries of a mapping, the first where the cursor is.
func (w *block) mapping(n *yaml.Node, indent int, at below) bool {
	isFirst := true
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if at == annotations && slices.Contains(w.without, key.Value) {
			continue
		}
		next := at.of(key.Value)
		if next == annotations && !w.keepsSome(value) {
			continue
		}
		if !isFirst {
			w.indent(indent)
		}
		isFirst = false
		// A longer key is written behind a question mark.
		if key.Kind != yaml.ScalarNode || len(key.Value) > 100 || !w.scalar(key) {
			return false
		}
		w.out = append(w.out, ':')
		if !w.value(value, indent, next) {
			return false
		}
	}
	if at == annotations {
		w.annotated = len(w.out)
	}
	return !isFirst
}

// keepsSome tells whether annotations are written: none are, when all are left out.
func (w *block) keepsSome(n *yaml.Node) bool {
	if n.Kind != yaml.MappingNode || len(w.without) == 0 {
		return true
	}
	for i := 0; i < len(n.Content); i += 2 {
		if !slices.Contains(w.without, n.Content[i].Value) {
			return true
		}
	}
	return false
}

// value writes what stands behind a key.
func (w *block) value(n *yaml.Node, indent int, at below) bool {
	switch {
	case n.Kind == yaml.ScalarNode:
		w.out = append(w.out, ' ')
		if !w.scalar(n) {
			return false
		}
		w.out = append(w.out, '\n')
		return true
	case w.empty(n, " {}\n", " []\n"):
		return true
	case isBlock(n, yaml.MappingNode, yaml.NodeTagMap):
		w.out = append(w.out, '\n')
		w.indent(indent + 2)
		return w.mapping(n, indent+2, at)
	case isBlock(n, yaml.SequenceNode, yaml.NodeTagSeq):
		w.out = append(w.out, '\n')
		w.indent(indent + w.ofList)
		return w.list(n, indent+w.ofList)
	}
	return false
}

// list writes the elements of a list, the first where the cursor is.
func (w *block) list(n *yaml.Node, indent int) bool {
	for i, element := range n.Content {
		if i > 0 {
			w.indent(indent)
		}
		w.out = append(w.out, "- "...)
		ok := false
		switch {
		case element.Kind == yaml.ScalarNode:
			ok = w.scalar(element)
			w.out = append(w.out, '\n')
		case w.empty(element, "{}\n", "[]\n"):
			ok = true
		case isBlock(element, yaml.MappingNode, yaml.NodeTagMap):
			ok = w.mapping(element, indent+2, elsewhere)
		case isBlock(element, yaml.SequenceNode, yaml.NodeTagSeq):
			ok = w.list(element, indent+2)
		}
		if !ok {
			return false
		}
	}
	return true
}

// empty writes a mapping or list that has nothing in it.
func (w *block) empty(n *yaml.Node, mapping, list string) bool {
	switch {
	case len(n.Content) > 0 || isNoted(n):
		return false
	case n.Kind == yaml.MappingNode && (n.Tag == yaml.NodeTagMap || n.Tag == ""):
		w.out = append(w.out, mapping...)
	case n.Kind == yaml.SequenceNode && (n.Tag == yaml.NodeTagSeq || n.Tag == ""):
		w.out = append(w.out, list...)
	default:
		return false
	}
	return true
}

// isBlock tells whether a node is a mapping or list in block style, with nothing noted on it.
func isBlock(n *yaml.Node, kind yaml.Kind, tag string) bool {
	return n.Kind == kind && n.Style == 0 && (n.Tag == tag || n.Tag == "") && !isNoted(n)
}

// isNoted tells whether a node has comments or an anchor.
func isNoted(n *yaml.Node) bool {
	return n.Anchor != "" || n.HeadComment != "" || n.LineComment != "" || n.FootComment != ""
}

func (w *block) indent(n int) {
	const blanks = "                                "
	for ; n > len(blanks); n -= len(blanks) {
		w.out = append(w.out, blanks...)
	}
	w.out = append(w.out, blanks[:n]...)
}

// scalar writes a key, a text, a number or a boolean.
func (w *block) scalar(n *yaml.Node) bool {
	if isNoted(n) {
		return false
	}
	v := n.Value
	isText := n.Tag == yaml.NodeTagString || n.Tag == ""
	switch n.Style {
	case yaml.DoubleQuotedStyle:
		return isText && w.quoted(v, '"', '\\')
	case yaml.SingleQuotedStyle:
		return isText && w.quoted(v, '\'', '\'')
	case 0:
	default:
		return false
	}
	switch n.Tag {
	case yaml.NodeTagInt:
		if !isWhole(v) {
			return false
		}
	case yaml.NodeTagBool:
		if v != "true" && v != "false" {
			return false
		}
	case yaml.NodeTagString, "":
		switch styleOf(v) {
		case plain:
		case single:
			return w.quoted(v, '\'', '\'')
		default:
			return false
		}
	default:
		return false
	}
	w.out = append(w.out, v...)
	return true
}

// quoted writes a text in quotes in which nothing is to be escaped.
func (w *block) quoted(v string, quote, escape byte) bool {
	if v != "" && (v[0] == ' ' || v[len(v)-1] == ' ') {
		return false // the encoder may choose other quotes
	}
	for i := range len(v) {
		if c := v[i]; c == quote || c == escape || c < ' ' || c > '~' {
			return false
		}
	}
	w.out = append(w.out, quote)
	w.out = append(w.out, v...)
	w.out = append(w.out, quote)
	return true
}

type textStyle int

const (
	unknown textStyle = iota
	plain
	single
)

// styleOf says how the encoder writes a text that asks for no quotes: plain where it reads back as a text, in single quotes
// where it would read as something of YAML's own.
func styleOf(v string) textStyle {
	if v == "" {
		return unknown
	}
	var style textStyle
	switch c := v[0]; {
	case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		if len(v) <= len("false") && isWord(v) {
			return unknown
		}
		style = plain
	case c == '/':
		style = plain
	case c == '{' || c == '[' || c == '*' || c == '&' || c == '%' || c == '@':
		style = single
	default:
		return unknown
	}
	for i := range len(v) {
		c := v[i]
		if c < ' ' || c > '~' {
			return unknown
		}
		isLast := i+1 == len(v)
		switch c {
		case ' ':
			if isLast {
				return unknown
			}
		case ':':
			if isLast || v[i+1] == ' ' {
				return unknown
			}
		case '#':
			if i > 0 && v[i-1] == ' ' {
				return unknown
			}
		}
	}
	return style
}

// isWord recognises what the encoder takes for a boolean or null.
func isWord(v string) bool {
	switch v {
	case "true", "True", "TRUE", "false", "False", "FALSE", "null", "Null", "NULL":
		return true
	}
	return false
}

// isWhole recognises whole numbers as people write them.
func isWhole(v string) bool {
	if v == "" || len(v) > 18 || v[0] == '0' && v != "0" {
		return false
	}
	for i := range len(v) {
		if v[i] < '0' || v[i] > '9' {
			return false
		}
	}
	return true
}
