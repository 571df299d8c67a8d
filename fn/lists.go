// SPDX-License-Identifier: Apache-2.0

package fn

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
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

// isList recognises lists of objects that concern us, and no others.
func isList(item *yaml.RNode) bool {
	o := object.New(item.YNode(), 0)
	if o.Ref.Kind != "List" && (!strings.HasSuffix(o.Ref.Kind, "List") || !concerns(o)) {
		return false
	}
	elements := tree.Get(o.Node, "items")
	return elements != nil && elements.Kind == yaml.SequenceNode && len(elements.Content) > 0 && !slices.ContainsFunc(elements.Content, func(n *yaml.Node) bool {
		return n.Kind != yaml.MappingNode || tree.String(n, "kind") == "" // without a kind it is data of some other list
	})
}

// file tells where the List of an opened item lies; its elements have no notes of their own.
func (l lists) file(i int) string {
	if len(l.whole) == 0 || l.of[i] < 0 {
		return ""
	}
	return object.New(l.whole[l.of[i]].YNode(), 0).Ref.File
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
