// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"fmt"
	"slices"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// pool compares a group with itself; one of the two may be nil. What its machines take is added to the usage.
func (c *comparison) pool(before, after *group, taken *usage) Pool {
	g := after
	if g == nil {
		g = before
	}
	p := Pool{Cluster: g.cluster.Name, Kind: g.Ref.Kind, Namespace: g.Key().Namespace, Name: g.Ref.Name}
	switch {
	case before == nil:
		c.created(&p, after)
	case after != nil && c.isGone(before.cluster):
		// Cluster API deletes all that a Cluster owns, whatever git still says.
		after = nil
		c.removed(&p, before)
		p.Reasons = append(p.Reasons, Reason{Text: "its Cluster is removed"})
	case after == nil:
		c.removed(&p, before)
	default:
		c.changed(&p, before, after)
	}
	order := Kinds()
	slices.SortFunc(p.Changes, func(a, b Kind) int { return slices.Index(order, a) - slices.Index(order, b) })
	p.Changes = slices.Compact(p.Changes)
	if len(p.Changes) == 0 {
		p.Changes = []Kind{Untouched}
	}
	c.reportUnread(&p, before, after)
	taken.count(&p, before, after)
	return p
}

func (c *comparison) created(p *Pool, after *group) {
	n := after.machines(-1)
	p.Changes, p.After, p.Waits = []Kind{Create}, after.shape(), c.after.waits(after)
	p.Machines = Machines{After: n, Created: n, Peak: after.most(n), NotKnown: !after.isCounted(), Inexact: after.isElastic(n)}
	if d := after.machine.datastore; d != nil && c.before.inventory(after.cluster) != nil {
		switch was, isKnown := c.before.sameDatastore(after.cluster, *d); {
		case !isKnown:
			p.Reasons = append(p.Reasons, Reason{Text: "datastore " + d.Name + " is new in the inventory"})
		case was.Name != d.Name:
			p.Reasons = append(p.Reasons, Reason{Text: fmt.Sprintf("datastore %s was renamed to %s in vCenter, and a pool is called after its datastore", was.Name, d.Name)})
		}
	}
	delays(p)
}

func (c *comparison) removed(p *Pool, before *group) {
	n := before.machines(-1)
	p.Changes, p.Before, p.Waits = []Kind{Remove}, before.shape(), c.after.waits(before)
	p.Machines = Machines{Before: n, Removed: n, MayBeRemoved: before.most(n) - n, Peak: before.most(n), NotKnown: !before.isCounted(), Inexact: before.isElastic(n)}
	before.machine.at = c.after.placeHere(before.cluster, before.machine)
	var is inventory.Datastore
	d := before.machine.datastore
	if d != nil && c.after.inventory(before.cluster) != nil {
		var isKnown bool
		switch is, isKnown = c.after.sameDatastore(before.cluster, *d); {
		case !isKnown:
			p.Reasons = append(p.Reasons, Reason{Text: "datastore " + d.Name + " is no longer in the inventory"})
		case is.Name != d.Name:
			p.Reasons = append(p.Reasons, Reason{Text: fmt.Sprintf("datastore %s was renamed to %s in vCenter, and a pool is called after its datastore", d.Name, is.Name)})
		}
	}
	if before.mayHave() && !c.isGone(before.cluster) {
		with := "its machines"
		if before.isCounted() {
			with = before.span().words()
		}
		removal := c.diags.Warnf(diag.PoolRemoved, diag.At(before.Ref, ""), "is removed with %s", with)
		switch {
		case before.Keeper() != "" && is.Name != "" && is.Name != before.machine.datastore.Name:
			removal.WithHint("to keep it and its machines, keep the name that its datastore had: overrides: [{datastore: %s, name: %s}] in its worker group", is.Name, before.machine.datastore.Name)
		case before.isControlPlane():
		case before.Keeper() != "":
			removal.WithHint("to move its machines first, keep it and set state: gone in the inventory or drain: true in an override")
		default:
			removal.WithHint("to move its machines first, keep it with replicas: 0; to keep them, let a pool adopt it")
		}
	}
	delays(p)
}

func (c *comparison) changed(p *Pool, before, after *group) {
	if before.machine.isSamePlace(after.machine) {
		before.machine.at = after.machine.at // a host or datastore that only changed its name
	}
	p.Before, p.After, p.Waits = before.shape(), after.shape(), c.after.waits(after)
	was := before.machines(-1)
	is := before.next(after.replicas, was)
	created, _, removed := before.transition(after.replicas)
	p.Machines = Machines{
		Before: was, After: is, Created: created.least, Removed: removed.least,
		MayBeCreated: created.most - created.least, MayBeRemoved: removed.most - removed.least,
	}
	if !before.isCounted() || !after.isCounted() {
		p.Machines = Machines{NotKnown: true}
	}
	c.refuseImmutable(p, before, after)
	c.scaling(p, before, after)
	switch {
	case after.isControlPlane():
		c.controlPlane(p, before, after)
	case after.Ref.Kind == machineDeployment:
		c.deployment(p, before, after)
	default:
		c.loose(p, before, after)
	}
	released(p, before, after, c.before.waits(before))
	if !p.Machines.NotKnown {
		p.Machines.Peak = max(before.most(was), after.most(is))
		if p.Has(Replace) || p.Has(MayReplace) {
			p.Machines.Peak = max(before.most(was), after.most(is)+after.surge(after.most(is)))
		}
		p.Machines.Inexact = p.moves() && (before.isElastic(was) || after.isElastic(is))
	}
	if len(p.Changes) == 0 {
		p.Waits = ""
		return
	}
	delays(p)
}
