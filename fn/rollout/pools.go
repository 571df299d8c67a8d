// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"cmp"
	"fmt"
	"maps"
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
	p.Changes, p.After = []Kind{Create}, after.shape()
	p.Machines = Machines{After: n, Created: n, Peak: after.most(n), NotKnown: !after.isCounted(), Inexact: after.isElastic(n)}
	if d := after.machine.datastore; d != nil && c.before.inventory(after.cluster) != nil {
		if _, known := c.before.datastore(after.cluster, d.Path, ""); !known {
			if _, known := c.before.datastore(after.cluster, d.Name, ""); !known {
				p.Reasons = append(p.Reasons, Reason{Text: "datastore " + d.Name + " is new in the inventory"})
			}
		}
	}
}

func (c *comparison) removed(p *Pool, before *group) {
	n := before.machines(-1)
	p.Changes, p.Before = []Kind{Remove}, before.shape()
	p.Machines = Machines{Before: n, Removed: n, Peak: before.most(n), NotKnown: !before.isCounted(), Inexact: before.isElastic(n)}
	if d := before.machine.datastore; d != nil && c.after.inventory(before.cluster) != nil {
		if _, known := c.after.datastore(before.cluster, d.Name, ""); !known {
			p.Reasons = append(p.Reasons, Reason{Text: "datastore " + d.Name + " is no longer in the inventory"})
		}
	}
	if before.mayHave() && !c.isGone(before.cluster) {
		d := c.diags.Warnf(diag.PoolRemoved, diag.At(before.Ref, ""), "is removed with %s", before.machinesText(n))
		switch {
		case before.isControlPlane():
		case keeper(before.Object) != "":
			d.WithHint("to move its machines first, keep it and set state: gone in the inventory or drain: true in an override")
		default:
			d.WithHint("to move its machines first, keep it with replicas: 0; to keep them, let a pool adopt it")
		}
	}
}

// machinesText writes how many machines a group has.
func (g *group) machinesText(n int) string {
	if !g.isCounted() {
		return "its machines"
	}
	return machines(n, g.autoscaler)
}

// machines writes a number of machines that an autoscaler may have changed.
func machines(n int, autoscaler *Range) string {
	if autoscaler != nil && autoscaler.Max > n {
		return fmt.Sprintf("%d to %d machines", n, autoscaler.Max)
	}
	if n == 1 {
		return "1 machine"
	}
	return fmt.Sprintf("%d machines", n)
}

