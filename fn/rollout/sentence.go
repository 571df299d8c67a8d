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
	t := tally{replaced: counts{at: map[string]int{}}, created: counts{at: map[string]int{}}, deleted: counts{at: map[string]int{}}, noun: "on %d hosts"}
	var u uncounted
	inPlace, noEffect, adopted, emptyGone, emptyNew := 0, 0, 0, 0, 0
	var planes, unsure []string
	for _, pool := range p.Pools {
		m := pool.Machines
		switch {
		case pool.Has(Adopt):
			adopted++
		case pool.Has(InPlace):
			inPlace++
		case m.NotKnown:
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
			of := ""
			if !m.NotKnown {
				of = " (" + machines(m.Replaced, nil) + ")"
			}
			planes = append(planes, fmt.Sprintf("the control plane of %s rolls%s", cmp.Or(pool.Cluster, pool.Name), of))
		case m.NotKnown:
			u.add(pool)
		default:
			t.replaced.add(where(pool), m.Replaced, m.Inexact && isElastic(pool.Before, m.Before))
		}
		if s := pool.at(); m.Created+m.Replaced+m.Removed > 0 && !pool.IsControlPlane() && (s == nil || s.Host == "") {
			t.noun = "in %d places"
		}
		if m.Inexact && m.Created > 0 && isElastic(pool.Before, m.Before) {
			u.resized = append(u.resized, whose(pool)) // the autoscaler may have made as many, or more
			continue
		}
		t.created.add(where(pool), m.Created, m.Inexact)
		t.deleted.add(where(pool), m.Removed, m.Inexact)
	}
	parts := append(t.parts(), u.parts()...)
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
	replaced, created, deleted counts
	// noun is what many of the places are called together.
	noun string
}

// counts are numbers of machines by where they are.
type counts struct {
	at map[string]int
	// least is "at least " where an autoscaler may have made more of them.
	least string
}

func (c *counts) add(where string, n int, isLeast bool) {
	c.at[where] += n
	if n > 0 && isLeast {
		c.least = "at least "
	}
}

// isElastic tells whether an autoscaler may have made more machines of a shape.
func isElastic(s *Shape, machines int) bool {
	return s != nil && s.Autoscaler != nil && s.Autoscaler.Max > machines
}

func (t tally) parts() []string {
	var out []string
	add := func(c counts, done string) {
		maps.DeleteFunc(c.at, func(_ string, n int) bool { return n == 0 })
		if len(c.at) == 0 {
			return
		}
		places, total := slices.Sorted(maps.Keys(c.at)), 0
		for _, where := range places {
			total += c.at[where]
		}
		first, rest := c.at[places[0]], ""
		for i, where := range places[1:] {
			joint := ", "
			if i == len(places)-2 {
				joint = " and "
			}
			rest += fmt.Sprintf("%s%d %s", joint, c.at[where], where)
		}
		at := places[0] + rest
		if len(places) > 3 {
			first, at = total, fmt.Sprintf(t.noun, len(places))
		}
		if len(out) == 0 {
			out = append(out, fmt.Sprintf("%s%s %s %s %s", c.least, machines(first, nil), at, verb(total, "is", "are"), done))
			return
		}
		out = append(out, fmt.Sprintf("%s%d %s %s %s", c.least, first, verb(first, "is", "are"), done, at))
	}
	add(t.replaced, "replaced")
	add(t.created, "created")
	add(t.deleted, "deleted")
	return out
}

// uncounted are pools by what happens to machines of theirs of which the number is not known.
type uncounted struct{ replaced, created, deleted, resized []string }

func (u *uncounted) add(p Pool) {
	for _, x := range []struct {
		to   *[]string
		kind Kind
	}{{&u.replaced, Replace}, {&u.created, Create}, {&u.deleted, Remove}, {&u.deleted, Drain}, {&u.resized, Scale}} {
		if p.Has(x.kind) {
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
