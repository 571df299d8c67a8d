// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"fmt"

	"github.com/vspread/vspread/inventory"
)

// created reports a group that comes.
func (c *comparison) created(p *Pool, after *group) {
	n := after.machines(-1)
	p.Changes, p.After, p.Waits = []Kind{Create}, after.shape(), c.after.waits(after)
	p.Machines = Machines{After: n, Created: n, Peak: after.most(n), NotKnown: !after.isCounted(), Inexact: after.isElastic(n)}
	p.Reasons = []Reason{{Text: c.whyCreated(after)}}
	delays(p)
}

// whyCreated says in one sentence why a group comes.
func (c *comparison) whyCreated(after *group) string {
	was, known := inventory.Datastore{}, false
	d := after.machine.datastore
	if d != nil && c.before.inventory(after.cluster) != nil {
		switch was, known = c.before.sameDatastore(after.cluster, *d); {
		case !known:
			return "datastore " + d.Name + " is new in the inventory"
		case was.Name != d.Name:
			return fmt.Sprintf("datastore %s was renamed to %s in vCenter, and a pool is called after its datastore", was.Name, d.Name)
		}
	}
	if before := c.kin.forebears[after.Key()]; before != nil {
		return c.because(before, after)
	}
	name := after.workerGroup()
	switch {
	case c.isNew(after.cluster):
		return "its Cluster is new"
	case name == "":
		return "is new in git"
	case !c.kin.was[workerGroup{after.cluster, name}]:
		return "worker group " + name + " is new"
	case known && c.before.inventory(after.cluster).IsGone(was):
		return "datastore " + d.Name + " is no longer gone"
	case known && !was.IsLocal() && d.IsLocal():
		return "datastore " + d.Name + " is local now"
	}
	return fmt.Sprintf("group %s has a pool on this datastore now", name)
}
