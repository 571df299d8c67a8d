// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"path"
	"slices"
	"strings"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// Selected gives the local datastores that the groups' pools are on, whatever is wrong with the groups; volumes are on the
// one of that name or path, which is none of them.
func Selected(groups []v1alpha1.WorkerGroup, v *site.VSphere, volumes string) []inventory.Datastore {
	locals := slices.DeleteFunc(v.Inventory.Locals(), func(d inventory.Datastore) bool { return volumes != "" && d.IsCalled(volumes) })
	taken := map[inventory.Object]bool{}
	for _, g := range groups {
		var ignored diag.List
		for _, d := range selectDatastores(locals, v, g.Datastores, diag.Where{}, &ignored) {
			taken[d.Object()] = true
		}
	}
	return slices.DeleteFunc(locals, func(d inventory.Datastore) bool { return !taken[d.Object()] })
}

// selectDatastores gives those of the local datastores that a selector chooses, and reports globs that match none of them.
func selectDatastores(locals []inventory.Datastore, v *site.VSphere, s v1alpha1.DatastoreSelector, at diag.Where, diags *diag.List) []inventory.Datastore {
	selected := locals
	if len(s.Include) > 0 {
		selected = nil
		taken := map[inventory.Object]bool{}
		for i, glob := range s.Include {
			matched := match(locals, glob)
			if len(matched) == 0 {
				refuseUnmatched(glob, locals, v.Inventory.Datastores, at.Dot("include").Index(i), diags)
			}
			for _, d := range matched {
				if !taken[d.Object()] {
					taken[d.Object()] = true
					selected = append(selected, d)
				}
			}
		}
	}
	selected = narrow(selected, locals, s, v, at, diags)
	warnNarrowed(s.Include, selected, locals, at, diags)
	included := selected
	for i, glob := range s.Exclude {
		excluded := match(locals, glob)
		switch {
		case len(excluded) == 0:
			diags.Warnf(diag.SelectorUnused, at.Dot("exclude").Index(i), "%q matches no local datastore", glob).
				WithHint("local are %s", diag.Choices(site.DatastoreNames(locals)))
		case len(included) > 0 && len(match(included, glob)) == 0: // where include chooses nothing, that is the mistake
			diags.Warnf(diag.SelectorUnused, at.Dot("exclude").Index(i), "%q matches no datastore that include chooses", glob).
				WithHint("take it out; include chooses %s", diag.Choices(site.DatastoreNames(included)))
		}
		out := map[inventory.Object]bool{}
		for _, d := range excluded {
			out[d.Object()] = true
		}
		selected = slices.DeleteFunc(slices.Clone(selected), func(d inventory.Datastore) bool { return out[d.Object()] })
	}
	if len(selected) == 0 && len(s.Exclude) > 0 && (len(included) > 0 || len(s.Tags) == 0 && s.ComputeCluster == "") {
		diags.Errorf(diag.NoLocalDatastore, at.Dot("exclude"), "leaves no local datastore").
			WithHint("local are %s", diag.Choices(site.DatastoreNames(locals)))
	}
	return selected
}

// warnNarrowed tells of globs under include whose datastores all have other tags or are in another compute cluster.
func warnNarrowed(include []string, selected, locals []inventory.Datastore, at diag.Where, diags *diag.List) {
	for i, glob := range include {
		if len(selected) > 0 && len(match(locals, glob)) > 0 && len(match(selected, glob)) == 0 {
			diags.Warnf(diag.SelectorUnused, at.Dot("include").Index(i), "%q matches no datastore that tags and computeCluster choose", glob).
				WithHint("take it out; chosen are %s", diag.Choices(site.DatastoreNames(selected)))
		}
	}
}

// refuseUnmatched reports an include that selects nothing, which would leave a disk without its workers.
func refuseUnmatched(glob string, locals, all []inventory.Datastore, at diag.Where, diags *diag.List) {
	for _, d := range match(all, glob) {
		diags.Errorf(diag.NotLocal, at, "datastore %q is not local: %s", d.Name, site.NotLocal(d)).
			WithHint("local are %s; where you know better, local: true in the inventory says so", diag.Choices(site.DatastoreNames(locals)))
		return
	}
	diags.Errorf(diag.UnknownDatastore, at, "%q matches no datastore", glob).
		DidYouMean(glob, site.DatastoreNames(locals), "local are")
}

// match compares globs with names, or with paths when they have a slash; a name or path that is
// written out matches whatever characters of globs it has.
func match(datastores []inventory.Datastore, glob string) []inventory.Datastore {
	var out []inventory.Datastore
	for _, d := range datastores {
		subject := d.Name
		if strings.Contains(glob, "/") {
			subject = d.Path
		}
		if ok, _ := path.Match(glob, subject); ok || subject == glob {
			out = append(out, d)
		}
	}
	return out
}
