// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/vspread/vspread/internal/diag"
)

// adviseTemplates tells of templates that are lost with one host, while other hosts still have machines cloned from them.
func (inv *Inventory) adviseTemplates(at diag.Where, diags *diag.List) {
	on := inv.onLocalDisks()
	for _, i := range slices.Sorted(maps.Keys(on)) {
		d, templates := inv.Datastores[i], on[i]
		what, which := "template "+templates[0]+" is", ""
		if len(templates) > 1 {
			what, which = diag.Count(len(templates), "template", "templates")+" are", ": "+diag.Choices(templates)
		}
		if inv.IsGone(d) {
			diags.Warnf(diag.TemplateOnOneHost, at, "%s on datastore %s, which is gone: nothing can be cloned from there", what, d.Object().Spelling()).
				WithHint("make the template again, on a datastore that all hosts mount%s", which)
			continue
		}
		diags.Warnf(diag.TemplateOnOneHost, at, "%s only on the disk of host %s, datastore %s: when that host is lost, no machine can be cloned on any other",
			what, strings.Join(d.Hosts, ", "), d.Object().Spelling()).
			WithHint("move it to a datastore that all hosts mount, while the host is there%s", which)
	}
}

// onLocalDisks gives the templates that have files on a local datastore, by the position of the datastore. Where there is no other
// host that could clone from them, nothing more is lost with the one.
func (inv *Inventory) onLocalDisks() map[int][]string {
	on, homes, all := map[int][]string{}, inv.homes(), newDirectory(inv)
	for _, t := range inv.Templates {
		label, home := cmp.Or(t.Path, t.Name), inv.datacenterAt(t.Path)
		for _, entry := range t.Datastores {
			for _, i := range all.find(entry, home) {
				d := inv.Datastores[i]
				if d.IsLocal() && !slices.Contains(on[i], label) && inv.hasOtherHost(d.Hosts, home, homes) {
					on[i] = append(on[i], label)
				}
			}
		}
	}
	return on
}

// hasOtherHost tells whether any host than these is in a datacenter, as far as homes tell it.
func (inv *Inventory) hasOtherHost(hosts []string, datacenter string, homes map[string]string) bool {
	return slices.ContainsFunc(inv.Hosts, func(h Host) bool {
		return h.State != Gone && !slices.Contains(hosts, h.Name) && (datacenter == "" || homes[h.Name] == "" || homes[h.Name] == datacenter)
	})
}
