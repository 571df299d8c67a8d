// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"cmp"
	"slices"
)

// Compare says what happens to machines when the second side is applied where the first one runs. Errors among
// the diagnostics are about what will be refused or not do what it looks like; the plan stands next to them.
func Compare(before, after Side) Plan {
	c := newComparison(readSides(before, after))
	c.refuseDuplicates()
	c.refuseMissing()
	c.reportUnclear()
	taken := newUsage(c.before.side, c.after.side)
	var p Plan
	for _, k := range c.groups() {
		p.Pools = append(p.Pools, c.pool(c.before.groups[k], c.after.groups[k], taken))
	}
	p.Pools = append(p.Pools, c.topologies()...)
	slices.SortStableFunc(p.Pools, func(a, b Pool) int {
		return cmp.Or(
			cmp.Compare(a.Namespace, b.Namespace),
			cmp.Compare(a.Cluster, b.Cluster),
			cmp.Compare(a.Kind, b.Kind), // KubeadmControlPlane, MachineDeployment
			cmp.Compare(a.Name, b.Name),
		)
	})
	lost := c.reportLost()
	c.edits.report(&c.diags, c.after)
	p.Hosts = taken.hosts()
	p.Templates = c.unreferenced()
	p.Others = c.others()
	p.Steps = append(lost, c.steps(p.Pools)...)
	p.Sentence = sentence(&p)
	p.Diags = c.diags.Sorted()
	return p
}
