// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"slices"
	"strings"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// edit is a template that has another spec under the same name.
type edit struct {
	after  *object.Object
	fields []field
	// harms tells that machines run that were made from it and stay as they are.
	harms bool
}

// isTemplate recognises the templates that machines are made from.
func isTemplate(o *object.Object) bool {
	return o.Group() == infrastructureGroup && strings.HasSuffix(o.Ref.Kind, "MachineTemplate") ||
		o.Group() == bootstrapGroup && strings.HasSuffix(o.Ref.Kind, "ConfigTemplate")
}

// templates finds those that were edited under their name, that somebody still needs and that nobody names.
func (c *comparison) templates() {
	for _, after := range c.after.Objects.All() {
		if !isTemplate(after) {
			continue
		}
		if before := c.before.Objects.Get(after.Key()); before != nil {
			if d := differences(c.before.spec(before), c.after.spec(after), "spec", "template", "spec"); len(d) > 0 {
				c.edited[after.Key()] = edit{after: after, fields: d}
			}
		}
		if len(c.after.Objects.Referrers(after)) == 0 {
			c.plan.Templates = append(c.plan.Templates, Template{
				Kind: after.Ref.Kind, Namespace: after.Key().Namespace, Name: after.Ref.Name, NeededByRollout: c.wasNamed(after.Key()),
			})
		}
	}
	slices.SortFunc(c.plan.Templates, func(a, b Template) int {
		return compareKeys(object.Key{Namespace: a.Namespace, Kind: a.Kind, Name: a.Name}, object.Key{Namespace: b.Namespace, Kind: b.Kind, Name: b.Name})
	})
	for _, k := range c.groups() {
		before, after := c.before.groups[k], c.after.groups[k]
		if before == nil || after == nil {
			continue
		}
		c.missing(before, after, before.rolling.infrastructure, after.rolling.infrastructure)
		c.missing(before, after, before.rolling.bootstrap, after.rolling.bootstrap)
	}
}

// wasNamed tells whether a group that is there still had the template before.
func (c *comparison) wasNamed(k object.Key) bool {
	template := c.before.Objects.Get(k)
	if template == nil {
		return false
	}
	return slices.ContainsFunc(c.before.Objects.Referrers(template), func(o *object.Object) bool {
		g, after := c.before.groups[o.Key()], c.after.groups[o.Key()]
		return g != nil && after != nil && g.mayHave()
	})
}

// missing reports a template that leaves git while it is needed.
func (c *comparison) missing(before, after *group, from, to reference) {
	was := c.before.find(from, before.Object)
	if was == nil || c.after.find(from, after.Object) != nil {
		return
	}
	at := diag.At(was.Ref, "")
	if from == to {
		c.diags.Errorf(diag.TemplateRemoved, at, "is removed, and %s still names it", after.Ref).
			WithHint("keep it, or no machine of that pool can be made any more")
		return
	}
	if before.mayHave() && !isGuarded(was) {
		c.diags.Warnf(diag.TemplateRemoved, at, "is removed in the same step in which %s is rolled away from it", after.Ref).
			WithHint("Flux deletes it at once, and a machine that fails meanwhile cannot be made again: remove it once the rollout is over")
	}
}

// isGuarded tells whether deployers were told not to delete an object.
func isGuarded(o *object.Object) bool {
	return o.Annotation("kustomize.toolkit.fluxcd.io/prune") == "disabled"
}

// reportEdits reports templates that were edited under their name.
func (c *comparison) reportEdits() {
	for k, e := range c.edited {
		var fields []string
		for _, f := range e.fields {
			fields = append(fields, strings.TrimPrefix(f.name(), "spec.template.spec."))
		}
		if len(fields) > 3 {
			fields = append(fields[:3], "…")
		}
		at, list := diag.At(e.after.Ref, e.fields[0].name()), strings.Join(fields, ", ")
		if !c.isReported(k) {
			continue
		}
		switch {
		case isVSphere(e.after):
			c.diags.Errorf(diag.TemplateEdited, at, "is edited under the same name (%s); CAPV refuses that, and Cluster API would replace no machine", list).
				WithHint("%s", c.renaming(e.after))
		default:
			c.diags.Errorf(diag.TemplateEdited, at, "is edited under the same name (%s), so machines that run stay as they are, and only later ones differ", list).
				WithHint("%s", c.renaming(e.after))
		}
	}
}

