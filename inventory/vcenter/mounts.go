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
		URL:         summary.Url,
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
		for _, h := range b.chosen.hosts {
			if slices.Contains(references(h, "datastore"), n.ref) {
				out.Hosts = append(out.Hosts, h.name)
			}
		}
		return out
	}
	elsewhere, hidden := 0, 0
	for _, m := range mounts(n) {
		// Not mounted is not the same as inaccessible, which stays in the list.
		if m.MountInfo.Mounted != nil && !*m.MountInfo.Mounted {
			continue
		}
		h := b.nodes[m.Key]
		switch {
		case h == nil || h.name == "":
			hidden++
		case !b.chosen.within[m.Key]:
			elsewhere++
		default:
			out.Hosts = append(out.Hosts, h.name)
		}
	}
	slices.Sort(out.Hosts)
	b.outOfSight(n, hidden, "the hosts that mount it are")
	b.crowded[n.ref.Value] = elsewhere+hidden > 0
	return out
}

// disagreements notes where datastores and hosts disagree on who mounts what: one of the two is out of date.
func (b *builder) disagreements() {
	type mount struct{ datastore, host types.ManagedObjectReference }
	listed := map[mount]bool{}
	for _, d := range b.chosen.datastores {
		for _, m := range mounts(d) {
			listed[mount{d.ref, m.Key}] = true
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
			h := b.nodes[m.Key]
			if h == nil || !b.chosen.within[m.Key] || h.missing["datastore"] != "" || known[mount{d.ref, m.Key}] {
				continue
			}
			b.disagree(d, "it says that host %s mounts it, and the host does not say so", h.name)
		}
	}
}
