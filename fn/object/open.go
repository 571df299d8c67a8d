// SPDX-License-Identifier: Apache-2.0

package object

import (
	"cmp"
	"fmt"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// Place is what an object's file is called, where that is not in its notes.
type Place struct{ Name, Place string }

// Open takes apart an item of the input, as the one door through which objects come in. The Object is for readers: it has its aliases
// written out, and what it is, such as its kind, is what an API server would be sent. The node is what is passed on: an object that
// nobody reads keeps its aliases, as long as they stay within it. What cannot be read in one way only is reported; false is an
// object that is not to be used.
func Open(node *yaml.Node, item int, in Place, diags *diag.List) (o *Object, pass *yaml.Node, ok bool) {
	o = newIn(node, item, in)
	if err := codec.Within(node); err != nil {
		diags.Errorf(diag.InputTooLarge, diag.At(o.Ref, ""), "%s", err).WithHint("no API server takes an object of that size; take it out")
		return nil, nil, false
	}
	if !plainOutside(node, diag.At(o.Ref, ""), diags) {
		return nil, nil, false
	}
	pass = node
	if tree.HasAliases(node) {
		expanded, err := tree.Expanded(node)
		if err == nil {
			o = newIn(expanded, item, in)
		}
		// What is copied or edited must not share a node with anything else.
		isNeeded := o.IsRead() || !tree.IsClosed(node) || newIn(node, item, in).Ref != o.Ref || hidesFields(node)
		switch {
		case err == nil && isNeeded:
			pass = expanded
		case err != nil && isNeeded:
			diags.Errorf(diag.TooManyAliases, diag.At(o.Ref, ""), "%s", err).WithHint("write the values out")
			return nil, nil, false
		}
	}
	if !o.IsCompared() {
		return o, pass, true
	}
	refuseMerges(node, diag.At(o.Ref, ""), diags)
	if !o.MakeSound(diags) {
		return nil, nil, false
	}
	if o.IsRead() {
		pass = o.Node
	}
	return o, pass, true
}

func newIn(node *yaml.Node, item int, in Place) *Object {
	o := New(node, item)
	if o.Place == "" {
		o.Ref.File, o.Place = cmp.Or(in.Name, o.Ref.File), in.Place
	}
	return o
}

// IsNone recognises what is no object, such as values of Helm and patches: it says neither its kind nor its version.
func IsNone(node *yaml.Node) bool {
	return !hidesFields(node) && !keys(node, func(key *yaml.Node) bool { return key.Value == "apiVersion" || key.Value == "kind" })
}

// OpenList is the part of Open for what may be a List of objects: what its own fields are is what an API server would be sent.
func OpenList(node *yaml.Node, in Place, diags *diag.List) (*yaml.Node, bool) {
	at := diag.At(newIn(node, 0, in).Ref, "")
	if !plainOutside(node, at, diags) {
		return nil, false
	}
	if !hidesFields(node) {
		return node, true
	}
	expanded, err := tree.Expanded(node)
	if err != nil {
		diags.Errorf(diag.TooManyAliases, at, "%s", err).WithHint("write the values out")
		return nil, false
	}
	return expanded, plainOutside(expanded, at, diags)
}

// hidesFields tells whether the outermost fields of an object are not all there by their names: some are brought in by <<, or are named
// by an alias.
func hidesFields(node *yaml.Node) bool {
	return keys(node, func(key *yaml.Node) bool { return key.Kind == yaml.AliasNode || tree.IsMerge(key) })
}

// keys tells whether any key of a mapping is such a one.
func keys(mapping *yaml.Node, is func(key *yaml.Node) bool) bool {
	mapping = tree.Resolved(mapping)
	for i := 0; mapping.Kind == yaml.MappingNode && i+1 < len(mapping.Content); i += 2 {
		if is(mapping.Content[i]) {
			return true
		}
	}
	return false
}

// outside are the fields that say what an object is.
var outside = []string{"apiVersion", "kind", "metadata", "items"}

// plainOutside reports outermost fields by which one reader would see another object than the next.
func plainOutside(node *yaml.Node, at diag.Where, diags *diag.List) bool {
	node = tree.Resolved(node)
	if node.Kind != yaml.MappingNode {
		return true
	}
	seen := map[string]bool{}
	ok := true
	refuse := func(code diag.Code, key, format, hint string) {
		diags.Errorf(code, at.Dot(key), format, key).WithHint("%s", hint)
		ok = false
	}
	isObject := keys(node, func(key *yaml.Node) bool { return slices.Contains(outside, tree.Resolved(key).Value) })
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := tree.Resolved(node.Content[i]), tree.Resolved(node.Content[i+1])
		switch {
		case key.Kind != yaml.ScalarNode:
		case key.Style&yaml.TaggedStyle != 0:
			refuse(diag.InvalidYAML, key.Value, "the key %q has a tag", "write it as a plain word")
		case seen[key.Value] && isObject && !tree.IsMerge(key):
			refuse(diag.DuplicateKey, key.Value, "%q stands twice", "keep one of the two")
		case slices.Contains(outside[:2], key.Value) && value.Kind == yaml.ScalarNode && value.Style&yaml.TaggedStyle != 0 && value.ShortTag() != yaml.NodeTagString:
			refuse(diag.InvalidYAML, key.Value, "the value of %q has a tag", "write it as a plain word")
		}
		seen[key.Value] = true
	}
	return ok
}

// refuseMerges reports keys that stand before a merge key which brings another value, and merge keys that bring nothing: some readers
// take the one, some the other, and some refuse the file.
func refuseMerges(node *yaml.Node, at diag.Where, diags *diag.List) {
	var found diag.List
	walkMerges(node, at, &found)
	if more := len(found) - mostTold; more > 0 {
		found = append(found[:mostTold], &diag.Diagnostic{Severity: diag.Error, Code: diag.DuplicateKey, Where: at, Message: fmt.Sprintf("%d more keys that << brings stand twice", more)})
	}
	diags.Append(found...)
}

func walkMerges(node *yaml.Node, at diag.Where, diags *diag.List) {
	switch node.Kind {
	case yaml.SequenceNode, yaml.DocumentNode:
		for i, element := range node.Content {
			here := at
			if node.Kind == yaml.SequenceNode {
				here = at.Index(i)
			}
			walkMerges(element, here, diags)
		}
	case yaml.MappingNode:
		var seen map[string]bool
		if keys(node, tree.IsMerge) {
			seen = map[string]bool{}
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			key, value := node.Content[i], node.Content[i+1]
			if seen != nil && tree.IsMerge(key) {
				refuseReplaced(seen, value, at, diags)
			}
			if seen != nil {
				seen[tree.Resolved(key).Value] = true
			}
			walkMerges(value, at.Dot(tree.Resolved(key).Value), diags)
		}
	}
}

func refuseReplaced(seen map[string]bool, value *yaml.Node, at diag.Where, diags *diag.List) {
	brought := tree.Merged(value)
	if v := tree.Resolved(value); len(brought) == 0 || v.Kind == yaml.SequenceNode && len(brought) != len(v.Content) {
		diags.Errorf(diag.InvalidYAML, at, "<< brings no mapping").WithHint("name a mapping, or a list of mappings")
	}
	for _, m := range brought {
		for i := 0; i+1 < len(m.Content); i += 2 {
			if key := tree.Resolved(m.Content[i]).Value; seen[key] && key != "<<" {
				diags.Errorf(diag.DuplicateKey, at.Dot(key), "%q stands before a << that brings it as well", key).
					WithHint("write << first; some readers of YAML let it replace what stands before it")
			}
		}
	}
}
