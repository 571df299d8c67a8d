// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// pool compares a group with itself; one of the two may be nil.
func (c *comparison) pool(before, after *group) Pool {
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
	c.count(&p, before, after)
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
	c.delays(p)
}

func (c *comparison) removed(p *Pool, before *group) {
	n := before.machines(-1)
	p.Changes, p.Before, p.Waits = []Kind{Remove}, before.shape(), c.after.waits(before)
	p.Machines = Machines{Before: n, Removed: n, MayBeRemoved: before.most(n) - n, Peak: before.most(n), NotKnown: !before.isCounted(), Inexact: before.isElastic(n)}
	before.machine.at = c.now(before)
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
			with = before.span().machines()
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
	c.delays(p)
}

func (c *comparison) changed(p *Pool, before, after *group) {
	if c.isSamePlace(before, after) {
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
	c.delays(p)
}

// deployment finds what a MachineDeployment does to its machines besides their number.
func (c *comparison) deployment(p *Pool, before, after *group) {
	var reasons []Reason
	if fields := before.rolling.rolls(after.rolling); len(fields) > 0 {
		reasons = c.whyRolls(before, after, fields)
	}
	for _, d := range differences(tree.Get(before.node, "spec"), tree.Get(after.node, "spec"), "spec") {
		switch {
		case isRolling(d), d.below("spec", "replicas"), isImmutable(d), isAPIVersion(d):
		case d.below("spec", "rollout", "after"):
			if d.after != nil {
				reasons = append(reasons, Reason{Field: d.name(), Before: written(d.before), After: written(d.after),
					Text: "machines made before " + written(d.after) + " are replaced from then on"})
				continue
			}
			fallthrough
		default:
			p.Changes = append(p.Changes, InPlace)
			p.Reasons = append(p.Reasons, fieldOf(d))
		}
	}
	c.metadata(p, before, after)
	c.replaced(p, before, after, reasons)
	c.stale(p, before, after)
}

// stale notes templates that were edited under the name by which the group knows them.
func (c *comparison) stale(p *Pool, before, after *group) {
	for _, r := range []reference{after.rolling.infrastructure, after.rolling.bootstrap} {
		k := object.NewKey(r.group, r.kind, after.Ref.Namespace, r.name)
		e, edited := c.edited[k]
		if !edited || r != before.rolling.infrastructure && r != before.rolling.bootstrap || !before.mayHave() {
			continue
		}
		if p.Has(Replace) && r.group != infrastructureGroup {
			continue // the new machines get it
		}
		e.harms = true
		c.edited[k] = e
		p.Changes = append(p.Changes, NoEffect)
		p.Reasons = append(p.Reasons, Reason{Object: r.kind + " " + r.name, Field: e.fields[0].name(),
			Text: fmt.Sprintf("%s %s is edited under the same name, which replaces no machine", r.kind, r.name)})
	}
}

// replaced notes that machines are replaced, when there are any.
func (c *comparison) replaced(p *Pool, before, after *group, reasons []Reason) {
	if len(reasons) == 0 {
		return
	}
	_, n, _ := before.transition(after.replicas)
	switch {
	case !after.mayHave():
		return // all go, whatever they would be
	case p.Machines.NotKnown && before.mayHave():
		p.Changes = append(p.Changes, Replace)
	case n.most > 0:
		p.Changes = append(p.Changes, Replace)
		p.Machines.Replaced, p.Machines.MayBeReplaced = n.least, n.most-n.least
	default:
		if !p.Machines.NotKnown && !p.Has(Scale) {
			p.Changes = append(p.Changes, InPlace)
		}
		reasons = append(reasons, Reason{Text: "there is no machine to replace"})
	}
	p.Reasons = append(reasons, p.Reasons...)
}

// isRolling tells whether a field is one of the rule, which has looked at it.
func isRolling(d field) bool {
	for _, path := range [][]string{
		{"spec", "template", "spec", "version"},
		{"spec", "template", "spec", "failureDomain"},
		{"spec", "template", "spec", "infrastructureRef"},
		{"spec", "template", "spec", "bootstrap"},
	} {
		if d.below(path...) {
			return true
		}
	}
	return false
}

func isImmutable(d field) bool {
	return d.below("spec", "selector") || d.below("spec", "clusterName") || d.below("spec", "template", "spec", "clusterName")
}

// isAPIVersion recognises the version of a reference, which Cluster API does not compare.
func isAPIVersion(d field) bool { return d.path[len(d.path)-1] == "apiVersion" }

func fieldOf(d field) Reason {
	r := Reason{Field: d.name(), Before: written(d.before), After: written(d.after)}
	if d.below("spec", "template", "metadata") && len(d.path) == 5 {
		r.Text = fmt.Sprintf("machines' %s %s %s → %s", strings.TrimSuffix(d.path[3], "s"), d.path[4], orNone(r.Before), orNone(r.After))
		return r
	}
	short := strings.TrimPrefix(strings.TrimPrefix(r.Field, "spec.template."), "spec.")
	r.Text = fmt.Sprintf("%s %s → %s", short, orNone(r.Before), orNone(r.After))
	return r
}

// goneBecause says why a datastore takes no machines any more, or nothing.
func goneBecause(s *side, g *group) string {
	inv, d := s.inventory(g.cluster), g.machine.datastore
	switch {
	case inv == nil || d == nil || !inv.IsGone(*d):
		return ""
	case d.State == inventory.Gone || len(d.Hosts) == 0:
		return "datastore " + d.Name + " is gone"
	}
	return "host " + d.Hosts[0] + " is gone"
}

// refuseImmutable reports what the API server refuses, or what takes running machines out of Cluster API's
// sight.
func (c *comparison) refuseImmutable(p *Pool, before, after *group) {
	if after.isControlPlane() {
		return
	}
	refuse := func(d field) {
		p.Changes, p.Reasons = append(p.Changes, NoEffect), append(p.Reasons, fieldOf(d))
	}
	if was, is := tree.String(before.node, "spec", "clusterName"), tree.String(after.node, "spec", "clusterName"); was != is {
		refuse(field{[]string{"spec", "clusterName"}, tree.Get(before.node, "spec", "clusterName"), tree.Get(after.node, "spec", "clusterName")})
		c.diags.Errorf(diag.FieldImmutable, diag.At(after.Ref, "spec.clusterName"), "changes from %s to %s, which Cluster API refuses", was, is).
			WithHint("a MachineDeployment stays with its Cluster; write one of another name")
		return // the selector has the cluster's name in it
	}
	if d := differences(tree.Get(before.node, "spec", "selector"), tree.Get(after.node, "spec", "selector"), "spec", "selector"); len(d) > 0 {
		refuse(d[0])
		c.diags.Errorf(diag.FieldImmutable, diag.At(after.Ref, d[0].name()), "changes: %s → %s", orNone(written(d[0].before)), orNone(written(d[0].after))).
			WithHint("Cluster API finds the machines that run by their labels, so it would make new ones beside them; keep the selector, or write a MachineDeployment of another name")
	}
}