// renaming says how a template is edited so that machines follow.
func (c *comparison) renaming(template *object.Object) string {
	for _, o := range c.after.Objects.Referrers(template) {
		if g := c.after.groups[o.Key()]; g != nil && g.Ref.Kind != machineDeployment {
			return "give the template a new name and name it in " + o.Ref.Kind + " " + o.Ref.Name
		}
	}
	return "give the template a new name and name it in the MachineDeployment; vspread does so by itself"
}

// isReported tells whether the edit of a template is an error.
func (c *comparison) isReported(k object.Key) bool {
	e, edited := c.edited[k]
	return edited && (e.harms || k.Group == infrastructureGroup)
}

// others lists objects besides those that make machines.
func (c *comparison) others() {
	add := func(o *object.Object, change Kind, fields ...string) {
		c.plan.Others = append(c.plan.Others, Other{o.Ref.Kind, o.Ref.Namespace, o.Ref.Name, change, fields})
	}
	for _, after := range c.after.Objects.All() {
		if c.isShown(after) {
			continue
		}
		before := c.before.Objects.Get(after.Key())
		switch {
		case before == nil && isTemplate(after): // new pools and rollouts bring them, or nobody names them
		case before == nil:
			add(after, Create)
		case c.isReported(after.Key()): // as an error
		case isTemplate(after):
			if e, edited := c.edited[after.Key()]; edited {
				add(after, InPlace, named(e.fields)...)
			}
		case before != after:
			if d := changesOf(before, after); len(d) > 0 {
				add(after, InPlace, fieldsOf(before, after, d)...)
				object.RefuseImmutableStorage(&c.diags, after.Ref, before.Node, after.Node)
			}
		}
	}
	for _, before := range c.before.Objects.All() {
		if c.isShown(before) || c.after.Objects.Get(before.Key()) != nil || isTemplate(before) && isGuarded(before) {
			continue
		}
		add(before, Remove)
	}
	slices.SortFunc(c.plan.Others, func(a, b Other) int {
		return compareKeys(object.Key{Namespace: a.Namespace, Kind: a.Kind, Name: a.Name}, object.Key{Namespace: b.Namespace, Kind: b.Kind, Name: b.Name})
	})
	c.plan.Others = slices.CompactFunc(c.plan.Others, func(a, b Other) bool {
		return a.Kind == b.Kind && a.Namespace == b.Namespace && a.Name == b.Name && a.Change == b.Change
	})
}

// isShown tells whether the plan says what becomes of an object in other words.
func (c *comparison) isShown(o *object.Object) bool {
	k := o.Key()
	return c.before.groups[k] != nil || c.after.groups[k] != nil
}

// named gives the names of fields, without values: there may be secrets among them.
func named(fields []field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.name())
	}
	return out
}

// changesOf compares everything but tools' notes and what a controller writes.
func changesOf(a, b *object.Object) []field {
	x, y := tree.Clone(a.Node), tree.Clone(b.Node)
	for _, key := range []string{"status", "apiVersion"} {
		tree.Remove(x, key)
		tree.Remove(y, key)
	}
	var out []field
	for _, d := range differences(x, y) {
		if len(d.path) == 2 && d.below("metadata", "namespace") {
			continue // none is the namespace default
		}
		if d.below("metadata", "annotations") {
			if len(d.path) > 2 && isNote(d.path[2]) || len(d.path) == 2 && onlyNotes(d) {
				continue
			}
		}
		out = append(out, d)
	}
	return out
}

func onlyNotes(d field) bool {
	n := d.before
	if n == nil {
		n = d.after
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if !isNote(n.Content[i].Value) {
			return false
		}
	}
	return true
}
