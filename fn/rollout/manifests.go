// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// SideOf gives the side that manifests are: the objects that would be applied, by the inventories that Clusters were spread by, and
// for all others by the only one among the manifests.
func SideOf(items []*yaml.RNode, inventories map[object.Key]*inventory.Inventory) (Side, diag.List) {
	side := Side{Inventories: inventories}
	if side.Inventories == nil {
		side.Inventories = map[object.Key]*inventory.Inventory{}
	}
	inv, diags := onlyInventory(items)
	if inv != nil {
		side.Inventories[object.Key{}] = inv
	}
	objects, hidden, more := applied(items)
	diags.Append(more...)
	side.Objects, side.Hidden = object.NewSet(objects), object.NewSet(hidden)
	return side, diags
}

// onlyInventory gives the inventory among the items when there is one and not more. Those that a ClusterSpread uses
// have been judged.
func onlyInventory(items []*yaml.RNode) (*inventory.Inventory, diag.List) {
	var found []*yaml.RNode
	for _, n := range items {
		if object.New(n.YNode(), 0).IsInventory() {
			found = append(found, n)
		}
	}
	if len(found) != 1 {
		return nil, nil
	}
	at := diag.At(object.New(found[0].YNode(), 0).Ref, "")
	text, diags := inventory.Text(tree.Strings(found[0].YNode(), "data"), at)
	if diags.HasErrors() {
		return nil, diags
	}
	inv, diags := inventory.Parse(text, at)
	if diags.HasErrors() {
		return nil, diags
	}
	return &inv, nil
}

// applied gives the objects that would be applied, and those that are applied nowhere.
func applied(items []*yaml.RNode) (out, hidden []*object.Object, diags diag.List) {
	for _, n := range items {
		node := n.YNode()
		if tree.HasAliases(node) {
			expanded, err := tree.Expanded(node)
			if err != nil {
				diags.Errorf(diag.TooManyAliases, diag.At(object.New(node, 0).Ref, ""), "%s", err).WithHint("write the values out")
				continue
			}
			node = expanded
		}
		switch o := object.New(node, len(out)); {
		case o.Group() == v1alpha1.Group:
		case o.IsLocalConfig():
			hidden = append(hidden, o)
		default:
			out = append(out, o)
		}
	}
	return out, hidden, diags
}
