// SPDX-License-Identifier: Apache-2.0

package site

import (
	"slices"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// VSphere looks up what references to vSphere objects mean in an inventory, and spells them. A name is looked up below the
// datacenter or compute cluster that is meant, given by its path; "" is the whole vCenter. Answers are remembered, since
// the pools of a group ask the same questions; apart from that it is a value.
type VSphere struct {
	Inventory *inventory.Inventory
	// At is where the inventory was written.
	At diag.Where

	references v1alpha1.References
	listed     map[inventory.Class][]inventory.Object
	found      map[lookup][]inventory.Object
}

type lookup struct {
	class      inventory.Class
	ref, below string
}

// NewVSphere makes the lookup for an inventory, written at a place, and a way to spell references.
func NewVSphere(inv *inventory.Inventory, at diag.Where, references v1alpha1.References) *VSphere {
	return &VSphere{
		Inventory: inv, At: at, references: references,
		listed: map[inventory.Class][]inventory.Object{}, found: map[lookup][]inventory.Object{},
	}
}

// All lists what the inventory has of a class.
func (v *VSphere) All(class inventory.Class) []inventory.Object {
	if _, ok := v.listed[class]; !ok {
		v.listed[class] = v.Inventory.Objects(class)
	}
	return v.listed[class]
}

// Find gives what a reference can mean.
func (v *VSphere) Find(class inventory.Class, ref, below string) []inventory.Object {
	k := lookup{class, ref, below}
	if _, ok := v.found[k]; !ok {
		v.found[k] = inventory.Among(v.All(class), class, ref, below)
	}
	return v.found[k]
}

// Spell writes a vSphere object as spec.references wants it; a name that several objects have is
// written as a path all the same.
func (v *VSphere) Spell(class inventory.Class, o inventory.Object) string {
	if v.references == v1alpha1.ReferencesNames && len(v.Find(class, o.Name, "")) == 1 {
		return o.Name
	}
	return o.Spelling()
}

// Meant spells what a reference means by its path, where the inventory knows exactly one object; else it is the reference.
func (v *VSphere) Meant(class inventory.Class, ref, below string) string {
	if found := v.Find(class, ref, below); len(found) == 1 {
		return found[0].Spelling()
	}
	return ref
}

// Resolve gives the spelling of a reference and reports one that means nothing or several objects. What the inventory does
// not list at all is taken as it is written: a person may keep only the lines that matter.
func (v *VSphere) Resolve(class inventory.Class, ref, below string, at diag.Where, diags *diag.List) string {
	all := v.All(class)
	if len(all) == 0 {
		return ref
	}
	found := v.Find(class, ref, below)
	switch len(found) {
	case 1:
		return v.Spell(class, found[0])
	case 0:
		severity, hint := diag.Error, "the inventory has "+diag.Choices(Spellings(all))
		if gaps := v.Inventory.Gaps; len(gaps) > 0 {
			severity = diag.Warning
			hint = "the inventory has gaps, so it may exist: " + diag.Choices(gaps)
		} else if s := diag.Suggest(ref, append(Spellings(all), names(all)...)); s != "" {
			hint = "did you mean " + s + "?"
		}
		diags.Add(severity, diag.UnknownReference, at, "there is no %s %q", class, ref).Hint = hint
		return ref
	}
	diags.Errorf(diag.AmbiguousReference, at, "%q names %d %ss: %s", ref, len(found), class, diag.Choices(Spellings(found))).
		WithHint("write the full path")
	return ref
}

// Only gives the spelling of the one object of a class that there is below a path. Of several the user must choose, which is
// reported; that there is none only where one is required.
func (v *VSphere) Only(class inventory.Class, below string, required bool, at diag.Where, diags *diag.List) (string, bool) {
	candidates := inventory.Within(v.All(class), below)
	switch {
	case len(candidates) == 1:
		return v.Spell(class, candidates[0]), true
	case len(candidates) > 1:
		diags.Errorf(diag.MissingMachineValue, at, "nothing says which %s the machines use", class).
			WithHint("choose one of %s", diag.Choices(Spellings(candidates)))
	case required:
		diags.Errorf(diag.MissingMachineValue, at, "nothing says which %s the machines use, and the inventory has none", class).
			WithHint("name it here, or give the control plane's VSphereMachineTemplate to vspread")
	}
	return "", false
}

// Template finds the one template that a reference means.
func (v *VSphere) Template(ref, below string) (inventory.Template, bool) {
	found := v.Find(inventory.TemplateClass, ref, below)
	if len(found) != 1 {
		return inventory.Template{}, false
	}
	i := slices.IndexFunc(v.Inventory.Templates, func(t inventory.Template) bool {
		return t.Name == found[0].Name && t.Path == found[0].Path
	})
	return v.Inventory.Templates[i], true
}

// Spellings gives objects by their paths, or names where these are all that is known, for messages.
func Spellings(objects []inventory.Object) []string {
	var out []string
	for _, o := range objects {
		out = append(out, o.Spelling())
	}
	return out
}

func names(objects []inventory.Object) []string {
	var out []string
	for _, o := range objects {
		out = append(out, o.Name)
	}
	return out
}
