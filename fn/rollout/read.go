// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"strings"

	"github.com/vspread/vspread/fn/object"
)

// readSides finds what makes machines on both sides.
func readSides(before, after Side) (was, is reading) {
	first, second := newSide(before), newSide(after)
	first.other, second.other = second, first
	return first.read(), second.read()
}

// read finds what makes machines on one side.
func (s *side) read() reading {
	groups := map[object.Key]*group{}
	planes := s.controlPlanes()
	for _, o := range s.Objects.All() {
		var g *group
		switch {
		case o.Group() == object.CoreGroup && o.Ref.Kind == machineDeployment:
			g = deploymentOf(o)
		case o.Group() == object.CoreGroup && isWorkers(o.Ref.Kind):
			g = looseOf(o)
		case o.Group() == controlPlaneGroup && !strings.HasSuffix(o.Ref.Kind, "Template"):
			g = controlPlaneOf(o, planes[o.Key()])
		default:
			continue
		}
		g.template = s.find(g.rolling.infrastructure, o)
		g.machine = s.machineOf(g.cluster, g.template, g.rolling.failureDomain)
		g.ignored = s.ignoredOf(g)
		groups[o.Key()] = g
	}
	return reading{s, groups}
}

// controlPlanes gives the Cluster of each control plane that a Cluster names.
func (s *side) controlPlanes() map[object.Key]object.Key {
	out := map[object.Key]object.Key{}
	for _, c := range s.Objects.Clusters() {
		if _, k := s.Objects.Follow(c, "spec", "controlPlaneRef"); k.Name != "" {
			out[k] = c.Key()
		}
	}
	return out
}
