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
	type file struct {
		datastore int
		template  string
	}
	on, isTold, all, others := map[int][]string{}, map[file]bool{}, inv.Directory(), inv.homesOfHosts()
	for _, t := range inv.Templates {
		label, home := cmp.Or(t.Path, t.Name), all.datacenters.at(t.Path)
		for _, entry := range t.Datastores {
			for _, i := range all.find(entry, home) {
				d := inv.Datastores[i]
				if d.IsLocal() && !isTold[file{i, label}] && others.hasOtherHost(d.Hosts, home) {
					on[i], isTold[file{i, label}] = append(on[i], label), true
				}
			}
		}
	}
	return on
}

// homesOfHosts counts the hosts that are not gone by the datacenters that they are in, as far as something tells it.
type homesOfHosts struct {
	inv   *Inventory
	homes map[string]string
	count map[string]int
	total int
}

func (inv *Inventory) homesOfHosts() homesOfHosts {
	out := homesOfHosts{inv: inv, homes: inv.homes(), count: map[string]int{}}
	for _, h := range inv.Hosts {
		if h.State != Gone {
			out.count[out.homes[h.Name]]++
			out.total++
		}
	}
	return out
}

// hasOtherHost tells whether any host than these, which are different ones, may be in a datacenter.
func (x homesOfHosts) hasOtherHost(hosts []string, datacenter string) bool {
	others := x.total
	if datacenter != "" {
		others = x.count[datacenter] + x.count[""]
	}
	for _, name := range hosts {
		home := x.homes[name]
		if h, ok := x.inv.Host(name); ok && h.State != Gone && (datacenter == "" || home == "" || home == datacenter) {
			others--
		}
	}
	return others > 0
}
