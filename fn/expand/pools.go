// SPDX-License-Identifier: Apache-2.0

package expand

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/place"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// pools selects a group's datastores and gives a pool for each, still without replicas, sorted by age
// as shares are.
func (e *expansion) pools(group v1alpha1.WorkerGroup, storage storageChoice, at diag.Where) []Pool {
	locals := e.Inventory.Locals()
	locals = slices.DeleteFunc(locals, func(d inventory.Datastore) bool { return storage.names(d) })
	if len(locals) == 0 {
		d := e.diags.Errorf(diag.NoLocalDatastore, diag.At(e.InventoryRef, ""), "no datastore is local to one host")
		d.WithHint("local is a VMFS datastore with one host in its list; %s", e.describeDatastores())
		return nil
	}
	selected := e.selectDatastores(locals, group.Datastores, at.Dot("datastores"))
	slices.SortStableFunc(selected, func(a, b inventory.Datastore) int {
		return cmp.Or(cmp.Compare(uint(a.Ordinal)-1, uint(b.Ordinal)-1), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Path, b.Path))
	})
	overrides := e.overrides(group, selected, at)
	var pools []Pool
	for _, d := range selected {
		o := overrides[key(d)]
		name, ok := PoolName(e.cluster.name, group.Name, cmp.Or(o.Name, d.Name))
		adopted := e.findAdopted(o, group, at)
		if adopted != nil {
			name, ok = adopted.Ref.Name, true
		}
		if !ok {
			e.diags.Errorf(diag.NameTooLong, at.Dot("name"), "cluster %q and group %q leave no room for a datastore in the %d characters of a MachineDeployment",
				e.cluster.name, group.Name, MaxPoolName).
				WithHint("choose a shorter name for the longer of the two")
			continue
		}
		pool := Pool{Name: name, Group: group.Name, Datastore: d, override: o, adopted: adopted, at: at, label: LabelValue(cmp.Or(o.Name, d.Name))}
		switch {
		case e.Inventory.IsGone(d):
			pool.Draining = "datastore is gone"
			if d.State != inventory.Gone {
				pool.Draining = "host is gone"
			}
		case o.Drain:
			pool.Draining = "override drains it"
		default:
			if reason := e.Inventory.Unavailable(d); reason != "" {
				e.diags.Warnf(diag.HostUnavailable, diag.At(e.InventoryRef, ""), "%s: %s; its pool stays as it is", spelling(d), reason).
					WithHint("to move its machines, set drain: true in an override")
			}
		}
		pools = append(pools, pool)
	}
	return pools
}

func (e *expansion) describeDatastores() string {
	if len(e.Inventory.Datastores) == 0 {
		return "the inventory has no datastores"
	}
	var words []string
	for _, d := range e.Inventory.Datastores {
		words = append(words, d.Name+": "+notLocal(d))
	}
	return diag.Choices(words)
}

// key tells datastores apart: names are not unique over datacenters.
func key(d inventory.Datastore) string { return d.Name + "\x00" + d.Path + "\x00" + d.ID }

func (e *expansion) selectDatastores(locals []inventory.Datastore, s v1alpha1.DatastoreSelector, at diag.Where) []inventory.Datastore {
	selected := locals
	if len(s.Include) > 0 {
		selected = nil
		taken := map[string]bool{}
		for i, glob := range s.Include {
			matched := e.match(locals, glob)
			if len(matched) == 0 {
				e.unmatched(glob, locals, at.Dot("include").Index(i))
			}
			for _, d := range matched {
				if !taken[key(d)] {
					taken[key(d)] = true
					selected = append(selected, d)
				}
			}
		}
	}
	for i, glob := range s.Exclude {
		excluded := e.match(locals, glob)
		if len(excluded) == 0 {
			e.diags.Warnf(diag.SelectorUnused, at.Dot("exclude").Index(i), "%q matches no local datastore", glob).
				WithHint("local are %s", diag.Choices(names(locals)))
		}
		out := map[string]bool{}
		for _, d := range excluded {
			out[key(d)] = true
		}
		selected = slices.DeleteFunc(slices.Clone(selected), func(d inventory.Datastore) bool { return out[key(d)] })
	}
	if len(selected) == 0 && len(s.Exclude) > 0 {
		e.diags.Errorf(diag.NoLocalDatastore, at.Dot("exclude"), "leaves no local datastore").
			WithHint("local are %s", diag.Choices(names(locals)))
	}
	return selected
}

// unmatched reports an include that selects nothing, which would leave a disk without its workers.
func (e *expansion) unmatched(glob string, locals []inventory.Datastore, at diag.Where) {
	for _, d := range e.match(e.Inventory.Datastores, glob) {
		e.diags.Errorf(diag.NotLocal, at, "datastore %q is not local: %s", d.Name, notLocal(d)).
			WithHint("local are %s; where you know better, local: true in the inventory says so", diag.Choices(names(locals)))
		return
	}
	e.diags.Errorf(diag.UnknownDatastore, at, "%q matches no datastore", glob).
		DidYouMean(glob, names(locals), "local are")
}

// notLocal says why a datastore is no pool.
func notLocal(d inventory.Datastore) string {
	switch {
	case d.Local != nil && !*d.Local:
		return "the inventory says local: false"
	case len(d.Hosts) == 0:
		return "no host mounts it"
	case len(d.Hosts) > 1:
		return strconv.Itoa(len(d.Hosts)) + " hosts mount it"
	case d.IsLocal():
		return "it is for volumes"
	}
	return "its type is " + d.Type
}

