// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vspread/vspread/inventory"
)

func (b *builder) datastore(n *node) inventory.Datastore {
	summary := value[types.DatastoreSummary](n, "summary")
	out := inventory.Datastore{
		Name:        n.name,
		Path:        b.pathOf(n),
		ID:          n.ref.Value,
		URL:         b.url(n, summary),
		Type:        summary.Type,
		CapacityGiB: int(nearest(summary.Capacity, 1<<30)),
		FreeGiB:     int(nearest(summary.FreeSpace, 1<<30)),
		Tags:        b.tags[n.ref],
	}
	switch {
	case n.values["summary"] == nil:
		// not known
	case !summary.Accessible:
		out.State = inventory.Inaccessible
	case summary.MaintenanceMode != "" && summary.MaintenanceMode != string(types.DatastoreSummaryMaintenanceModeStateNormal):
		out.State = inventory.Maintenance
	}

	if n.missing["host"] != "" {
		// The other side knows at least the hosts that the user sees; the gap is noted.
		for _, h := range b.sayers[n.ref] {
			if b.chosen.within[h.ref] {
				out.Hosts = append(out.Hosts, h.name)
			}
		}
		b.crowded[n.ref.Value] = slices.ContainsFunc(b.sayers[n.ref], func(h *node) bool { return !b.chosen.within[h.ref] })
		return out
	}
	elsewhere, hidden := 0, 0
	listed := map[types.ManagedObjectReference]bool{}
	for _, m := range mounts(n) {
		listed[m.host] = true
		if !m.mounted {
			continue
		}
		h := b.nodes[m.host]
		switch {
		case h == nil || h.name == "":
			hidden++
		case !b.chosen.within[m.host]:
			elsewhere++
		default:
			out.Hosts = append(out.Hosts, h.name)
		}
	}
	slices.Sort(out.Hosts)
	b.outOfSight(n, hidden, "the hosts that mount it are")
	b.crowded[n.ref.Value] = elsewhere+hidden > 0 || slices.ContainsFunc(b.sayers[n.ref], func(h *node) bool { return !listed[h.ref] })
	return out
}

// url is the datastore's url as storage drivers want it. Another one, as simulators make it up, is as good as none: the entry
// keeps what it had, and a gap says so without the url itself, which may be another each time.
func (b *builder) url(n *node, summary types.DatastoreSummary) string {
	if summary.Url == "" || inventory.IsURL(summary.Url) {
		return summary.Url
	}
	b.gap(n, "its url is none of a datastore, such as ds:///vmfs/volumes/…/")
	b.doubt(n, "url")
	return ""
}

// sayersOf gives for each datastore the hosts, of the whole vCenter, that say that they mount it.
func (t *tree) sayersOf() map[types.ManagedObjectReference][]*node {
	out := map[types.ManagedObjectReference][]*node{}
	for _, h := range t.all("HostSystem") {
		for _, ref := range references(h, "datastore") {
			if of := out[ref]; len(of) == 0 || of[len(of)-1] != h {
				out[ref] = append(of, h)
			}
		}
	}
	return out
}

// disagreements notes where datastores and hosts disagree on who mounts what: one of the two is out of date.
func (b *builder) disagreements() {
	type mount struct{ datastore, host types.ManagedObjectReference }
	listed := map[mount]bool{}
	for _, d := range b.chosen.datastores {
		for _, m := range mounts(d) {
			listed[mount{d.ref, m.host}] = true
		}
	}
	known := map[mount]bool{}
	for _, h := range b.chosen.hosts {
		if h.missing["datastore"] != "" {
			continue
		}
		for _, ref := range references(h, "datastore") {
			known[mount{ref, h.ref}] = true
			d := b.nodes[ref]
			if d == nil || !b.chosen.within[ref] || d.missing["host"] != "" || listed[mount{ref, h.ref}] {
				continue
			}
			b.disagree(d, "host %s says that it mounts it, and it does not say so", h.name)
		}
	}
	for _, d := range b.chosen.datastores {
		for _, m := range mounts(d) {
			h := b.nodes[m.host]
			if h == nil || !b.chosen.within[m.host] || h.missing["datastore"] != "" || known[mount{d.ref, m.host}] {
				continue
			}
			b.disagree(d, "it says that host %s mounts it, and the host does not say so", h.name)
		}
	}
}
