// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// narrow keeps those of the chosen datastores that have the tags of a selector and are in its compute cluster. What matches none of
// the local datastores is an error.
func narrow(chosen, locals []inventory.Datastore, s v1alpha1.DatastoreSelector, v *site.VSphere, at diag.Where, diags *diag.List) []inventory.Datastore {
	before := len(*diags)
	keep := func(where diag.Where, has func(inventory.Datastore) bool) {
		kept := slices.DeleteFunc(slices.Clone(chosen), func(d inventory.Datastore) bool { return !has(d) })
		if len(kept) == 0 && len(chosen) > 0 && len(*diags) == before {
			diags.Errorf(diag.NoLocalDatastore, where, "leaves no local datastore of those that are chosen otherwise").
				WithHint("these are %s", diag.Choices(site.DatastoreNames(chosen)))
		}
		chosen = kept
	}
	for _, category := range slices.Sorted(maps.Keys(s.Tags)) {
		here := at.Dot("tags").Dot(category)
		for i, value := range s.Tags[category] {
			if !slices.ContainsFunc(locals, func(d inventory.Datastore) bool { return v.HasTag(d, category, value) }) {
				refuseTag(category, value, locals, v, here.Index(i), diags)
			}
		}
		keep(here, func(d inventory.Datastore) bool {
			return slices.ContainsFunc(s.Tags[category], func(value string) bool { return v.HasTag(d, category, value) })
		})
	}
	if s.ComputeCluster != "" {
		here := at.Dot("computeCluster")
		paths := computeCluster(s.ComputeCluster, v, here, diags)
		keep(here, func(d inventory.Datastore) bool {
			return slices.ContainsFunc(d.Hosts, func(name string) bool {
				h, _ := v.Inventory.Host(name)
				return slices.Contains(paths, h.Cluster)
			})
		})
	}
	return chosen
}

// refuseTag reports a tag that no local datastore has or inherits.
func refuseTag(category, value string, locals []inventory.Datastore, v *site.VSphere, at diag.Where, diags *diag.List) {
	values, categories := map[string]bool{}, map[string]bool{}
	for _, d := range locals {
		for _, c := range v.CategoriesOf(d) {
			categories[c] = true
		}
		for _, value := range v.TagsOf(d, category) {
			values[value] = true
		}
	}
	d := diags.Errorf(diag.UnknownTag, at, "no local datastore has or inherits tag %q of category %s", value, category)
	if len(values) == 0 {
		d.DidYouMean(category, slices.Sorted(maps.Keys(categories)), "categories are")
		return
	}
	d.DidYouMean(value, slices.Sorted(maps.Keys(values)), "tags are")
}

// computeCluster gives the paths of the compute clusters that a name or path means, one unless it has been reported.
func computeCluster(ref string, v *site.VSphere, at diag.Where, diags *diag.List) []string {
	all := map[string]string{} // names by path
	for _, h := range v.Inventory.Hosts {
		if h.Cluster != "" {
			all[h.Cluster] = path.Base(h.Cluster)
		}
	}
	for _, c := range v.Inventory.Clusters {
		all[c.Path] = c.Name
	}
	var paths, names []string
	for _, p := range slices.Sorted(maps.Keys(all)) {
		names = append(names, all[p])
		if p == ref || all[p] == ref {
			paths = append(paths, p)
		}
	}
	switch {
	case len(paths) == 0 && strings.HasPrefix(ref, "/"):
		diags.Errorf(diag.UnknownReference, at, "there is no compute cluster %s", ref).DidYouMean(ref, slices.Sorted(maps.Keys(all)), "known are")
	case len(paths) == 0:
		diags.Errorf(diag.UnknownReference, at, "there is no compute cluster %s", ref).DidYouMean(ref, slices.Compact(slices.Sorted(slices.Values(names))), "known are")
	case len(paths) > 1:
		diags.Errorf(diag.AmbiguousReference, at, "%q names %d compute clusters: %s", ref, len(paths), diag.Choices(paths)).WithHint("write the path")
	}
	return paths
}
