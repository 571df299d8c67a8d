// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vspread/vspread/internal/diag"
)

// tally counts machines by what happens to them and where.
type tally struct{ replaced, created, deleted counts }

// counts are numbers of machines by where they are.
type counts map[spot]span

// spot is a place in the words of the sentence.
type spot struct {
	text   string
	isHost bool
}

func newTally() *tally { return &tally{counts{}, counts{}, counts{}} }

func (c counts) add(where spot, n span) {
	if n.most > 0 {
		c[where] = c[where].plus(n)
	}
}

// parts are the parts of the sentence; only the first of a sentence says what is counted.
func (t *tally) parts(hasBegun bool) []string {
	var out []string
	for _, x := range []struct {
		counts counts
		done   string
	}{{t.replaced, "replaced"}, {t.created, "created"}, {t.deleted, "deleted"}} {
		if len(x.counts) > 0 {
			out = append(out, x.counts.part(x.done, hasBegun))
			hasBegun = true
		}
	}
	return out
}

func (c counts) part(done string, hasBegun bool) string {
	places, total := slices.SortedFunc(maps.Keys(c), func(a, b spot) int { return strings.Compare(a.text, b.text) }), span{}
	for _, where := range places {
		total = total.plus(c[where])
	}
	first, at := c[places[0]], places[0].text
	if len(places) > 3 {
		first, at = total, together(places)
	} else {
		for i, where := range places[1:] {
			joint := ", "
			if i == len(places)-2 {
				joint = " and "
			}
			at += fmt.Sprintf("%s%s %s", joint, c[where], where.text)
		}
	}
	if hasBegun {
		return fmt.Sprintf("%s %s %s %s", first, diag.Form(first.most, "is", "are"), done, at)
	}
	return fmt.Sprintf("%s %s %s %s", first.words(), at, diag.Form(total.most, "is", "are"), done)
}

// together names many places.
func together(places []spot) string {
	if slices.ContainsFunc(places, func(s spot) bool { return !s.isHost }) {
		return fmt.Sprintf("in %d places", len(places))
	}
	return fmt.Sprintf("on %d hosts", len(places))
}

// where says where the machines of a shape are; where that is not known they are of a pool.
func (s *Shape) where(pool string) spot {
	switch {
	case s == nil:
		return spot{text: "of " + pool}
	case s.Host != "":
		return spot{"on " + s.Host, true}
	case s.Datastore != "":
		return spot{text: "on " + s.Datastore}
	}
	return spot{text: "of " + pool}
}

// from says where machines are that are replaced, and where their successors will be if that is elsewhere.
func (p *Pool) from() spot {
	before, after := p.Before.where(p.Name), p.After.where(p.Name)
	was, isKnown := strings.CutPrefix(before.text, "on ")
	is, isKnownToo := strings.CutPrefix(after.text, "on ")
	if before == after || !isKnown || !isKnownToo {
		return after
	}
	return spot{text: fmt.Sprintf("from %s to %s", was, is)}
}
