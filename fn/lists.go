// SPDX-License-Identifier: Apache-2.0

package fn

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// lists remembers which items stood together in an object of kind List, as kubectl writes several objects.
// kustomize opens Lists before it calls a function; kpt does not.
type lists struct {
	// of gives for each opened item the position of the List among those of the input, or -1.
	of []int
	// whole are the Lists by that position.
	whole map[int]*yaml.RNode
}

// open gives the items with the elements of Lists in place of the Lists.
func open(items []*yaml.RNode) ([]*yaml.RNode, lists) {
	l := lists{whole: map[int]*yaml.RNode{}}
	if !slices.ContainsFunc(items, isList) {
		return items, l
	}
	var out []*yaml.RNode
	for i, item := range items {
		if !isList(item) {
			out, l.of = append(out, item), append(l.of, -1)
			continue
		}
		l.whole[i] = item
		for _, element := range elements(item) {
			out, l.of = append(out, element), append(l.of, i)
		}
	}
	return out, l
}

// WithoutLists gives the items with the elements of Lists in their place, for output that need not look like
// the input.
func WithoutLists(items []*yaml.RNode) []*yaml.RNode {
	var out []*yaml.RNode
	for _, item := range items {
		if isList(item) {
			out = append(out, elements(item)...)
		} else {
			out = append(out, item)
		}
	}
	return out
}

func elements(list *yaml.RNode) []*yaml.RNode {
	var out []*yaml.RNode
	for _, element := range tree.List(list.YNode(), "items") {
		out = append(out, yaml.NewRNode(element))
	}
	return out
}

// isList recognises lists of objects that can be opened, and no others.
func isList(item *yaml.RNode) bool {
	if !looksLikeList(item) {
		return false
	}
	elements := tree.List(item.YNode(), "items")
	return len(elements) > 0 && !slices.ContainsFunc(elements, notAnObject)
}

func looksLikeList(item *yaml.RNode) bool {
	o := object.New(item.YNode(), 0)
	return o.Ref.Kind == "List" || strings.HasSuffix(o.Ref.Kind, "List") && concerns(o)
}

// notAnObject recognises elements that a List of objects must not have. One without a kind is of the kind that
// the List's own name tells, which the API server writes and nobody applies.
func notAnObject(n *yaml.Node) bool {
	return n.Kind != yaml.MappingNode || tree.String(n, "kind") == "" || strings.HasSuffix(tree.String(n, "kind"), "List") && tree.Get(n, "items") != nil
}

// refuseOddLists reports Lists that hold what concerns us and cannot be opened: their workers would run beside the
// pools, unseen.
func refuseOddLists(items []*yaml.RNode) diag.List {
	var diags diag.List
	for _, item := range items {
		if !looksLikeList(item) || isList(item) {
			continue
		}
		o := object.New(item.YNode(), 0)
		relevant := concerns(o)
		odd := -1
		for i, n := range tree.List(item.YNode(), "items") {
			relevant = relevant || mentionsUs(n)
			if odd < 0 && notAnObject(n) {
				odd = i
			}
		}
		if relevant && odd >= 0 {
			diags.Errorf(diag.InvalidYAML, diag.At(o.Ref, "items").Index(odd), "is no object with a kind, or a List again").
				WithHint("write the objects as documents of their own, or as elements of one List")
		}
	}
	return diags
}

// mentionsUs tells whether an element, or one below it, is of the kinds that an expansion reads.
func mentionsUs(n *yaml.Node) bool {
	if n.Kind != yaml.MappingNode {
		return false
	}
	return concerns(object.New(n, 0)) || slices.ContainsFunc(tree.List(n, "items"), mentionsUs)
}

// file tells where the List of an opened item lies; its elements have no notes of their own.
func (l lists) file(i int) (called, place string) {
	if len(l.whole) == 0 || l.of[i] < 0 {
		return "", ""
	}
	list := object.New(l.whole[l.of[i]].YNode(), 0)
	return list.Ref.File, list.Place
}

// close puts the opened items back into their Lists. What was removed is nil.
func (l lists) close(items []*yaml.RNode) []*yaml.RNode {
	if len(l.whole) == 0 {
		return slices.DeleteFunc(items, func(n *yaml.RNode) bool { return n == nil })
	}
	var out []*yaml.RNode
	for i := 0; i < len(items); {
		list := l.of[i]
		if list < 0 {
			if items[i] != nil {
				out = append(out, items[i])
			}
			i++
			continue
		}
		var elements []*yaml.Node
		for ; i < len(items) && l.of[i] == list; i++ {
			if items[i] != nil {
				elements = append(elements, items[i].YNode())
			}
		}
		tree.Get(l.whole[list].YNode(), "items").Content = elements
		out = append(out, l.whole[list])
	}
	return out
}