func (c *comparison) changed(p *Pool, before, after *group) {
	p.Before, p.After = before.shape(), after.shape()
	was := before.machines(-1)
	is := after.machines(was)
	p.Machines = Machines{Before: was, After: is, Created: max(is-was, 0), Removed: max(was-is, 0)}
	if !before.isCounted() || !after.isCounted() {
		p.Machines = Machines{NotKnown: true}
	}
	c.refuseImmutable(p, before, after)
	c.scaling(p, before, after)
	if after.isControlPlane() {
		c.controlPlane(p, before, after)
	} else {
		c.deployment(p, before, after)
	}
	if !p.Machines.NotKnown {
		p.Machines.Peak = max(before.most(was), after.most(is))
		if p.Has(Replace) || p.Has(MayReplace) {
			p.Machines.Peak = max(before.most(was), after.most(is)+after.surge(is))
		}
		p.Machines.Inexact = p.moves() && (before.isElastic(was) || after.isElastic(is))
	}
	if len(p.Changes) > 0 {
		c.delays(p, after)
	}
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
			}
		default:
			p.Changes = append(p.Changes, InPlace)
			p.Reasons = append(p.Reasons, fieldOf(d))
		}
	}
	c.metadata(p, before, after)
	c.replaced(p, before, after, reasons)
	for _, r := range []reference{after.rolling.infrastructure, after.rolling.bootstrap} {
		k := object.NewKey(r.group, r.kind, after.Ref.Namespace, r.name)
		e, edited := c.edited[k]
		if !edited || r != before.rolling.infrastructure && r != before.rolling.bootstrap || !p.hasMachines(before) {
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

// hasMachines tells whether there are machines before.
func (p *Pool) hasMachines(before *group) bool {
	if p.Machines.NotKnown {
		return before.mayHave()
	}
	return p.Machines.Before > 0
}

// replaced notes that machines are replaced, when there are any.
func (c *comparison) replaced(p *Pool, before, after *group, reasons []Reason) {
	if len(reasons) == 0 {
		return
	}
	n := min(p.Machines.Before, p.Machines.After)
	most := min(before.most(p.Machines.Before), after.most(p.Machines.After))
	switch {
	case p.Machines.NotKnown && !after.mayHave():
		return // all go, whatever they would be
	case p.Machines.NotKnown && before.mayHave():
		p.Changes = append(p.Changes, Replace)
	case p.Machines.NotKnown:
		reasons = append(reasons, Reason{Text: "there is no machine to replace"})
	case n > 0:
		p.Changes, p.Machines.Replaced = append(p.Changes, Replace), n
	case most > 0:
		p.Changes, p.Machines.MayBeReplaced = append(p.Changes, MayReplace), most
	case p.Machines.Before == 0 && p.Machines.After == 0:
		p.Changes = append(p.Changes, InPlace)
		reasons = append(reasons, Reason{Text: "there is no machine to replace"})
	case p.Machines.After == 0:
		return // all go, whatever they would be
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

// metadata compares labels, annotations and the owner.
func (c *comparison) metadata(p *Pool, before, after *group) {
	autoscaler := false
	for _, what := range []string{"labels", "annotations"} {
		old, updated := tree.Strings(before.node, "metadata", what), tree.Strings(after.node, "metadata", what)
		for _, key := range slices.Compact(slices.Sorted(slices.Values(slices.AppendSeq(slices.Collect(maps.Keys(old)), maps.Keys(updated))))) {
			if old[key] == updated[key] || isNote(key) {
				continue
			}
			if isOfAutoscaler(key) {
				autoscaler = true
				continue
			}
			r := Reason{Field: "metadata." + what + "." + key, Before: old[key], After: updated[key]}
			r.Text = fmt.Sprintf("%s %s %s → %s", strings.TrimSuffix(what, "s"), key, orNone(old[key]), orNone(updated[key]))
			p.Changes, p.Reasons = append(p.Changes, InPlace), append(p.Reasons, r)
		}
	}
	if autoscaler {
		r := Reason{Field: "metadata.annotations", Before: before.autoscaler.String(), After: after.autoscaler.String(), Text: "what the autoscaler is told of a machine"}
		if r.Before != r.After {
			r.Text = fmt.Sprintf("the autoscaler's range %s → %s", r.Before, r.After)
		}
		p.Changes, p.Reasons = append(p.Changes, InPlace), append(p.Reasons, r)
	}
	switch {
	case object.SameOwner(keeper(before.Object), keeper(after.Object)):
	case keeper(after.Object) == "":
		p.Changes = append(p.Changes, InPlace)
		p.Reasons = append(p.Reasons, Reason{Text: "vspread no longer looks after it"})
	default:
		p.Changes = append(p.Changes, Adopt)
		p.Reasons = slices.Insert(p.Reasons, 0, Reason{Text: "vspread looks after it from now on, for " + keeper(after.Object)})
	}
}

// isOfAutoscaler recognises annotations that the cluster autoscaler reads.
func isOfAutoscaler(key string) bool {
	return key == object.MinSizeAnnotation || key == object.MaxSizeAnnotation || strings.HasPrefix(key, "capacity.cluster-autoscaler.kubernetes.io/")
}

// keeper is the Cluster that vspread looks after a MachineDeployment for, or "".
func keeper(o *object.Object) string {
	return cmp.Or(o.Owner(), o.Annotation(object.AdoptedAnnotation))
}

// isNote recognises annotations that tools leave on objects for themselves, and those that say whose it is, which
// are looked at apart.
func isNote(key string) bool {
	if key == object.OwnerAnnotation || key == object.AdoptedAnnotation || key == object.BeforeAnnotation || key == object.LocalConfig {
		return true
	}
	for _, prefix := range []string{"config.kubernetes.io/", "internal.config.kubernetes.io/", "config.k8s.io/", "kustomize.config.k8s.io/", "internal.kpt.dev/", "kubectl.kubernetes.io/"} {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

// scaling says what becomes of the number of machines.
func (c *comparison) scaling(p *Pool, before, after *group) {
	was, is := p.Machines.Before, p.Machines.After
	if before.unread != after.unread {
		kind, r := resized(before, after)
		if why := goneBecause(c.after, after); kind == Drain && why != "" {
			r.Text = why
		}
		p.Changes, p.Reasons = append(p.Changes, kind), append(p.Reasons, r)
		return
	}
	if was == is && after.autoscaler == nil && is < before.most(was) {
		// An autoscaler may have made more machines than the least, and those above the number go.
		kind, r := resized(before, after)
		p.Changes, p.Reasons = append(p.Changes, kind), append(p.Reasons, r)
		return
	}
	if was == is {
		return
	}
	r := Reason{Field: "spec.replicas", Before: fmt.Sprint(was), After: fmt.Sprint(is), Text: fmt.Sprintf("replicas %d → %d", was, is)}
	if after.number < 0 && after.autoscaler == nil {
		r.Text = fmt.Sprintf("replicas is not set, so applying it sets 1 where there are %d", was)
	}
	kind := Scale
	if is == 0 {
		kind = Drain
		if why := goneBecause(c.after, after); why != "" {
			r.Text = why
		}
	}
	p.Changes = append(p.Changes, kind)
	p.Reasons = append(p.Reasons, r)
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

// delays says what keeps a change from happening at once.
func (c *comparison) delays(p *Pool, after *group) {
	cluster := c.after.Objects.Get(after.cluster)
	switch {
	case cluster != nil && tree.String(cluster.Node, "spec", "paused") == "true":
		p.Reasons = append(p.Reasons, Reason{Text: "the Cluster is paused, so nothing happens until it is resumed"})
	case after.isPaused():
		p.Reasons = append(p.Reasons, Reason{Text: "is paused, so nothing happens until it is resumed"})
	}
	if p.Has(Replace) && after.onDelete() {
		p.Reasons = append(p.Reasons, Reason{Field: "spec.rollout.strategy.type", After: "OnDelete", Text: "each machine is replaced when you delete it (OnDelete)"})
	}
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
