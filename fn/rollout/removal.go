// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"fmt"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// removed reports a group that goes.
func (c *comparison) removed(p *Pool, before *group) {
	n := before.machines(-1)
	p.Changes, p.Before, p.Waits = []Kind{Remove}, before.shape(), c.after.waits(before)
	p.Machines = Machines{Before: n, Removed: n, MayBeRemoved: before.most(n) - n, Peak: before.most(n), NotKnown: !before.isCounted(), Inexact: before.isElastic(n)}
	before.machine.at = c.after.placeHere(before.cluster, before.machine)
	r := c.removalOf(before)
	p.Reasons = []Reason{{Text: r.why()}}
	if before.mayHave() && !c.isGone(before.cluster) {
		with := "its machines"
		if before.isCounted() {
			with = before.span().words()
		}
		c.diags.Warnf(diag.PoolRemoved, diag.At(before.Ref, ""), "is removed with %s", with).WithHint("%s", r.hint())
	}
	delays(p)
}

// removal is what is known of a group that goes, to say why it goes and what would keep its machines.
type removal struct {
	*comparison
	group *group
	// name is its worker group's; "" is none. Its key is under the Cluster's key of the second side.
	name string
	key  workerGroup
	// datastore is its datastore on the second side, where listed says that it has one. Judged tells that there is an inventory.
	datastore      inventory.Datastore
	listed, judged bool
}

func (c *comparison) removalOf(before *group) removal {
	r := removal{comparison: c, group: before, name: before.workerGroup()}
	r.key = workerGroup{c.kin.now(before.cluster), r.name}
	if d := before.machine.datastore; d != nil && c.after.inventory(before.cluster) != nil {
		r.judged = true
		r.datastore, r.listed = c.after.sameDatastore(before.cluster, *d)
	}
	return r
}

// isRenamed tells whether vCenter calls the datastore otherwise.
func (r removal) isRenamed() bool {
	return r.listed && r.datastore.Name != r.group.machine.datastore.Name
}

// isSeed tells whether the group is a seed now.
func (r removal) isSeed() bool { return r.after.hides(r.group.Key()) && r.isSpread() }

// isSpread tells whether vspread looks after pools of the Cluster.
func (r removal) isSpread() bool { return r.kin.spread[r.key.cluster] }

// why says in one sentence why the group goes.
func (r removal) why() string {
	g := r.group
	heir := r.kin.heirs[g.Key()]
	was := g.machine.datastore
	switch {
	case r.isGone(g.cluster):
		if to, ok := r.kin.clusters[g.cluster]; ok && heir == nil {
			return renamedCluster(g.cluster, to)
		} else if heir == nil {
			return "its Cluster is removed"
		}
		return r.because(g, heir)
	case r.judged && !r.listed:
		return "datastore " + was.Name + " is no longer in the inventory"
	case r.isRenamed():
		return fmt.Sprintf("datastore %s was renamed to %s in vCenter, and a pool is called after its datastore", was.Name, r.datastore.Name)
	case heir != nil:
		return r.because(g, heir)
	case g.Annotation(object.AdoptedAnnotation) != "":
		return "is no longer adopted"
	case r.isSeed():
		return "is a seed now: pools are copied from it, and it is no longer applied"
	case r.after.hides(g.Key()):
		return "is marked " + object.LocalConfig + " now, so it is no longer applied"
	case r.name == "":
		return "is no longer in git"
	case !r.kin.is[r.key]:
		return "there is no worker group " + r.name + " any more"
	case r.listed && was.IsLocal() && !r.datastore.IsLocal():
		return "datastore " + was.Name + " is no longer local"
	}
	return fmt.Sprintf("group %s has no pool on this datastore any more", r.name)
}

// hint says what would keep the machines or move them first, where that can be done; else it is "".
func (r removal) hint() string {
	g := r.group
	heir := r.kin.heirs[g.Key()]
	switch {
	case g.Ref.Kind != machineDeployment:
		return ""
	case g.Annotation(object.AdoptedAnnotation) != "" || g.Keeper() == "" && r.isSpread() && r.canBePool():
		return fmt.Sprintf("to keep it and its machines, adopt it: overrides: [{datastore: %s, adopt: %s}] in a worker group; to move its machines first, add drain: true", r.called(), g.Ref.Name)
	case g.Keeper() == "" && heir != nil:
		return "to keep its machines, keep its name"
	case g.Keeper() == "" && r.isSpread():
		return fmt.Sprintf("to move its machines first, keep it with replicas: 0 and the annotation %s: \"true\"", object.ExcludeAnnotation)
	case g.Keeper() == "":
		return "to move its machines first, keep it with replicas: 0"
	case r.isRenamed():
		return fmt.Sprintf("to keep it and its machines, keep the name that its datastore had: overrides: [{datastore: %s, name: %s}] in its worker group", r.datastore.Name, g.machine.datastore.Name)
	}
	return r.hintForPool(heir)
}

// hintForPool is the hint for a pool that vspread wrote.
func (r removal) hintForPool(heir *group) string {
	switch {
	case r.kin.names[r.key] != "":
		return fmt.Sprintf("to keep the machines, keep the group's name %s, which is a part of the names of its pools", r.name)
	case heir != nil && heir.workerGroup() == r.name:
		return fmt.Sprintf("to keep it and its machines, leave name in the override for datastore %s of group %s as it was", r.called(), r.name)
	case r.name == "":
		return ""
	case !r.kin.is[r.key]:
		return fmt.Sprintf("to move its machines first, keep group %s with replicas: 0", r.name)
	case r.judged && !r.listed:
		return "to move its machines first, keep the datastore in the inventory, with state: gone"
	case r.listed && !r.datastore.IsLocal():
		return "to move its machines first, keep it: local: true for the datastore in the inventory, and drain: true in an override"
	}
	return "to move its machines first, keep it and set state: gone in the inventory or drain: true in an override"
}

// canBePool tells whether the machines are where a pool can be, so that one can adopt them.
func (r removal) canBePool() bool {
	return r.listed && r.datastore.IsLocal() && r.group.template != nil && isVSphere(r.group.template)
}

// called names the datastore as an override would.
func (r removal) called() string {
	if r.listed {
		return r.datastore.Name
	}
	return r.group.machine.at.datastore
}
