// SPDX-License-Identifier: Apache-2.0

package object

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// WithoutLists gives the items with the elements of Lists in their place, for output that need not look like
// the input.
func WithoutLists(items []*yaml.RNode) []*yaml.RNode {
	var out []*yaml.RNode
	for _, item := range items {
		if elements := Elements(item); elements != nil {
			out = append(out, elements...)
		} else {
			out = append(out, item)
		}
	}
	return out
}

// Elements gives the objects in an object of kind List, as kubectl writes several. It gives none for what is no List, and
// for one that cannot be opened.
func Elements(item *yaml.RNode) []*yaml.RNode {
	if !looksLikeList(item) {
		return nil
	}
	elements := tree.List(item.YNode(), "items")
	if slices.ContainsFunc(elements, notAnObject) {
		return nil
	}
	var out []*yaml.RNode
	for _, element := range elements {
		out = append(out, yaml.NewRNode(element))
	}
	return out
}

func looksLikeList(item *yaml.RNode) bool {
	o := New(item.YNode(), 0)
	return o.Ref.Kind == "List" || strings.HasSuffix(o.Ref.Kind, "List") && o.IsRead()
}

// notAnObject recognises elements that a List of objects must not have. One without a kind is of the kind that
// the List's own name tells, which the API server writes and nobody applies.
func notAnObject(n *yaml.Node) bool {
	return n.Kind != yaml.MappingNode || tree.String(n, "kind") == "" || strings.HasSuffix(tree.String(n, "kind"), "List") && tree.Get(n, "items") != nil
}

// RefuseOddLists reports Lists that hold what concerns us and cannot be opened, and objects that have items without being called a
// List: to clients such as kubectl whatever has items is a list of objects, and their workers would run next to the pools, unseen.
func RefuseOddLists(items []*yaml.RNode) diag.List {
	var diags diag.List
	for _, item := range items {
		elements := tree.List(item.YNode(), "items")
		if len(elements) == 0 || Elements(item) != nil {
			continue
		}
		o := New(item.YNode(), 0)
		if o.Ref.Kind == "ResourceList" {
			continue // what it holds is read where functions are
		}
		if !o.IsRead() && !slices.ContainsFunc(elements, mentionsUs) {
			continue
		}
		at := diag.At(o.Ref, "items")
		if odd := slices.IndexFunc(elements, notAnObject); odd >= 0 && looksLikeList(item) {
			diags.Errorf(diag.InvalidYAML, at.Index(odd), "is no object with a kind, or a List again").
				WithHint("write the objects as documents of their own, or as elements of one List")
			continue
		}
		diags.Errorf(diag.InvalidYAML, at, "makes a list of objects of kind %q, which some clients open and some do not", o.Ref.Kind).
			WithHint("write the objects as documents of their own, or as elements of one List")
	}
	return diags
}

// mentionsUs tells whether an element, or one below it, is of the kinds that an expansion reads.
func mentionsUs(n *yaml.Node) bool {
	if n.Kind != yaml.MappingNode {
		return false
	}
	o := New(n, 0)
	return o.IsRead() || o.Ref.Kind == "" && o.Ref.APIVersion == "" && len(n.Content) > 0 && slices.ContainsFunc(n.Content, tree.IsMerge) || slices.ContainsFunc(tree.List(n, "items"), mentionsUs)
}
