// SPDX-License-Identifier: Apache-2.0

package codec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

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
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return nodeOf(decoder)
}

// nodeOf reads one value of JSON. YAML's own parser would not do: it refuses control characters that
// JSON leaves as they are.
func nodeOf(decoder *json.Decoder) *yaml.Node {
	token, err := decoder.Token()
	if err != nil {
		panic(fmt.Sprintf("codec: %v", err))
	}
	switch v := token.(type) {
	case json.Delim:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
		if v == '[' {
			n = &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
		}
		for decoder.More() {
			n.Content = append(n.Content, nodeOf(decoder))
		}
		if _, err := decoder.Token(); err != nil {
			panic(fmt.Sprintf("codec: %v", err))
		}
		if len(n.Content) == 0 {
			n.Style = yaml.FlowStyle // {} and []
		}
		return n
	case string:
		return String(v)
	case json.Number:
		tag := yaml.NodeTagInt
		if strings.ContainsAny(v.String(), ".eE") {
			tag = yaml.NodeTagFloat
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: v.String()}
	case bool:
		return Bool(v)
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagNull, Value: "null"}
}

// String gives the node of a string, quoted where a YAML 1.1 reader would take it for something else:
// a network `n` is false to the API server, a zone `no` as well.
func String(s string) *yaml.Node {
	n := text(s)
	return &n
}

// Texts gives the node of a mapping of texts: keys and values by turns, in their order.
func Texts(pairs ...string) *yaml.Node {
	nodes, content := make([]yaml.Node, len(pairs)), make([]*yaml.Node, len(pairs))
	for i, s := range pairs {
		nodes[i], content[i] = text(s), &nodes[i]
	}
	return &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap, Content: content}
}

func text(s string) yaml.Node {
	n := yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: s}
	if !surelyString(s) && (s == "<<" || yaml.IsValueNonString(s)) { // << is the key that merges
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// surelyString recognises most strings without the two parsers that IsValueNonString sets to work: what
// starts with a letter or slash is a string unless it is one of YAML 1.1's keywords, or has marks of YAML in it.
func surelyString(s string) bool {
	if s == "" || len(s) <= len("false") && isKeyword(s) {
		return false
	}
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '/'
		inside := i > 0 && (c >= '0' && c <= '9' || c == '-' || c == '.' || c == '=' || c == '_' || c == ' ' && i+1 < len(s))
		if !letter && !inside {
			return false
		}
	}
	return true
}

// isKeyword recognises the words that YAML 1.1 reads as booleans and null.
func isKeyword(s string) bool {
	switch strings.ToLower(s) {
	case "y", "yes", "on", "true", "n", "no", "off", "false", "null":
		return true
	}
	return false
}

// Int gives the node of a number.
func Int(i int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagInt, Value: strconv.Itoa(i)}
}

// Bool gives the node of a boolean.
func Bool(b bool) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagBool, Value: strconv.FormatBool(b)}
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
