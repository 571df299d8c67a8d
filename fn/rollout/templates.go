// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"slices"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
)

// unreferenced lists the templates of the second side that nothing there names.
func (c *comparison) unreferenced() []Template {
	var out []Template
	for _, after := range c.after.Objects.All() {
		if isTemplate(after) && len(c.after.Objects.Referrers(after)) == 0 {
			out = append(out, Template{
				Kind: after.Ref.Kind, Namespace: after.Key().Namespace, Name: after.Ref.Name, NeededByRollout: c.wasNamed(after.Key()),
			})
		}
	}
	slices.SortFunc(out, func(a, b Template) int {
		return compareKeys(object.Key{Namespace: a.Namespace, Kind: a.Kind, Name: a.Name}, object.Key{Namespace: b.Namespace, Kind: b.Kind, Name: b.Name})
	})
	return out
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

// refuseMissing reports templates that leave git while they are needed.
func (c *comparison) refuseMissing() {
	for _, k := range c.groups() {
		before, after := c.before.groups[k], c.after.groups[k]
		if before == nil || after == nil {
			continue
		}
		c.missing(before, after, before.rolling.infrastructure, after.rolling.infrastructure)
		c.missing(before, after, before.rolling.bootstrap, after.rolling.bootstrap)
	}
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