// match compares globs with names, or with paths when they have a slash; a name or path that is
// written out matches whatever characters of globs it has.
func (e *expansion) match(datastores []inventory.Datastore, glob string) []inventory.Datastore {
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

func names(datastores []inventory.Datastore) []string {
	var out []string
	for _, d := range datastores {
		out = append(out, d.Name)
	}
	return out
}

// overrides maps datastores to their overrides; one that matches none of the selected is an error:
// what it asks for, often a drain, would silently not happen.
func (e *expansion) overrides(group v1alpha1.WorkerGroup, selected []inventory.Datastore, at diag.Where) map[string]v1alpha1.Override {
	out := map[string]v1alpha1.Override{}
	for i, o := range group.Overrides {
		here := at.Dot("overrides").Index(i).Dot("datastore")
		var matched []inventory.Datastore
		for _, d := range selected {
			if d.IsCalled(o.Datastore) {
				matched = append(matched, d)
			}
		}
		switch len(matched) {
		case 1:
			if _, twice := out[key(matched[0])]; twice {
				e.diags.Errorf(diag.InvalidValue, here, "%q is the datastore of another override as well", o.Datastore).
					WithHint("write one override for a datastore")
			}
			out[key(matched[0])] = o
		case 0:
			d := e.diags.Errorf(diag.UnknownDatastore, here, "%q is none of the datastores of this group", o.Datastore)
			if _, isHost := e.Inventory.Host(o.Datastore); isHost {
				d.WithHint("that is a host; its datastores: %s", diag.Choices(names(slices.DeleteFunc(slices.Clone(selected), func(d inventory.Datastore) bool {
					return !slices.Contains(d.Hosts, o.Datastore)
				}))))
			} else {
				d.DidYouMean(o.Datastore, names(selected), "they are")
			}
		default:
			var paths []string
			for _, d := range matched {
				paths = append(paths, spelling(d))
			}
			e.diags.Errorf(diag.AmbiguousReference, here, "%q names %d datastores: %s", o.Datastore, len(matched), diag.Choices(paths)).
				WithHint("write the path")
		}
	}
	return out
}

// spread gives the pools their replicas. Fixed numbers count towards the total; what is left is
// divided among the bins.
func (e *expansion) spread(pools []Pool, group v1alpha1.WorkerGroup, seed seed, at diag.Where) []Pool {
	if len(pools) == 0 {
		return nil
	}
	total, totalAt := e.total(group, seed, at)
	var bins []place.Bin
	var indices []int
	fixed := 0
	for i := range pools {
		p := &pools[i]
		switch {
		case p.Draining != "":
			e.diags.Infof(diag.Draining, at, "pool %s keeps no machines: %s", p.Name, p.Draining)
		case p.override.Replicas != nil:
			p.Replicas = *p.override.Replicas
			fixed += p.Replicas
		case group.PerDatastore != nil:
			p.Replicas = *group.PerDatastore
		default:
			weight := 1
			if p.override.Weight != nil {
				weight = *p.override.Weight
			}
			bins = append(bins, place.Bin{Name: p.Name, Ordinal: p.Datastore.Ordinal, Weight: weight, Max: -1})
			indices = append(indices, i)
		}
	}
	if group.PerDatastore != nil {
		return pools
	}
	if group.Autoscaling != nil {
		e.bound(pools, indices, bins, *group.Autoscaling, fixed, at.Dot("autoscaling"))
		return pools
	}
	if fixed > total {
		e.diags.Errorf(diag.ReplicasConflict, totalAt, "is %d, less than the %d that overrides fix", total, fixed).
			WithHint("raise replicas or lower those of the overrides")
		return pools
	}
	shares, unplaced := place.Spread(total-fixed, bins)
	for j, i := range indices {
		pools[i].Replicas = shares[j]
	}
	switch {
	case unplaced > 0 && fixed > 0:
		e.diags.Errorf(diag.ReplicasConflict, totalAt, "is %d, more than the %d that overrides fix, and no datastore is left for the rest", total, fixed).
			WithHint("leave one datastore without fixed replicas, or lower replicas")
	case unplaced > 0:
		e.diags.Errorf(diag.NoActiveDatastore, totalAt, "%d replicas have nowhere to go: every datastore is gone or drained", total).
			WithHint("refresh the inventory or take back a drain")
	}
	return pools
}

// total is a group's number of machines: its own, else the seed's.
func (e *expansion) total(group v1alpha1.WorkerGroup, seed seed, at diag.Where) (int, diag.Where) {
	if group.Replicas != nil {
		return *group.Replicas, at.Dot("replicas")
	}
	if seed.deployment == nil || group.PerDatastore != nil || group.Autoscaling != nil {
		return 0, at.Dot("replicas")
	}
	here := diag.At(seed.deployment.Ref, "spec.replicas")
	n, ok := seed.replicas()
	if !ok {
		e.diags.Errorf(diag.WrongType, here, "must be a whole number of at most %d, not %q", v1alpha1.MaxReplicas, tree.String(seed.deployment.Node, "spec", "replicas")).
			WithHint("fill in variables before vspread runs, or set replicas in the worker group")
	}
	return n, here
}
