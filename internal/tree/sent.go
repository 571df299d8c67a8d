// SPDX-License-Identifier: Apache-2.0

package tree

import (
	"bytes"
	"encoding/json"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
	sigs "sigs.k8s.io/yaml"
)

// Sent gives the JSON that an API server is sent for a scalar. Clients such as kubectl and Argo CD read YAML 1.1: to them a plain
// yes is true and 0x10 is 16, and a date is a text. False is a scalar that they refuse.
func Sent(scalar *yaml.Node) (string, bool) {
	quotes := yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	switch {
	case scalar.Style&yaml.TaggedStyle != 0:
		return asSent(scalar)
	case scalar.Style&quotes != 0:
		return quoted(scalar.Value), true
	case scalar.Tag == yaml.NodeTagInt && isDecimal(scalar.Value):
		return scalar.Value, true
	case isNumeric(scalar.Value):
		return asSent(scalar)
	}
	w, isWord := words[strings.ToLower(scalar.Value)]
	// The writer puts quotes around a text that it would read back as something else itself.
	if !isWord || !inOneCase(scalar.Value) || scalar.Tag == yaml.NodeTagString && w.inAll {
		return quoted(scalar.Value), true
	}
	return w.sent, true
}

// Bool reads a boolean as an API server does; false is what is none.
func Bool(node *yaml.Node) (value, ok bool) {
	if node == nil || node.Kind != yaml.ScalarNode {
		return false, false
	}
	sent, ok := Sent(node)
	return sent == "true", ok && (sent == "true" || sent == "false")
}

// sentAlike tells whether two scalars are the same to an API server. What clients refuse is the same only as it is written.
func sentAlike(a, b *yaml.Node) bool {
	if a.Value == b.Value && a.Style == b.Style && a.Tag == b.Tag {
		return true
	}
	x, isSent := Sent(a)
	y, isSentToo := Sent(b)
	return isSent && isSentToo && x == y
}

// word is something else than a text to a reader of YAML.
type word struct {
	sent string
	// inAll tells that it is so in YAML 1.2 as well.
	inAll bool
}

// words are those of YAML 1.1, in lower case.
var words = map[string]word{
	"y": {"true", false}, "yes": {"true", false}, "on": {"true", false}, "true": {"true", true},
	"n": {"false", false}, "no": {"false", false}, "off": {"false", false}, "false": {"false", true},
	"": {"null", true}, "~": {"null", true}, "null": {"null", true},
}

// inOneCase tells whether a word is written as YAML knows its words: yes, Yes or YES.
func inOneCase(word string) bool {
	lower := strings.ToLower(word)
	return word == lower || word == strings.ToUpper(word) || word == strings.ToUpper(lower[:1])+lower[1:]
}

// isDecimal recognises a number that everybody reads alike.
func isDecimal(value string) bool {
	if value == "" || len(value) > 9 || value[0] == '0' && value != "0" {
		return false
	}
	return strings.Trim(value, "0123456789") == ""
}

// isNumeric recognises what may be a number in some form, or infinity.
func isNumeric(value string) bool {
	if value == "" || strings.IndexByte("0123456789+-.", value[0]) < 0 {
		return false
	}
	return value[0] == '.' || len(value) > 1 && value[1] == '.' || strings.Trim(value, "0123456789abcdefABCDEFxXoO_+-.") == ""
}

// asSent asks the library that the clients read YAML with.
func asSent(scalar *yaml.Node) (string, bool) {
	bare := &yaml.Node{Kind: yaml.ScalarNode, Tag: scalar.Tag, Style: scalar.Style, Value: scalar.Value}
	text, err := yaml.Marshal(&yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{bare}})
	if err != nil {
		return "", false
	}
	sent, err := sigs.YAMLToJSON(text)
	if err != nil {
		return "", false
	}
	return string(bytes.TrimSuffix(bytes.TrimPrefix(sent, []byte("[")), []byte("]"))), true
}

func quoted(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // a text always can be
	}
	return string(text)
}
