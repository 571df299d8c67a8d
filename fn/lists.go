// SPDX-License-Identifier: Apache-2.0

package fn

import (
	"slices"

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

// open gives the items with the elements of Lists in place of the Lists, and reports Lists that cannot be opened.
func open(items []*yaml.RNode) ([]*yaml.RNode, lists, diag.List) {
	l := lists{whole: map[int]*yaml.RNode{}}
	var diags diag.List
	var out []*yaml.RNode
	for i, item := range items {
		if n, ok := object.OpenList(item.YNode(), object.Place{}, &diags); ok && n != item.YNode() {
			item = yaml.NewRNode(n)
		}
		elements := object.Elements(item)
		if elements == nil {
			out, l.of = append(out, item), append(l.of, -1)
			continue
		}
		l.whole[i] = item
		for _, element := range elements {
			out, l.of = append(out, element), append(l.of, i)
		}
	}
	diags.Append(object.RefuseOddLists(items)...)
	return out, l, diags
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
