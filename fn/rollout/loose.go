// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"fmt"

	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/tree"
)

// Besides MachineDeployments, other generators write MachineSets, MachinePools and single Machines. They make machines
// without rollouts: what a MachineSet's template says concerns machines that are made later, and of the others only
// their providers know what a change does.

// looseOf reads what makes machines without rollouts.
func looseOf(o *object.Object) *group {
	node := tree.Clone(o.Node)
	tree.Remove(node, "status")
	convert.MachineDeployment(node, o.Version())
	template := tree.Get(node, "spec", "template")
	g := &group{Object: o, node: node, replicas: replicasOf(o, -1)}
	if o.Ref.Kind == oneMachine {
		template, g.replicas = node, replicas{number: 1}
	}
	g.rolling = rollingOf(template)
	g.cluster = object.NewKey(object.CoreGroup, clusterKind, o.Ref.Namespace, tree.String(node, "spec", "clusterName"))
	return g
}

// loose finds what changes of these do to machines besides their number.
func (c *comparison) loose(p *Pool, before, after *group) {
	var unsure []Reason
	for _, d := range differences(tree.Get(before.node, "spec"), tree.Get(after.node, "spec"), "spec") {
		switch {
		case d.below("spec", "replicas"), isAPIVersion(d), isImmutable(d):
		case after.Ref.Kind == machineSet:
			r := fieldOf(d)
			if d.below("spec", "template") {
				r.Text += ", which concerns machines that are made from now on"
			}
			p.Changes, p.Reasons = append(p.Changes, InPlace), append(p.Reasons, r)
		default:
			unsure = append(unsure, Reason{Field: d.name(), Text: fmt.Sprintf("%s differs; what replaces a %s is not known here", d.name(), after.Ref.Kind)})
		}
	}
	metadata(p, before, after)
	c.edits.stale(p, before, after)
	mayBeReplaced(p, before, after, unsure)
}
