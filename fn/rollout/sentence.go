// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// sentence says the plan in one sentence: what moves, where, and that nothing else does.
func sentence(p *Plan) string {
	if !p.Changed() {
		return "Nothing changes."
	}
	t := tally{replaced: map[string]int{}, created: map[string]int{}, deleted: map[string]int{}, noun: "on %d hosts"}
	inPlace, noEffect, adopted, emptyGone, emptyNew := 0, 0, 0, 0, 0
	var planes, unsure []string
	for _, pool := range p.Pools {
		m := pool.Machines
		switch {
		case pool.Has(Adopt):
			adopted++
		case pool.Has(InPlace):
			inPlace++
		case pool.Has(Remove) && m.Peak == 0:
			emptyGone++
		case pool.Has(Create) && m.Peak == 0:
			emptyNew++
		}
		if pool.Has(NoEffect) {
			noEffect++
		}
		switch {
		case pool.Has(MayReplace):
			unsure = append(unsure, whose(pool))
		case pool.IsControlPlane() && pool.Has(Replace):
			planes = append(planes, fmt.Sprintf("the control plane of %s rolls (%s)", cmp.Or(pool.Cluster, pool.Name), machines(m.Replaced, nil)))
		default:
			t.replaced[where(pool)] += m.Replaced
		}
		if s := pool.at(); m.Created+m.Replaced+m.Removed > 0 && !pool.IsControlPlane() && (s == nil || s.Host == "") {
			t.noun = "in %d places"
		}
		if before, after := pool.Before, pool.After; m.Replaced+m.Removed > 0 && before != nil && before.Autoscaler != nil || m.Created > 0 && after.Autoscaler != nil {
			t.least = "at least "
		}
		t.created[where(pool)] += m.Created
		t.deleted[where(pool)] += m.Removed
	}
	parts := t.parts()
	if len(planes) > 3 {
		planes = []string{fmt.Sprintf("%d control planes roll", len(planes))}
	}
	parts = append(parts, planes...)
	if len(unsure) > 3 {
		unsure = []string{fmt.Sprintf("%d pools", len(unsure))}
	}
	for _, w := range unsure {
		parts = append(parts, w+" may roll")
	}
	moves := len(parts) > 0
	if noEffect > 0 {
		parts = append(parts, count(noEffect, "pool has", "pools have")+" a change that replaces no machine")
	}
	if emptyGone > 0 {
		parts = append(parts, count(emptyGone, "empty pool is removed", "empty pools are removed"))
	}
	if emptyNew > 0 {
		parts = append(parts, count(emptyNew, "empty pool is created", "empty pools are created"))
	}
	if adopted > 0 {
		parts = append(parts, count(adopted, "pool is adopted", "pools are adopted"))
	}
	if inPlace > 0 {
		parts = append(parts, count(inPlace, "pool changes", "pools change")+" in place")
	}
	if !moves {
		return capital(strings.Join(append([]string{"no machine moves"}, parts...), ", ")) + "."
	}
	return capital(strings.Join(append(parts, "nothing else moves"), ", ")) + "."
}

// tally counts machines by where they are.
type tally struct {
	replaced, created, deleted map[string]int
	// least is "at least " where an autoscaler may have made more of them.
	least string
	// noun is what many of the places are called together.
	noun string
}

func (t tally) parts() []string {
	var out []string
	add := func(counts map[string]int, done string) {
		maps.DeleteFunc(counts, func(_ string, n int) bool { return n == 0 })
		if len(counts) == 0 {
			return
		}
		places, total := slices.Sorted(maps.Keys(counts)), 0
		for _, where := range places {
			total += counts[where]
		}
		first, rest := counts[places[0]], ""
		for i, where := range places[1:] {
			joint := ", "
			if i == len(places)-2 {
				joint = " and "
			}
			rest += fmt.Sprintf("%s%d %s", joint, counts[where], where)
		}
		at := places[0] + rest
		if len(places) > 3 {
			first, at = total, fmt.Sprintf(t.noun, len(places))
		}
		if len(out) == 0 {
			out = append(out, fmt.Sprintf("%s%s %s %s %s", t.least, machines(first, nil), at, verb(total, "is", "are"), done))
			return
		}
		out = append(out, fmt.Sprintf("%d %s %s %s", first, verb(first, "is", "are"), done, at))
	}
	add(t.replaced, "replaced")
	add(t.created, "created")
	add(t.deleted, "deleted")
	return out
}

// at is where the machines of a pool are in the end; nil is not known.
func (p *Pool) at() *Shape {
	if p.After != nil {
		return p.After
	}
	return p.Before
}

// where says where the machines of a pool are, in the words of the sentence.
func where(p Pool) string {
	s := p.at()
	switch {
	case s == nil:
		return "of " + p.Name
	case s.Host != "":
		return "on " + s.Host
	case s.Datastore != "":
		return "on " + s.Datastore
	}
	return "of " + p.Name
}

func whose(p Pool) string {
	switch {
	case p.Kind == "Cluster":
		return "Cluster " + p.Name
	case p.IsControlPlane():
		return "the control plane of " + cmp.Or(p.Cluster, p.Name)
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
