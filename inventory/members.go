// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"cmp"
	"slices"
)

// unnumbered marks a datastore that was seen and has no ordinal yet.
const unnumbered = -1

// host counts a host that was seen again. Whatever its state is, it is not gone.
func (m *merger) host(old Host, seen *Host) {
	m.hostLoss.count(old.State)
	if seen.State == Gone {
		seen.State = ""
	}
}

func (m *merger) hostGone(h *Host) {
	m.hostLoss.lose(h.State, h.Name)
	h.State = Gone
}

// datastore takes over what is remembered of a datastore that was seen again.
func (m *merger) datastore(old Datastore, seen *Datastore) {
	m.datastoreLoss.count(old.State)
	if seen.State == Gone {
		seen.State = ""
	}
	if len(seen.Hosts) == 0 {
		// Nobody mounts it at the moment; where its machines are is known all the same.
		seen.Hosts = slices.Clone(old.Hosts)
	}
	seen.Hosts = m.withUnseen(old.Hosts, seen.Hosts)
	seen.Ordinal = cmp.Or(old.Ordinal, unnumbered)
	if old.Local != nil {
		seen.Local = old.Local
	}
	staysShared(len(old.Hosts), seen)
	if !old.IsLocal() {
		m.crowded(seen)
	}
	if old.CapacityGiB == seen.CapacityGiB && 10*abs(old.FreeGiB-seen.FreeGiB) <= seen.CapacityGiB {
		seen.FreeGiB = old.FreeGiB
	}
}

// firstSight is of a datastore that nothing is remembered of.
func (m *merger) firstSight(d *Datastore) {
	d.Ordinal = unnumbered
	m.crowded(d)
}

// crowded keeps a datastore that was not local from being so while other hosts than the listed one seem to mount it. One that was
// local has a pool, which must not vanish with its machines because vCenter contradicts itself.
func (m *merger) crowded(d *Datastore) {
	if d.Local == nil && m.read.Crowded[d.ID] && d.IsLocal() {
		no := false
		d.Local = &no
	}
}

// unmounted corrects the entry of a datastore that stays.
func (m *merger) unmounted(d *Datastore) {
	had := len(d.Hosts)
	d.Hosts = m.left(d.ID, d.Hosts)
	staysShared(had, d)
}

// staysShared keeps what several hosts have mounted from looking like the disk of the one that is left: a LUN of which
// hosts are lost would get a pool, and lose it with its machines when they are back.
func staysShared(hadHosts int, d *Datastore) {
	if hadHosts > 1 && d.Local == nil && d.IsLocal() {
		no := false
		d.Local = &no
	}
}

func (m *merger) datastoreGone(d *Datastore) {
	m.datastoreLoss.lose(d.State, d.Name)
	d.State = Gone
}

// yield lets datastores that are gone leave their path to others that have it now.
func yield(datastores []Datastore) {
	taken := map[string]bool{}
	for _, d := range datastores {
		if d.State != Gone {
			taken[d.Path] = true
		}
	}
	for i := range datastores {
		if d := &datastores[i]; d.State == Gone && taken[d.Path] {
			d.Path = ""
		}
	}
}

func (m *merger) network(old Network, seen *Network) {
	seen.Hosts = m.withUnseen(old.Hosts, seen.Hosts)
}
func (m *merger) offNetwork(n *Network) { n.Hosts = m.left(n.ID, n.Hosts) }

// withUnseen adds those remembered hosts that were not to be seen, and that are there.
func (m *merger) withUnseen(old, seen []string) []string {
	for _, h := range old {
		if !m.seen[h] && !m.absent[h] && !slices.Contains(seen, h) {
			seen = append(seen, h)
		}
	}
	return seen
}

// left takes hosts that were seen out of the list of something that none of them has any more: otherwise it would
// lie in the scope.
func (m *merger) left(id string, hosts []string) []string {
	if !m.read.Outside[id] || slices.Contains(m.read.Unread[id], "hosts") {
		return hosts
	}
	rest := slices.DeleteFunc(slices.Clone(hosts), func(h string) bool { return m.seen[h] })
	if len(rest) == 0 {
		return hosts
	}
	return rest
}

// point puts tokens of the merged datastores into the lists of both sides, so that each entry is compared as what it means.
func (m *merger) point(out *Inventory) {
	seen := m.read.Seen.Datastores
	at := make([]int, len(m.old.Datastores))
	next := len(seen)
	for i, j := range m.datastores {
		at[i] = j
		if j < 0 {
			// combine puts these behind those that were seen.
			at[i] = next
			next++
		}
		d := m.old.Datastores[i]
		switch {
		case j >= 0 && slices.Contains(m.read.Unread[seen[j].ID], "path"):
			m.vague[token(at[i])] = true
		case j < 0 && m.stays(d.ID, m.datastoreWithin(d)):
			m.vague[token(at[i])], m.unseen[token(at[i])] = true, true
		}
	}
	// What neither side knew by itself both may know together.
	remembered, read, merged := m.old.Directory(), m.read.Seen.Directory(), out.Directory()
	m.old.tokens(func(entry, datacenter string) []int {
		if found := through(at, remembered.find(entry, datacenter)); len(found) > 0 {
			return found
		}
		return merged.find(entry, datacenter)
	})
	out.tokens(func(entry, datacenter string) []int {
		if found := read.find(entry, datacenter); len(found) > 0 {
			return found
		}
		return merged.find(entry, datacenter)
	})
}

func (m *merger) pod(old DatastoreCluster, seen *DatastoreCluster) {
	seen.Datastores = withThose(seen.Datastores, old.Datastores, m.vague)
}

func (m *merger) policy(old StoragePolicy, seen *StoragePolicy) {
	seen.Datastores = withThose(seen.Datastores, old.Datastores, m.unseen)
}

// withThose adds those of the old that are in a set.
func withThose(list, old []string, those map[string]bool) []string {
	for _, d := range old {
		if those[d] && !slices.Contains(list, d) {
			list = append(list, d)
		}
	}
	return list
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
