// SPDX-License-Identifier: Apache-2.0

package capacity

import (
	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// use is what the Clusters of one ClusterSpread put onto one inventory, and by which settings that is judged.
type use struct {
	inv      *inventory.Inventory
	spec     v1alpha1.ClusterSpreadSpec
	at       diag.Where // the spec
	limits   Limits
	owners   []owner
	machines map[machines]*count
	// rooms are remembered: all findings of one kind ask for the same.
	rooms map[need]place
}

// owner is a worker group, or the control plane of a Cluster.
type owner struct {
	// group is its position among spec.workers, or -1.
	group, clusters int
	// cluster is that of a control plane.
	cluster      string
	at, memoryAt diag.Where
}

// machines are alike: of one owner, on one datastore, by its position, and of one size.
type machines struct {
	owner, datastore int
	site.Footprint
}

type count struct{ machines, surge int }

// place is what is known of where more machines fit.
type place struct {
	words  string
	isRoom bool
}

// need is what one more machine needs, above all of one resource.
type need struct {
	Resource
	site.Footprint
}

func newUse(spread *v1alpha1.ClusterSpread, at diag.Where, inv *inventory.Inventory) *use {
	c := spread.Spec.Capacity
	u := &use{inv: inv, spec: spread.Spec, at: at, machines: map[machines]*count{}, limits: Limits{
		MemoryOvercommit: c.MemoryOvercommit.Thousandths(), CPUOvercommit: c.CPUOvercommit.Thousandths(),
		ReserveMiB: *c.Reserve.MemoryMiB, ReservePercent: *c.Reserve.DiskPercent,
	}}
	for i, g := range spread.Spec.Workers {
		here := at.Dot("workers").Index(i)
		o := owner{group: i, at: here, memoryAt: here.Dot("machine.memoryMiB")}
		switch {
		case g.Replicas != nil:
			o.at = here.Dot("replicas")
		case g.PerDatastore != nil:
			o.at = here.Dot("perDatastore")
		case g.Autoscaling != nil:
			o.at = here.Dot("autoscaling.max")
		}
		u.owners = append(u.owners, o)
	}
	return u
}

func (u *use) add(m machines, n, surge int) {
	if n == 0 {
		return
	}
	if u.machines[m] == nil {
		u.machines[m] = &count{}
	}
	u.machines[m].machines += n
	u.machines[m].surge += surge
}

// hostsOf gives the hosts that the machines may run on.
func (u *use) hostsOf(m machines) []string { return u.inv.Datastores[m.datastore].Hosts }
