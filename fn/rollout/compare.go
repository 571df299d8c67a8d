// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"cmp"
	"slices"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
)

// Compare says what happens to machines when the second side is applied where the first one runs. Errors among
// the diagnostics are about what will be refused or not do what it looks like; the plan stands beside them.
func Compare(before, after Side) Plan {
	c := comparison{before: newSide(before), after: newSide(after), edited: map[object.Key]edit{}, usage: map[place]*Host{}}
	c.before.other, c.after.other = c.after, c.before
	c.before.read()
	c.after.read()
	c.refuseDuplicates()
	c.templates()
	for _, k := range c.groups() {
		c.plan.Pools = append(c.plan.Pools, c.pool(c.before.groups[k], c.after.groups[k]))
	}
	c.topologies()
	slices.SortStableFunc(c.plan.Pools, func(a, b Pool) int {
		return cmp.Or(
			cmp.Compare(a.Namespace, b.Namespace),
			cmp.Compare(a.Cluster, b.Cluster),
			cmp.Compare(a.Kind, b.Kind), // KubeadmControlPlane, MachineDeployment
			cmp.Compare(a.Name, b.Name),
		)
	})
	c.reportEdits()
	c.hosts()
	c.others()
	c.steps()
	c.plan.Sentence = sentence(&c.plan)
	c.plan.Diags = c.diags.Sorted()
	return c.plan
}

// comparison is one call of Compare.
type comparison struct {
	before, after *side
	plan          Plan
	diags         diag.List
	// edited are the templates that have another spec under the same name.
	edited map[object.Key]edit
	usage  map[place]*Host
}

// groups lists what makes machines on either side.
func (c *comparison) groups() []object.Key {
	var out []object.Key
	for _, s := range []*side{c.before, c.after} {
		for k := range s.groups {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, compareKeys)
	return slices.Compact(out)
}

func compareKeys(a, b object.Key) int {
	return cmp.Or(
		cmp.Compare(a.Namespace, b.Namespace),
		cmp.Compare(a.Group, b.Group),
		cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Name, b.Name),
	)
}

// refuseDuplicates reports objects that stand twice on a side: which one counts depends on who applies them.
func (c *comparison) refuseDuplicates() {
	for _, s := range []*side{c.before, c.after} {
		for _, o := range s.Objects.All() {
			first := s.Objects.Get(o.Key())
			if first == o || o.Ref.Name == "" {
				continue
			}
			c.diags.Errorf(diag.DuplicateObject, diag.At(o.Ref, ""), "stands twice on one side of the comparison").
				WithHint("the other one is in %s; delete one of the two, or give it another name or namespace", cmp.Or(first.Ref.File, "the same stream"))
		}
	}
}
