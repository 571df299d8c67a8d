// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/tree"
)

const (
	machineDeployment = "MachineDeployment"

	clusterLabel    = "cluster.x-k8s.io/cluster-name"
	deploymentLabel = "cluster.x-k8s.io/deployment-name"
)

// group is a MachineDeployment or a control plane on one side: what makes machines.
type group struct {
	*object.Object
	cluster object.Key
	// node is a copy in v1beta2 form with the webhook's defaults.
	node    *yaml.Node
	rolling rolling
	replicas
	// template is the machine template, where the side has it.
	template *object.Object
	machine  machine
}

// deploymentOf reads a MachineDeployment.
func (s *side) deploymentOf(o *object.Object) *group {
	node := tree.Clone(o.Node)
	tree.Remove(node, "status")
	convert.MachineDeployment(node, o.Version())
	withDefaults(node, o.Ref.Name)
	g := &group{
		Object:   o,
		node:     node,
		cluster:  object.NewKey(object.CoreGroup, clusterKind, o.Ref.Namespace, tree.String(node, "spec", "clusterName")),
		rolling:  rollingOf(tree.Get(node, "spec", "template")),
		replicas: replicasOf(o, -1),
	}
	g.template = s.find(g.rolling.infrastructure, o)
	g.machine = s.machineOf(g)
	return g
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

// surge is how many machines more than it wants a group may have in a rollout.
func (g *group) surge(machines int) int {
	if tree.String(g.node, "spec", "rollout", "strategy", "type") != "RollingUpdate" {
		return 0
	}
	value := tree.String(g.node, "spec", "rollout", "strategy", "rollingUpdate", "maxSurge")
	if percent, ok := strings.CutSuffix(value, "%"); ok {
		n, _ := strconv.Atoi(percent)
		return (max(n, 0)*machines + 99) / 100
	}
	n, _ := strconv.Atoi(value)
	return max(n, 0)
}

// isPaused tells whether changes wait until somebody resumes the group.
func (g *group) isPaused() bool { return tree.String(g.node, "spec", "paused") == "true" }

// onDelete tells whether old machines stay until somebody deletes them.
func (g *group) onDelete() bool {
	return tree.String(g.node, "spec", "rollout", "strategy", "type") == "OnDelete"
}
