// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"cmp"
	"slices"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
)

// comparison is what the steps of one Compare read: both sides, and the templates edited in between. They add to
// its diagnostics.
type comparison struct {
	before, after reading
	edits         edits
	kin           kin
	// templatesLost are the machine templates whose template of vSphere is on no datastore that is there.
	templatesLost map[object.Key]*lostTemplate
	diags         diag.List
}

func newComparison(before, after reading) *comparison {
	return &comparison{before: before, after: after, edits: editsOf(before, after), kin: kinOf(before, after), templatesLost: map[object.Key]*lostTemplate{}}
}

// groups lists what makes machines on either side.
func (c *comparison) groups() []object.Key {
	var out []object.Key
	for _, s := range []reading{c.before, c.after} {
		for k := range s.groups {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, compareKeys)
	return slices.Compact(out)
}

// refuseDuplicates reports objects that stand twice on a side: which one counts depends on who applies them.
func (c *comparison) refuseDuplicates() {
	for _, s := range []reading{c.before, c.after} {
		for _, o := range s.Objects.All() {
			first := s.Objects.Get(o.Key())
			if first == o || o.Ref.Name == "" {
				continue
			}
			c.diags.Errorf(diag.DuplicateObject, diag.At(o.Ref, ""), "stands twice on one side of the comparison").
				WithHint("the other one is in %s; delete one of the two, or give it another name or namespace", cmp.Or(first.Ref.File, "the same stream"))
		}
	}
}
