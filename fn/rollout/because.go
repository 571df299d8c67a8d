// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"fmt"

	"github.com/vspread/vspread/fn/object"
)

// because says why a group goes and another one comes in its place, for both.
func (c *comparison) because(g, h *group) string {
	was, is := g.workerGroup(), h.workerGroup()
	var text string
	switch name := c.kin.names[workerGroup{h.cluster, was}]; {
	case g.cluster != h.cluster:
		text = renamedCluster(g.cluster, h.cluster)
	case g.Annotation(object.AdoptedAnnotation) != "" && h.Annotation(object.AdoptedAnnotation) == "":
		text = fmt.Sprintf("%s is no longer adopted, and pool %s takes its place", g.Ref.Name, h.Ref.Name)
	case g.Keeper() == "" && h.Keeper() != "" && c.after.hides(g.Key()):
		text = fmt.Sprintf("%s is a seed now, and pool %s takes its place", g.Ref.Name, h.Ref.Name)
	case g.Keeper() == "" && h.Keeper() != "":
		text = fmt.Sprintf("pool %s takes the place of %s", h.Ref.Name, g.Ref.Name)
	case was != "" && name == is && name != "":
		text = fmt.Sprintf("the group %s is now called %s", was, is)
	case was != is && was != "" && is != "":
		text = fmt.Sprintf("datastore %s is now in group %s and no longer in %s", h.machine.at.datastore, is, was)
	default:
		text = fmt.Sprintf("%s is now called %s", g.Ref.Name, h.Ref.Name)
	}
	n := g.span()
	switch {
	case !g.mayHave() && !h.mayHave():
		return text
	case !g.isCounted() || g.String() != h.String() || !isAlike(g, h):
		return text + ": machines are made again"
	case n == span{1, 1}:
		return text + ": the same machine is made again"
	}
	return fmt.Sprintf("%s: the same %s are made again", text, n.words())
}

func renamedCluster(from, to object.Key) string {
	if from.Name == to.Name {
		return fmt.Sprintf("Cluster %s is now in namespace %s", from.Name, to.Namespace)
	}
	return fmt.Sprintf("Cluster %s is now called %s", from.Name, to.Name)
}

// hides tells whether a side has the object without applying it, as it does a seed.
func (s *side) hides(k object.Key) bool { return s.Hidden.Get(k) != nil }
