// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
)

// isGone tells whether a Cluster is there before and not after.
func (c *comparison) isGone(cluster object.Key) bool {
	return c.before.Objects.Get(cluster) != nil && c.after.Objects.Get(cluster) == nil
}

// isNew tells whether a Cluster is there after and not before.
func (c *comparison) isNew(cluster object.Key) bool {
	return c.before.Objects.Get(cluster) == nil && c.after.Objects.Get(cluster) != nil
}

// removedClusters gives the Clusters that are no longer there, and reports them.
func (c *comparison) removedClusters() map[object.Key]bool {
	out := map[object.Key]bool{}
	groups := map[object.Key][]*group{}
	for _, g := range c.before.groups {
		groups[g.cluster] = append(groups[g.cluster], g)
	}
	for _, cluster := range c.before.Objects.Clusters() {
		k := cluster.Key()
		if !c.isGone(k) {
			continue
		}
		out[k] = true
		if topology(cluster) != nil {
			c.diags.Warnf(diag.ClusterRemoved, diag.At(cluster.Ref, ""), "is removed with all machines of its topology").
				WithHint("see the steps of the plan")
			continue
		}
		var n span
		isCounted := true
		for _, g := range groups[k] {
			n = n.plus(g.span())
			isCounted = isCounted && g.isCounted()
		}
		with := "its " + n.words()
		if !isCounted {
			with = "at least " + span{n.least, n.least}.words()
		}
		c.diags.Warnf(diag.ClusterRemoved, diag.At(cluster.Ref, ""), "is removed with %s", with).
			WithHint("deleting its parts together with it may leave machines behind in vCenter; see the steps of the plan")
	}
	return out
}
