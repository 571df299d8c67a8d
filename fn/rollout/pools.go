// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"slices"

	"github.com/vspread/vspread/internal/tree"
)

// pool compares a group with itself; one of the two may be nil. What its machines take is added to the usage.
func (c *comparison) pool(before, after *group, taken *usage) Pool {
	g := after
	if g == nil {
		g = before
	}
	p := Pool{Cluster: g.cluster.Name, Kind: g.Ref.Kind, Namespace: g.Key().Namespace, Name: g.Ref.Name}
	if prefix := tree.String(g.node, "metadata", "generateName"); p.Name == "" && prefix != "" {
		p.Name = prefix + "…"
	}
	switch {
	case before == nil:
		c.created(&p, after)
	case after != nil && c.isGone(before.cluster):
		// Cluster API deletes all that a Cluster owns, whatever git still says.
		after = nil
		c.removed(&p, before)
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
	c.withoutTemplate(&p, before, after)
	c.reportUnread(&p, before, after)
	taken.count(&p, before, after)
	return p
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
	c.released(p, before, after)
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
