// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/tree"
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
	// ignored are the fields that have no effect.
	ignored []site.Ignored
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

// onDelete tells whether old machines stay until somebody deletes them.
func (g *group) onDelete() bool {
	return tree.String(g.node, "spec", "rollout", "strategy", "type") == "OnDelete"
}

func (g *group) isControlPlane() bool { return g.Group() == controlPlaneGroup }

// shape is the machine for a report.
func (g *group) shape() *Shape {
	s := &Shape{
		Host: g.machine.at.host, Datastore: g.machine.at.datastore,
		Template: g.rolling.infrastructure.name, Bootstrap: g.rolling.bootstrap.name, Version: g.rolling.version,
		MemoryMiB: g.machine.memoryMiB, DiskGiB: g.machine.diskGiB,
	}
	if g.number < 0 { // a number in git counts, whatever the annotations say
		s.Autoscaler = g.autoscaler
	}
	return s
}

// keyOf is the key of what the group refers to.
func (g *group) keyOf(r reference) object.Key {
	return object.NewKey(r.group, r.kind, g.Ref.Namespace, r.name)
}

// reading is a side with what makes machines there.
type reading struct {
	*side
	groups map[object.Key]*group
}
