// SPDX-License-Identifier: Apache-2.0

package object

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// IsCompared tells whether an object is of the kinds that are understood, and not only passed on: those that an expansion reads, and
// StorageClasses.
func (o *Object) IsCompared() bool { return o.IsRead() || o.Group() == "storage.k8s.io" }

// MakeSound leaves of an object what everybody reads alike, and reports the rest: keys that stand twice, of which some readers take
// the first and some the last, keys that are no text to some, and metadata that is none. It tells whether the object can be used.
func (o *Object) MakeSound(diags *diag.List) bool {
	o.Node = single(o.Node, diag.At(o.Ref, ""), diags)
	for _, path := range [][]string{{"metadata"}, {"metadata", "labels"}, {"metadata", "annotations"}} {
		if n := tree.Get(o.Node, path...); n != nil && n.Kind != yaml.MappingNode {
			diags.Errorf(diag.WrongType, diag.At(o.Ref, strings.Join(path, ".")), "must be a mapping")
			return false
		}
	}
	return true
}

// single gives a node as it is, or, when keys in it are not read alike by all, a copy with the first of each.
func single(node *yaml.Node, at diag.Where, diags *diag.List) *yaml.Node {
	if !mayBeReadOtherwise(node) {
		return node
	}
	node = tree.Clone(node)
	var found diag.List
	keepFirst(node, at, &found)
	if more := len(found) - mostTold; more > 0 {
		found = append(found[:mostTold], &diag.Diagnostic{Severity: diag.Error, Code: diag.DuplicateKey, Where: at,
			Message: fmt.Sprintf("%d more keys stand twice", more)})
	}
	diags.Append(found...)
	return node
}

// mostTold is how many keys of an object that stand twice are named.
const mostTold = 100

// small is up to how many keys it is cheaper to compare them with each other than to remember them.
const small = 16

// mayBeReadOtherwise tells whether a tree has keys that stand twice, or keys or values that may be others to an API server.
func mayBeReadOtherwise(node *yaml.Node) bool {
	switch node.Kind {
	case yaml.ScalarNode:
		return node.Style&yaml.TaggedStyle != 0
	case yaml.MappingNode:
		var seen map[string]bool
		if len(node.Content) > 2*small {
			seen = make(map[string]bool, len(node.Content)/2)
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i]
			if key.Kind != yaml.ScalarNode || !isText(key) {
				return true
			}
			if seen != nil {
				if seen[key.Value] {
					return true
				}
				seen[key.Value] = true
				continue
			}
			for j := 0; j < i; j += 2 {
				if node.Content[j].Value == key.Value {
					return true
				}
			}
		}
	}
	return slices.ContainsFunc(node.Content, mayBeReadOtherwise)
}

// isText tells whether a key is the same text to an API server as here.
func isText(key *yaml.Node) bool {
	if tree.IsMerge(key) {
		return true
	}
	sent, ok := tree.Sent(key)
	return ok && sent != "null" && (sent[0] == '"' || sent == key.Value)
}

// keepFirst takes out of a tree what is reported: of equal keys the first stays.
func keepFirst(node *yaml.Node, at diag.Where, diags *diag.List) {
	switch node.Kind {
	case yaml.ScalarNode:
		if node.Style&yaml.TaggedStyle != 0 && node.ShortTag() == "!!binary" {
			diags.Errorf(diag.WrongType, at, "is marked as binary").WithHint("write it as a text")
		}
	case yaml.MappingNode:
		seen := map[string]bool{}
		kept := node.Content[:0]
		for i := 0; i+1 < len(node.Content); i += 2 {
			key, value := node.Content[i], node.Content[i+1]
			if key.Kind != yaml.ScalarNode {
				diags.Errorf(diag.InvalidYAML, at, "has a key that is no text").WithHint("the API server would refuse it as well")
				continue
			}
			here := at.Dot(key.Value)
			switch {
			case key.Style&yaml.TaggedStyle != 0:
				diags.Errorf(diag.InvalidYAML, here, "the key %q has a tag", key.Value).WithHint("write it as a plain word")
				continue
			case !isText(key):
				diags.Errorf(diag.WrongType, here, "the key %s without quotes is another one to an API server", key.Value).WithHint("put quotes around it: %q", key.Value)
				continue
			case seen[key.Value]:
				diags.Errorf(diag.DuplicateKey, here, "%q stands twice", key.Value).WithHint("keep one of the two")
				continue
			}
			seen[key.Value] = true
			keepFirst(value, here, diags)
			kept = append(kept, key, value)
		}
		node.Content = kept
	case yaml.SequenceNode:
		for i, element := range node.Content {
			keepFirst(element, at.Index(i), diags)
		}
	}
}
