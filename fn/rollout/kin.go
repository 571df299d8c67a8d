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
		was: map[workerGroup]bool{}, is: map[workerGroup]bool{}, names: map[workerGroup]string{},
	}
	gone, come := only(before, after), only(after, before)
	k.clusters = renamedClusters(before, after)
	k.pair(before, after, gone, come)
	for _, g := range before.groups {
		k.was[workerGroup{k.now(g.cluster), g.workerGroup()}] = true
	}
	for _, g := range after.groups {
		k.is[workerGroup{g.cluster, g.workerGroup()}] = true
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

// spotOfKin is where groups must agree to be kin: the Cluster, what they are and where their machines are.
type spotOfKin struct {
	cluster object.Key
	kind    string
	at      place
}

// pair finds for each group that goes the one that comes in its place, where that is no guess: each is the only one that is
// most like the other.
func (k kin) pair(before, after reading, gone, come []*group) {
	spots := map[spotOfKin][]*group{}
	for _, h := range come {
		s := spotOfKin{h.cluster, h.Ref.Kind, h.machine.at}
		spots[s] = append(spots[s], h)
	}
	best := map[*group]match{}
	for _, g := range gone {
		cluster := k.now(g.cluster)
		for _, h := range spots[spotOfKin{cluster, g.Ref.Kind, after.placeHere(cluster, g.machine)}] {
			n := likeness(before, after, g, h)
			best[g] = best[g].with(h, n)
			best[h] = best[h].with(g, n)
		}
	}
	for _, g := range gone {
		if h := best[g].group; h != nil && best[h].group == g {
			k.heirs[g.Key()], k.forebears[h.Key()] = h, g
		}
	}
}

// match is the group that is most like another one; nil where there are several, or none.
type match struct {
	group    *group
	likeness int
}

func (m match) with(g *group, likeness int) match {
	switch {
	case likeness > m.likeness:
		return match{g, likeness}
	case likeness == m.likeness:
		return match{nil, likeness}
	}
	return m
}

// likeness tells how much a group that comes is like one that goes, in one place; 0 is not at all.
func likeness(before, after reading, g, h *group) int {
	n := 0
	was, is := g.workerGroup(), h.workerGroup()
	same := isSameMachine(before, after, g, h)
	switch {
	case was != "" && was == is:
		n = 30
	case g.isControlPlane(), was != "" && is != "":
		n = 20
	case same:
		n = 10
	default:
		return 0
	}
	if same {
		n += 2
	}
	if g.String() == h.String() {
		n++
	}
	return n
}

// isSameMachine tells whether both groups make the same machines.
func isSameMachine(before, after reading, g, h *group) bool {
	return g.rolling.version == h.rolling.version && g.template != nil && h.template != nil &&
		len(differences(before.spec(g.template), after.spec(h.template))) == 0
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
