// SPDX-License-Identifier: Apache-2.0

package inventory

// merger is what one Merge knows of both of its sides.
type merger struct {
	// old has the names that its hosts have now.
	old  Inventory
	read Reading
	// at looks things up in old.
	at remembered
	// clustersSeen are the ids of compute clusters that were seen.
	clustersSeen map[string]bool
	// seen are the names of hosts that were seen; inside are those of remembered ones that lie in the scope, absent those
	// of remembered ones that are no longer there.
	seen, inside, absent map[string]bool
	// datastores gives for each remembered datastore the position that it has among those seen, or -1.
	datastores []int
	// unseen are the tokens of datastores whose entries stay though nobody saw them: they may fit policies. vague are those, and
	// those that are seen and do not show where they lie: they may be in datastore clusters.
	unseen, vague map[string]bool

	hostLoss, datastoreLoss LossError
}

// there tells whether an object is in vCenter though it was not seen within the scope.
func (m *merger) there(id string) bool { return id != "" && (m.read.Outside[id] || m.read.Hidden[id]) }

// stays tells whether the entry of an object that was not seen stays as it is.
func (m *merger) stays(id string, within bool) bool {
	switch {
	case m.there(id), !within, m.read.Limited:
		return true
	case id == "":
		// vCenter cannot be asked for it.
		return len(m.read.Seen.Gaps) > 0
	}
	return false
}
