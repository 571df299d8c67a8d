// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/vspread/vspread/internal/diag"
)

// sentence says the plan in one sentence: what moves, where, and that nothing else does.
func sentence(p *Plan) string {
	if !p.Changed() {
		return "Nothing changes."
	}
	at := map[Wait]*moves{}
	for _, w := range waits {
		at[w] = &moves{counted: newTally()}
	}
	for _, pool := range p.Pools {
		toScale := pool.Waits
		if toScale != ForResume {
			toScale = "" // the others hold only rollouts back
		}
		at[pool.Waits].roll(pool)
		at[toScale].resize(pool)
	}
	var parts []string
	for _, part := range []func(*moves) []string{
		func(m *moves) []string { return m.counted.parts(len(parts) > 0) },
		func(m *moves) []string { return m.uncounted.parts() },
		(*moves).planeParts,
		(*moves).unsureParts,
	} {
		for _, w := range waits {
			for _, text := range part(at[w]) {
				parts = append(parts, text+w.suffix())
			}
		}
	}
	moved := len(parts) > 0
	parts = append(parts, still(p)...)
	if !moved {
		return capital(strings.Join(append([]string{"no machine moves"}, parts...), ", ")) + "."
	}
	return capital(strings.Join(append(parts, "nothing else moves"), ", ")) + "."
}

// moves is what happens to machines after one wait.
type moves struct {
	counted   *tally
	uncounted uncounted
	// planes and unsure are control planes that roll and pools that may.
	planes, unsure []string
}

// roll adds the machines of a pool that are replaced.
func (m *moves) roll(p Pool) {
	n := span{p.Machines.Replaced, p.Machines.Replaced + p.Machines.MayBeReplaced}
	switch {
	case p.Has(MayReplace):
		m.unsure = append(m.unsure, whose(p))
	case !p.Has(Replace):
	case p.IsControlPlane():
		of := ""
		if !p.Machines.NotKnown {
			of = " (" + n.words() + ")"
		}
		m.planes = append(m.planes, cmp.Or(p.Cluster, p.Name)+" rolls"+of)
	case p.Machines.NotKnown:
		m.uncounted.replaced = append(m.uncounted.replaced, whose(p))
	default:
		m.counted.replaced.add(p.from(), n)
	}
}

// resize adds the machines of a pool that come and go.
func (m *moves) resize(p Pool) {
	created := span{p.Machines.Created, p.Machines.Created + p.Machines.MayBeCreated}
	removed := span{p.Machines.Removed, p.Machines.Removed + p.Machines.MayBeRemoved}
	switch {
	case p.Machines.NotKnown:
		m.uncounted.add(p)
	case created.least+removed.least == 0 && created.most > 0 && removed.most > 0:
		m.uncounted.resized = append(m.uncounted.resized, whose(p)) // the autoscaler may have made more, or fewer
	default:
		m.counted.created.add(p.After.where(p.Name), created)
		m.counted.deleted.add(p.Before.where(p.Name), removed)
	}
}

func (m *moves) planeParts() []string {
	if n := len(m.planes); n > 3 {
		return []string{fmt.Sprintf("%d control planes roll", n)}
	}
	var out []string
	for _, plane := range m.planes {
		out = append(out, "the control plane of "+plane)
	}
	return out
}

func (m *moves) unsureParts() []string {
	if n := len(m.unsure); n > 3 {
		return []string{fmt.Sprintf("%d pools may roll", n)}
	}
	var out []string
	for _, pool := range m.unsure {
		out = append(out, pool+" may roll")
	}
	return out
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
			out = append(out, diag.Count(n[x.what], x.one, x.many)+x.end)
		}
	}
	return out
}

// uncounted are pools by what happens to machines of theirs of which the number is not known.
type uncounted struct{ replaced, created, deleted, resized []string }

// add adds a pool that is resized; moves.roll adds those whose machines are replaced.
func (u *uncounted) add(p Pool) {
	for _, x := range []struct {
		to   *[]string
		kind Kind
	}{{&u.created, Create}, {&u.deleted, Remove}, {&u.deleted, Drain}, {&u.resized, Scale}} {
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

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
