// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/tree"
)

// A name is all that tells groups apart, so what gets another name is removed and created. That is one change to the person
// who made it, and the reasons of both rows say which.

// kin pairs what is removed with what is created in its place.
type kin struct {
	// heirs are the groups that come, by those that go; forebears are the other way round.
	heirs, forebears map[object.Key]*group
	// clusters are the new keys of Clusters that are called otherwise.
	clusters map[object.Key]object.Key
	// was and is are the worker groups of vspread's on both sides, under the Clusters' keys of the second side.
	was, is map[workerGroup]bool
	// spread are the Clusters with pools on the second side that vspread looks after.
	spread map[object.Key]bool
	// names are what worker groups are called now that were called otherwise.
	names map[workerGroup]string
}

// workerGroup is an entry of spec.workers of a Cluster, by the label that its machines have.
type workerGroup struct {
	cluster object.Key
	name    string
}

// workerGroup gives the name of the worker group that the group is a pool of, or "".
func (g *group) workerGroup() string {
	if g.Keeper() == "" {
		return ""
	}
	return tree.String(g.node, "spec", "template", "metadata", "labels", workerGroupLabel)
}

// kinOf pairs the groups of both sides.
func kinOf(before, after reading) kin {
	k := kin{
		heirs: map[object.Key]*group{}, forebears: map[object.Key]*group{},
		was: map[workerGroup]bool{}, is: map[workerGroup]bool{}, spread: map[object.Key]bool{}, names: map[workerGroup]string{},
	}
	gone, come := only(before, after), only(after, before)
	k.clusters = renamedClusters(before, after)
	k.pair(before, after, gone, come)
	for _, g := range before.groups {
		k.was[workerGroup{k.now(g.cluster), g.workerGroup()}] = true
	}
	for _, g := range after.groups {
		k.is[workerGroup{g.cluster, g.workerGroup()}] = true
		if g.Keeper() != "" {
			k.spread[g.cluster] = true
		}
	}
	k.nameGroups(gone)
	return k
}

// only lists the groups that one side has and the other has not.
func only(here, there reading) []*group {
	var out []*group
	for key, g := range here.groups {
		if there.groups[key] == nil {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b *group) int { return compareKeys(a.Key(), b.Key()) })
	return out
}

// now is the key that a Cluster has on the second side.
func (k kin) now(cluster object.Key) object.Key {
	if to, ok := k.clusters[cluster]; ok {
		return to
	}
	return cluster
}

// pair finds for each group that goes the one that comes in its place, where that is no guess: each is the only one that is
// most like the other.
func (k kin) pair(before, after reading, gone, come []*group) {
	var was, is []traits
	for _, g := range gone {
		cluster := k.now(g.cluster)
		was = append(was, g.traits(before.side, cluster, after.placeHere(cluster, g.machine)))
	}
	for _, h := range come {
		is = append(is, h.traits(after.side, h.cluster, h.machine.at))
	}
	back := matches(is, was)
	for i, j := range matches(was, is) {
		if j >= 0 && back[j] == i {
			k.heirs[gone[i].Key()], k.forebears[come[j].Key()] = come[j], gone[i]
		}
	}
}

// traits are those of a group on a side, under the key of its Cluster and with its place on the second side.
func (g *group) traits(s *side, cluster object.Key, at place) traits {
	t := traits{spot: spotOfKin{cluster, g.Ref.Kind, at, g.isControlPlane()}, group: g.workerGroup(), number: g.String()}
	if g.template != nil {
		t.made = g.rolling.version + " " + s.fingerprint(g.template)
	}
	return t
}

// isAlike tells whether the machines of two groups are of one kind as far as the plan counts.
func isAlike(g, h *group) bool {
	a, b := g.machine, h.machine
	return g.rolling.version == h.rolling.version && a.memoryMiB == b.memoryMiB && a.diskGiB == b.diskGiB
}

// renamedClusters finds Clusters that are called otherwise: one that goes and one that comes have the same groups in the
// same places, and no other does.
func renamedClusters(before, after reading) map[object.Key]object.Key {
	gone, come := signatures(before, after), signatures(after, before)
	out := map[object.Key]object.Key{}
	for text, from := range gone {
		if to := come[text]; len(from) == 1 && len(to) == 1 {
			out[from[0]] = to[0]
		}
	}
	return out
}

// signatures describes the Clusters of a side that the other one has not by their groups and where these are.
func signatures(here, there reading) map[string][]object.Key {
	words := map[object.Key][]string{}
	for _, cluster := range here.Objects.Clusters() {
		if there.Objects.Get(cluster.Key()) == nil {
			words[cluster.Key()] = nil
		}
	}
	for _, g := range here.groups {
		if _, ok := words[g.cluster]; ok {
			words[g.cluster] = append(words[g.cluster], fmt.Sprint(g.Ref.Kind, g.workerGroup(), g.machine.at))
		}
	}
	out := map[string][]object.Key{}
	for cluster, w := range words {
		if len(w) == 0 {
			continue
		}
		slices.Sort(w)
		text := strings.Join(w, "\n")
		out[text] = append(out[text], cluster)
	}
	return out
}

// nameGroups finds worker groups that are called otherwise: none of the old name is left, none of the new name was there,
// and all pools of the one that have kin have it in the other.
func (k kin) nameGroups(gone []*group) {
	heirs := map[workerGroup]map[string]bool{}
	for _, g := range gone {
		h := k.heirs[g.Key()]
		if h == nil || g.workerGroup() == "" || h.workerGroup() == "" {
			continue
		}
		w := workerGroup{h.cluster, g.workerGroup()}
		if heirs[w] == nil {
			heirs[w] = map[string]bool{}
		}
		heirs[w][h.workerGroup()] = true
	}
	for w, names := range heirs {
		for name := range names {
			if len(names) == 1 && name != w.name && !k.is[w] && !k.was[workerGroup{w.cluster, name}] {
				k.names[w] = name
			}
		}
	}
}
