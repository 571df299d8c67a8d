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
	computes   map[string][]string
	finders    map[inventory.Class]*inventory.Finder
	indexes
}

type lookup struct {
	class      inventory.Class
	ref, below string
}

// NewVSphere makes the lookup for an inventory, written at a place, and a way to spell references.
func NewVSphere(inv *inventory.Inventory, at diag.Where, references v1alpha1.References) *VSphere {
	return &VSphere{
		Inventory: inv, At: at, references: references,
		listed: map[inventory.Class][]inventory.Object{}, found: map[lookup][]inventory.Object{}, computes: map[string][]string{},
		finders: map[inventory.Class]*inventory.Finder{}, indexes: indexes{inv: inv},
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
		if v.finders[class] == nil {
			v.finders[class] = inventory.NewFinder(v.All(class), class)
		}
		v.found[k] = v.finders[class].Find(ref, below)
	}
	return v.found[k]
}

// Spell writes a vSphere object, for machines in a datacenter, as spec.references wants it. A name that several objects have,
// or that CAPV would look up in another datacenter, is written as a path all the same.
func (v *VSphere) Spell(class inventory.Class, o inventory.Object, datacenter string) string {
	isThere := datacenter == "" || o.Path == "" || o.IsBelow(datacenter)
	if v.references == v1alpha1.ReferencesNames && isThere && len(v.Find(class, o.Name, "")) == 1 {
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

// Resolve gives the spelling of a reference of machines at a place, and reports one that means nothing there, several
// objects, or one where the machines cannot be. What the inventory does not list at all is taken as it is written: a
// person may keep only the lines that matter.
func (v *VSphere) Resolve(class inventory.Class, ref string, p Place, at diag.Where, diags *diag.List) string {
	all := v.All(class)
	if len(all) == 0 {
		return ref
	}
	below := p.below(class)
	found := v.Find(class, ref, below)
	switch {
	case len(found) == 0:
		v.refuseUnknown(class, ref, below, at, diags)
		return ref
	case len(found) > 1:
		diags.Errorf(diag.AmbiguousReference, at, "%q names %d %ss: %s", ref, len(found), class, diag.Choices(Spellings(found))).
			WithHint("write the full path")
		return ref
	case class != inventory.TemplateClass && found[0].Path != "" && !p.mayBe(class, found[0]):
		diags.Errorf(diag.UnknownReference, at, "%s %s is not where the host of datastore %s is, %s", class, found[0].Path, p.Datastore.Name, below).
			WithHint("name the %s of that place in an override for the datastore, or by a name that each place has", class)
	}
	return v.Spell(class, found[0], p.Datacenter)
}

func (v *VSphere) refuseUnknown(class inventory.Class, ref, below string, at diag.Where, diags *diag.List) {
	all := v.All(class)
	severity, hint := diag.Error, "the inventory has "+diag.Choices(Spellings(all))
	where := ""
	if elsewhere := v.Find(class, ref, ""); len(elsewhere) > 0 {
		where = " in " + below
		hint = "what has this name is elsewhere, and machines of this datastore cannot use it: " + diag.Choices(Spellings(elsewhere))
	} else if s := diag.Suggest(ref, append(Spellings(all), names(all)...)); s != "" {
		hint = "did you mean " + s + "?"
	}
	if gaps := v.Inventory.Gaps; len(gaps) > 0 {
		severity = diag.Warning
		hint = "the inventory has gaps, so it may exist: " + diag.Choices(gaps)
	}
	diags.Add(severity, diag.UnknownReference, at, "there is no %s %q%s", class, ref, where).Hint = hint
}

// Only gives the spelling of the one object of a class that machines at a place can use. Of several the user must choose, which
// is reported; that there is none only where one is required.
func (v *VSphere) Only(class inventory.Class, p Place, required bool, at diag.Where, diags *diag.List) (string, bool) {
	candidates := inventory.Within(v.All(class), p.below(class))
	if class == inventory.TemplateClass && len(candidates) == 0 {
		candidates = v.All(class) // of another datacenter, which can be cloned from
	}
	candidates = slices.DeleteFunc(slices.Clone(candidates), func(o inventory.Object) bool { return !p.mayBe(class, o) })
	switch {
	case len(candidates) == 1:
		return v.Spell(class, candidates[0], p.Datacenter), true
	case len(candidates) > 1:
		diags.Errorf(diag.MissingMachineValue, at, "nothing says which %s the machines use", class).
			WithHint("choose one of %s", diag.Choices(Spellings(candidates)))
	case required && len(v.All(class)) > 0:
		diags.Errorf(diag.MissingMachineValue, at, "nothing says which %s the machines on datastore %s use, and the inventory has none in %s", class, p.Datastore.Name, p.below(class)).
			WithHint("name it in an override for the datastore, add it to the inventory, or leave the datastore out")
	case required:
		diags.Errorf(diag.MissingMachineValue, at, "nothing says which %s the machines use, and the inventory has none", class).
			WithHint("name it here, or give the control plane's VSphereMachineTemplate to vspread")
	}
	return "", false
}

// Template finds the one template that a reference means.
func (v *VSphere) Template(ref, datacenter string) (inventory.Template, bool) {
	found := v.Find(inventory.TemplateClass, ref, datacenter)
	if len(found) != 1 {
		return inventory.Template{}, false
	}
	t, ok := v.template(found[0])
	return t, ok
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
