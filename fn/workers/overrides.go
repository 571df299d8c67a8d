// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"slices"

	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// overridesOf maps datastores to their overrides; one that matches none of the selected is an error:
// what it asks for, often a drain, would silently not happen.
func overridesOf(g group, selected []inventory.Datastore, inv *inventory.Inventory, diags *diag.List) map[inventory.Object]override {
	out := map[inventory.Object]override{}
	for i, o := range g.Overrides {
		at := g.at.Dot("overrides").Index(i)
		here := at.Dot("datastore")
		var matched []inventory.Datastore
		for _, d := range selected {
			if d.IsCalled(o.Datastore) {
				matched = append(matched, d)
			}
		}
		switch len(matched) {
		case 1:
			of := matched[0].Object()
			if _, twice := out[of]; twice {
				diags.Errorf(diag.InvalidValue, here, "%q is the datastore of another override as well", o.Datastore).
					WithHint("write one override for a datastore")
			}
			out[of] = override{o, at}
		case 0:
			d := diags.Errorf(diag.UnknownDatastore, here, "%q is none of the datastores of this group", o.Datastore)
			if _, isHost := inv.Host(o.Datastore); isHost {
				d.WithHint("that is a host; its datastores: %s", diag.Choices(site.DatastoreNames(slices.DeleteFunc(slices.Clone(selected), func(d inventory.Datastore) bool {
					return !slices.Contains(d.Hosts, o.Datastore)
				}))))
			} else {
				d.DidYouMean(o.Datastore, site.DatastoreNames(selected), "they are")
			}
		default:
			var paths []string
			for _, d := range matched {
				paths = append(paths, d.Object().Spelling())
			}
			diags.Errorf(diag.AmbiguousReference, here, "%q names %d datastores: %s", o.Datastore, len(matched), diag.Choices(paths)).
				WithHint("write the path")
		}
	}
	return out
}
