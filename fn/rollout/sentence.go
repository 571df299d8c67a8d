// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"cmp"
	"fmt"
	"strings"
)

// sentence says the plan in one sentence: what moves, where, and that nothing else does.
func sentence(p *Plan) string {
	if !p.Changed() {
		return "Nothing changes."
	}
	tallies := map[Wait]*tally{}
	for _, w := range waits {
		tallies[w] = newTally()
	}
	var u uncounted
	var planes, unsure []string
	for _, pool := range p.Pools {
		m, waitsToScale := pool.Machines, pool.Waits
		if waitsToScale != ForResume {
			waitsToScale = "" // the others hold only rollouts back
		}
		replaced := span{m.Replaced, m.Replaced + m.MayBeReplaced}
		switch {
		case pool.Has(MayReplace):
			unsure = append(unsure, whose(pool)+" may roll"+pool.Waits.suffix())
		case pool.IsControlPlane() && pool.Has(Replace):
			of := ""
			if !m.NotKnown {
				of = " (" + replaced.machines() + ")"
			}
			planes = append(planes, fmt.Sprintf("the control plane of %s rolls%s%s", cmp.Or(pool.Cluster, pool.Name), of, pool.Waits.suffix()))
		case m.NotKnown:
		default:
			tallies[pool.Waits].replaced.add(pool.from(), replaced)
		}
		if m.NotKnown {
			u.add(pool)
			continue
		}
		created, removed := span{m.Created, m.Created + m.MayBeCreated}, span{m.Removed, m.Removed + m.MayBeRemoved}
		if created.least+removed.least == 0 && created.most > 0 && removed.most > 0 {
			u.resized = append(u.resized, whose(pool)) // the autoscaler may have made more, or fewer
			continue
		}
		tallies[waitsToScale].created.add(pool.After.where(pool.Name), created)
		tallies[waitsToScale].deleted.add(pool.Before.where(pool.Name), removed)
	}
	var parts []string
	for _, w := range waits {
		for _, part := range tallies[w].parts(len(parts) > 0) {
			parts = append(parts, part+w.suffix())
		}
	}
	parts = append(parts, u.parts()...)
	if len(planes) > 3 {
		planes = []string{fmt.Sprintf("%d control planes roll", len(planes))}
	}
	if len(unsure) > 3 {
		unsure = []string{fmt.Sprintf("%d pools may roll", len(unsure))}
	}
	parts = append(append(parts, planes...), unsure...)
	moves := len(parts) > 0
	parts = append(parts, still(p)...)
	if !moves {
		return capital(strings.Join(append([]string{"no machine moves"}, parts...), ", ")) + "."
	}
	return capital(strings.Join(append(parts, "nothing else moves"), ", ")) + "."
}

// waits are all waits, in the order of the sentence.
var waits = []Wait{"", ForDeletion, ForRollout, ForResume}

// suffix says what machines wait for.
func (w Wait) suffix() string {
	switch w {
	case ForDeletion:
		return " when you delete them"
	case ForRollout, ForResume:
		return " when the pause ends"
	}
	return ""
}

// still says what changes without moving a machine.
func still(p *Plan) []string {
	var out []string
	n := map[string]int{}
	for _, pool := range p.Pools {
		isEmpty := !pool.Machines.NotKnown && pool.Machines.Peak == 0
		switch {
		case pool.Has(Adopt):
			n["adopted"]++
		case pool.Has(InPlace) && !pool.moves():
			n["in place"]++
		case pool.Has(Remove) && isEmpty:
			n["removed"]++
		case pool.Has(Create) && isEmpty:
			n["created"]++
		}
		if pool.Has(NoEffect) {
			n["no effect"]++
		}
	}
	for _, x := range []struct{ what, one, many, end string }{
		{"no effect", "pool has", "pools have", " a change that replaces no machine"},
		{"removed", "empty pool is removed", "empty pools are removed", ""},
		{"created", "empty pool is created", "empty pools are created", ""},
		{"adopted", "pool is adopted", "pools are adopted", ""},
		{"in place", "pool changes", "pools change", " in place"},
	} {
		if n[x.what] > 0 {
			out = append(out, count(n[x.what], x.one, x.many)+x.end)
		}
	}
	return out
}

// uncounted are pools by what happens to machines of theirs of which the number is not known.
type uncounted struct{ replaced, created, deleted, resized []string }

func (u *uncounted) add(p Pool) {
	for _, x := range []struct {
		to   *[]string
		kind Kind
	}{{&u.replaced, Replace}, {&u.created, Create}, {&u.deleted, Remove}, {&u.deleted, Drain}, {&u.resized, Scale}} {
		if p.Has(x.kind) && (x.kind != Replace || !p.IsControlPlane()) {
			*x.to = append(*x.to, whose(p))
		}
	}
}

func (u *uncounted) parts() []string {
	var out []string
	for _, x := range []struct {
		whose []string
		text  string
	}{
		{u.replaced, "the machines of %s are replaced"},
		{u.created, "the machines of %s are created"},
		{u.deleted, "the machines of %s are deleted"},
		{u.resized, "the number of machines of %s may change"},
	} {
		if len(x.whose) > 3 {
			x.whose = []string{fmt.Sprintf("%d pools", len(x.whose))}
		}
		if len(x.whose) > 0 {
			out = append(out, fmt.Sprintf(x.text, strings.Join(x.whose, " and ")))
		}
	}
	return out
}

func whose(p Pool) string {
	switch {
	case p.Kind == clusterKind:
		return "Cluster " + p.Name
	case p.IsControlPlane():
		return "the control plane of " + cmp.Or(p.Cluster, p.Name)
	case p.Kind != machineDeployment:
		return p.Kind + " " + p.Name
	}
	return "pool " + p.Name
}

func count(n int, one, many string) string { return fmt.Sprintf("%d %s", n, verb(n, one, many)) }

func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
