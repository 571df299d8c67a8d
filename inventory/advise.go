// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"maps"
	"slices"
	"strings"

	"github.com/vspread/vspread/internal/diag"
)

// Advise judges a valid inventory as the place for clusters: what will make vspread ask back, or a
// cluster depend on one host. None of it is an error of the inventory.
func (inv *Inventory) Advise(at diag.Where) diag.List {
	var diags diag.List
	inv.adviseNames(at, &diags)
	inv.adviseHosts(at, &diags)
	inv.adviseDatastores(at, &diags)
	inv.adviseTemplates(at, &diags)
	for _, g := range inv.Gaps {
		diags.Warnf(diag.InventoryGap, at, "%s", g).
			WithHint("give the user that refreshes the right to read it, or live with it: what was not read stays as it was")
	}
	for _, d := range inv.Disagreements {
		diags.Warnf(diag.Disagreement, at, "%s", d).
			WithHint("mend it in vCenter: rescan the storage of the host, or give the port group of all hosts one policy")
	}
	for _, c := range inv.Clusters {
		if c.DRS != nil && !*c.DRS {
			diags.Infof(diag.DRSOff, at, "compute cluster %s has no DRS", c.Name).
				WithHint("pools on local datastores do not need it; machines elsewhere stay on the host where they start")
		}
	}
	for _, d := range inv.Datastores {
		if reason := inv.Unavailable(d); reason != "" && !inv.IsGone(d) {
			diags.Warnf(diag.HostUnavailable, at, "%s: %s", d.Name, reason)
		}
	}
	return diags
}

// adviseNames tells of names that several objects of one datacenter have. In two datacenters a name is two.
func (inv *Inventory) adviseNames(at diag.Where, diags *diag.List) {
	there := map[Class][]Object{TemplateClass: inv.Objects(TemplateClass)}
	for _, d := range inv.Datastores {
		if d.State != Gone {
			there[DatastoreClass] = append(there[DatastoreClass], d.Object())
		}
	}
	datacenters := inv.datacentersByPath()
	for _, class := range []Class{TemplateClass, DatastoreClass} {
		called := map[string]map[string][]string{}
		for _, o := range there[class] {
			if called[o.Name] == nil {
				called[o.Name] = map[string][]string{}
			}
			home := datacenters.at(o.Path)
			called[o.Name][home] = append(called[o.Name][home], o.Spelling())
		}
		for _, name := range slices.Sorted(maps.Keys(called)) {
			homes := called[name]
			unknown := slices.Sorted(slices.Values(homes[""]))
			for _, home := range slices.Sorted(maps.Keys(homes)) {
				paths, more := homes[home], 0
				if home == "" && len(homes) > 1 {
					continue // each is told with those that it may be among
				}
				if home != "" {
					// The message has only the first of many.
					few := unknown[:min(len(unknown), diag.MostChoices+1)]
					paths, more = slices.Concat(paths, few), len(unknown)-len(few)
				}
				if len(paths)+more > 1 {
					diags.Warnf(diag.EqualNames, at, "%d %ss are called %q: %s", len(paths)+more, class, name, diag.Choices(paths)).
						WithHint("write their full paths in cluster manifests, or rename all but one")
				}
			}
		}
	}
}

// adviseHosts tells of hosts that get no pool, and of places without room for volumes.
func (inv *Inventory) adviseHosts(at diag.Where, diags *diag.List) {
	local := map[string]bool{}
	for _, d := range inv.Locals() {
		for _, h := range d.Hosts {
			local[h] = true
		}
	}
	for _, h := range inv.Hosts {
		if h.State != Gone && !local[h.Name] {
			d := diags.Warnf(diag.NoLocalDatastore, at, "host %s has no local datastore, so it gets no pool", h.Name)
			if len(inv.Gaps) > 0 {
				d.WithHint("it may have one all the same: not all of vCenter could be read, as the gaps say")
			}
		}
	}
	mounted := inv.mounted()
	for _, p := range inv.Places() {
		if len(mounted.shared(p.Hosts)) == 0 {
			hint := "mount one everywhere, or use a storage policy"
			if len(inv.Gaps) > 0 {
				hint += "; or there is one and it could not be read, as the gaps say"
			}
			diags.Warnf(diag.NotShared, at, "no datastore is mounted by all hosts%s, so there is no place for volumes", p.where()).WithHint("%s", hint)
		}
	}
}

// adviseDatastores tells of datastores that are neither local to one host nor shared, so that nothing is put on them: mostly because
// of what their mount list says.
func (inv *Inventory) adviseDatastores(at diag.Where, diags *diag.List) {
	shared := map[Object]bool{}
	for _, d := range inv.SharedByPlace() {
		shared[d.Object()] = true
	}
	for _, d := range inv.Datastores {
		label := d.Object().Spelling()
		switch isVMFS := d.Type == "" || strings.EqualFold(d.Type, "VMFS"); {
		case inv.IsGone(d) || d.IsLocal() || shared[d.Object()]:
		case len(d.Hosts) == 0:
			hint := "name the hosts that mount it in its `hosts`, or refresh when they do"
			if len(inv.Gaps) > 0 {
				hint += "; or they could not be read, as the gaps say"
			}
			diags.Warnf(diag.DatastoreUnused, at, "datastore %s lists no host, so it gets no pool and is no place for volumes", label).WithHint("%s", hint)
		case !isVMFS:
		case len(d.Hosts) == 1 && d.Local != nil:
			diags.Infof(diag.DatastoreUnused, at, "datastore %s lists only host %s and gets no pool, because it is local: false", label, d.Hosts[0]).
				WithHint("write local: true if it is the disk of that host; refresh writes false where other hosts mount it or say so")
		case d.Local == nil:
			diags.Infof(diag.DatastoreUnused, at, "datastore %s is mounted by %s and not by all hosts of any place, so it gets no pool and is no place for volumes",
				label, diag.Count(len(d.Hosts), "host", "hosts")).
				WithHint("a disk of one host has that host alone in its `hosts`, a shared one all of them: %s", diag.Choices(d.Hosts))
		}
	}
}
