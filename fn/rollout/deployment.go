// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/tree"
)

// deploymentOf reads a MachineDeployment.
func deploymentOf(o *object.Object) *group {
	node := o.Node
	if convert.IsOld(o.Version()) || !isComplete(node) {
		node = tree.Clone(node)
		tree.Remove(node, "status")
		convert.MachineDeployment(node, o.Version())
		withDefaults(node, o.Ref.Name)
	}
	g := &group{
		Object:   o,
		node:     node,
		cluster:  object.NewKey(object.CoreGroup, clusterKind, o.Ref.Namespace, tree.String(node, "spec", "clusterName")),
		rolling:  rollingOf(tree.Get(node, "spec", "template")),
		replicas: replicasOf(o, -1),
	}
	return g
}

// isComplete tells whether withDefaults would change nothing, as is so for what vspread writes; it is not worth a copy then.
func isComplete(md *yaml.Node) bool {
	cluster, version := tree.String(md, "spec", "clusterName"), tree.String(md, "spec", "template", "spec", "version")
	for _, path := range [][]string{
		{"metadata", "labels", clusterLabel},
		{"spec", "selector", "matchLabels", clusterLabel},
		{"spec", "template", "metadata", "labels", clusterLabel},
	} {
		if cluster == "" || tree.String(md, path...) != cluster {
			return false
		}
	}
	strategy := tree.Get(md, "spec", "rollout", "strategy")
	return tree.Get(md, "status") == nil && version == convert.Version(version) && tree.Get(strategy, "type") != nil &&
		(tree.String(strategy, "type") != "RollingUpdate" ||
			tree.Get(strategy, "rollingUpdate", "maxSurge") != nil && tree.Get(strategy, "rollingUpdate", "maxUnavailable") != nil)
}

// withDefaults does what Cluster API's webhook does to a MachineDeployment, but for the replicas, for which it
// looks at the running object.
func withDefaults(md *yaml.Node, name string) {
	cluster := tree.String(md, "spec", "clusterName")
	if cluster != "" {
		tree.Set(md, codec.String(cluster), "metadata", "labels", clusterLabel)
	}
	tree.Fill(md, codec.String("RollingUpdate"), "spec", "rollout", "strategy", "type")
	if tree.String(md, "spec", "rollout", "strategy", "type") == "RollingUpdate" {
		tree.Fill(md, codec.Int(1), "spec", "rollout", "strategy", "rollingUpdate", "maxSurge")
		tree.Fill(md, codec.Int(0), "spec", "rollout", "strategy", "rollingUpdate", "maxUnavailable")
	}
	labels := tree.Get(md, "spec", "selector", "matchLabels")
	if (labels == nil || len(labels.Content) == 0) && len(tree.List(md, "spec", "selector", "matchExpressions")) == 0 {
		tree.Set(md, codec.String(name), "spec", "selector", "matchLabels", deploymentLabel)
		tree.Set(md, codec.String(name), "spec", "template", "metadata", "labels", deploymentLabel)
	}
	if cluster != "" {
		tree.Set(md, codec.String(cluster), "spec", "selector", "matchLabels", clusterLabel)
		tree.Set(md, codec.String(cluster), "spec", "template", "metadata", "labels", clusterLabel)
	}
	if v := tree.String(md, "spec", "template", "spec", "version"); v != "" {
		tree.Set(md, codec.String(convert.Version(v)), "spec", "template", "spec", "version")
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
		case d.below("spec", "rollout", "after") && object.SameInstant(d.before, d.after):
		case d.below("spec", "rollout", "after"):
			if d.after != nil {
				reasons = append(reasons, Reason{Field: d.name(), Before: written(d.before), After: written(d.after),
					Text: "machines made before " + written(d.after) + " are replaced from then on"})
				continue
			}
			fallthrough
		default:
			p.Changes = append(p.Changes, InPlace)
			r := fieldOf(d)
			r.Text += withoutEffect(before, after, site.DeploymentPart, d, d.path[1:])
			p.Reasons = append(p.Reasons, r)
		}
	}
	metadata(p, before, after)
	replaced(p, before, after, reasons)
	c.edits.stale(p, before, after)
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
