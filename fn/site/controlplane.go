// SPDX-License-Identifier: Apache-2.0

package site

import (
	"slices"
	"strings"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// CheckControlPlane reports a control plane whose machines would wait for a datastore for ever. It is the user's, and an
// inventory that was written by hand may leave its datastore out.
func CheckControlPlane(c Cluster, v *VSphere) diag.List {
	var diags diag.List
	t := c.ControlPlaneTemplate
	if t == nil {
		return nil
	}
	at := diag.At(t.Ref, "spec.template.spec.datastore")
	ref := tree.String(t.Node, "spec", "template", "spec", "datastore")
	found := v.controlPlaneDatastores(t)
	switch {
	case ref == "" || strings.Contains(ref, "${"):
	case len(found) == 1 && v.Inventory.IsGone(found[0]):
		diags.Warnf(diag.UnknownDatastore, at, "datastore %s is gone, so no machine of the control plane can be made", found[0].Object().Spelling()).
			WithHint("name another datastore in a new VSphereMachineTemplate, and let the control plane refer to that")
	case len(found) == 0 && v.Inventory.Server != "" && len(v.Inventory.Gaps) == 0:
		diags.Warnf(diag.UnknownDatastore, at, "there is no datastore %q, so the control plane's machines would never come", ref).
			DidYouMean(ref, DatastoreNames(v.Inventory.Datastores), "the inventory has")
	}
	spec := tree.Get(t.Node, "spec", "template", "spec")
	if template, ok := v.Template(tree.String(spec, "template"), v.datacenterIn(t)); ok {
		if lost := v.LostTemplate(template); lost != "" {
			diags.Warnf(diag.TemplateLost, diag.At(t.Ref, "spec.template.spec.template"), "no machine of the control plane can be cloned: %s", lost).
				WithHint("put the template onto a datastore that is there, and refresh the inventory")
		}
	}
	return diags
}

// LostTemplate says why nothing can be cloned from a template, because all its datastores are gone, or nothing.
func (v *VSphere) LostTemplate(t inventory.Template) string {
	var words []string
	for _, d := range v.Directory().Lost(t) {
		why := "which is gone"
		if d.State != inventory.Gone {
			why = "whose host " + strings.Join(d.Hosts, ", ") + " is gone"
		}
		words = append(words, d.Object().Spelling()+", "+why)
	}
	if len(words) == 0 {
		return ""
	}
	return "template " + (inventory.Object{Name: t.Name, Path: t.Path}).Spelling() + " is on " + strings.Join(words, ", and on ")
}

// datacenterIn gives the path of the datacenter that a machine template names, or "".
func (v *VSphere) datacenterIn(template *object.Object) string {
	ref := tree.String(template.Node, "spec", "template", "spec", "datacenter")
	if found := v.Find(inventory.DatacenterClass, ref, ""); len(found) == 1 {
		return found[0].Path
	}
	return ""
}

// controlPlaneDatastores gives what the datastore of a template can mean.
func (v *VSphere) controlPlaneDatastores(template *object.Object) []inventory.Datastore {
	found := v.Find(inventory.DatastoreClass, tree.String(template.Node, "spec", "template", "spec", "datastore"), v.datacenterIn(template))
	isFound := make(map[inventory.Object]bool, len(found))
	for _, o := range found {
		isFound[o] = true
	}
	return slices.DeleteFunc(slices.Clone(v.Inventory.Datastores), func(d inventory.Datastore) bool { return !isFound[d.Object()] })
}
