// SPDX-License-Identifier: Apache-2.0

package fn

import (
	"slices"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// inventory finds and reads the inventory of a spread. One that several spreads use is read once.
func (r *run) inventory(s spread) *parsedInventory {
	at := diag.At(s.ref, "spec.inventory")
	if s.inventory != nil {
		return r.parse(s.inventory)
	}
	var known []string
	var found []*object.Object
	for _, o := range r.objects.OfGroup("") {
		if !o.IsInventory() {
			continue
		}
		known = append(known, o.Ref.Name)
		if s.Spec.Inventory == "" || o.Ref.Name == s.Spec.Inventory {
			found = append(found, o)
		}
	}
	found = nearest(found, s.place)
	switch {
	case len(found) == 1:
		return r.parse(found[0])
	case len(found) > 1:
		r.diags.Errorf(diag.AmbiguousInventory, at, "there are %d inventories and nothing says which one is meant", len(found)).
			WithHint("set it to one of %s", diag.Choices(known))
	case s.Spec.Inventory != "" && len(known) > 0:
		r.diags.Errorf(diag.NoInventory, at, "there is no inventory %q", s.Spec.Inventory).
			WithHint("there is: %s", diag.Choices(known))
	default:
		d := r.diags.Errorf(diag.NoInventory, at, "there is no inventory in the input")
		d.WithHint("give vspread a ConfigMap with the label %s: \"true\" and the key %q", inventory.Label, inventory.Key)
		if o := r.unlabelled(); o != nil {
			d.WithHint("ConfigMap %s, %s, has the key %q: give it the label %s: \"true\"", o.Ref.Name, position(o), inventory.Key, inventory.Label)
		}
	}
	return nil
}

// unlabelled finds what looks like an inventory and lacks the label.
func (r *run) unlabelled() *object.Object {
	for _, o := range r.objects.OfGroup("") {
		if o.Ref.Kind == "ConfigMap" && tree.Get(o.Node, "data", inventory.Key) != nil {
			return o
		}
	}
	return nil
}

// noteUnused tells of inventories that no spread uses while others of their names are used and say something else: somebody may
// keep the wrong copy up to date.
func (r *run) noteUnused() {
	used := map[string][]*object.Object{}
	for o := range r.inventories {
		used[o.Ref.Name] = append(used[o.Ref.Name], o)
	}
	for _, o := range r.objects.OfGroup("") {
		all := used[o.Ref.Name]
		if len(all) == 0 || !o.IsInventory() || slices.ContainsFunc(all, func(x *object.Object) bool {
			return x == o || tree.Equal(tree.Get(x.Node, "data"), tree.Get(o.Node, "data"))
		}) {
			continue
		}
		first := slices.MinFunc(all, func(a, b *object.Object) int { return a.Item - b.Item })
		r.diags.Warnf(diag.InventoryUnused, diag.At(o.Ref, ""), "no ClusterSpread uses this inventory; the one of this name that counts is %s", position(first)).
			WithHint("delete this copy, move it beside its ClusterSpread, or give it a name of its own")
	}
}

type parsedInventory struct {
	inventory.Inventory
	ref   diag.Ref
	valid bool
}

func (r *run) parse(o *object.Object) *parsedInventory {
	if p, ok := r.inventories[o]; ok {
		return p
	}
	at := diag.At(o.Ref, "")
	p := &parsedInventory{ref: o.Ref}
	_, inv, diags := inventory.FromData(tree.Strings(o.Node, "data"), at)
	p.Inventory = inv
	if !o.IsLocalConfig() {
		diags.Warnf(diag.NotLocalConfig, at.Dot("metadata.annotations"), "lacks the annotation %s: \"true\"", object.LocalConfig).
			WithHint("add it, or the inventory is applied to the management cluster")
	}
	p.valid = !diags.HasErrors()
	r.diags.Append(diags...)
	r.inventories[o] = p
	return p
}
