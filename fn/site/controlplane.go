// SPDX-License-Identifier: Apache-2.0

package site

import (
	"strings"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// CheckControlPlane reports a control plane that would wait for a datastore for ever. It is the user's, and an
// inventory that was written by hand may leave its datastore out.
func CheckControlPlane(c Cluster, v *VSphere) diag.List {
	t := c.ControlPlaneTemplate
	if t == nil || v.Inventory.Server == "" || len(v.Inventory.Gaps) > 0 {
		return nil
	}
	ref := tree.String(t.Node, "spec", "template", "spec", "datastore")
	if ref == "" || strings.Contains(ref, "${") || len(v.Find(inventory.DatastoreClass, ref, "")) > 0 {
		return nil
	}
	var diags diag.List
	diags.Warnf(diag.UnknownDatastore, diag.At(t.Ref, "spec.template.spec.datastore"), "there is no datastore %q, so the control plane's machines would never come", ref).
		DidYouMean(ref, DatastoreNames(v.Inventory.Datastores), "the inventory has")
	return diags
}
