// SPDX-License-Identifier: Apache-2.0

package codec

import (
	"bytes"
	"encoding/json"
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Encode gives the node of a Go value by its json tags: fields in the order of the struct, block
// style, strings plain where every YAML reads them back as strings.
//
// It panics when v cannot be marshalled, which only a programming mistake makes happen.
func Encode(v any) *yaml.Node {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("codec: %T: %v", v, err))
	}
	var doc yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&doc); err != nil {
		panic(fmt.Sprintf("codec: %T: %v", v, err))
	}
	node := doc.Content[0]
	plain(node)
	return node
}

// String gives the node of a string, quoted where a YAML 1.1 reader would take it for something else:
// a network `n` is false to the API server, a zone `no` as well.
func String(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: s}
	if yaml.IsValueNonString(s) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// Int gives the node of a number.
func Int(i int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagInt, Value: fmt.Sprint(i)}
}

// Text writes a node as a document.
func Text(node *yaml.Node) string {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	if err := e.Encode(node); err != nil {
		panic(fmt.Sprintf("codec: %v", err)) // a node that this program made wrongly
	}
	return b.String()
}

// plain takes the JSON look off a tree.
func plain(node *yaml.Node) {
	node.Line, node.Column = 0, 0
	if node.Kind == yaml.ScalarNode {
		if node.ShortTag() == yaml.NodeTagString {
			*node = *String(node.Value)
		}
		return
	}
	node.Style = 0
	if len(node.Content) == 0 {
		node.Style = yaml.FlowStyle // {} and []
	}
	for _, c := range node.Content {
		plain(c)
	}
}
