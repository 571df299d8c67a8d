// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
)

// withoutTemplate says of a group that no machine of it can be made: where the plan makes machines, and where the template has
// got lost by this very change.
func (c *comparison) withoutTemplate(p *Pool, before, after *group) {
	if after == nil {
		return
	}
	lost := c.after.lost(after)
	if lost == nil {
		return
	}
	m := p.Machines
	makes := m.Created+m.MayBeCreated+m.Replaced+m.MayBeReplaced > 0 || m.NotKnown && p.moves()
	wasLost := before != nil && c.before.lost(before) != nil
	if makes {
		p.Reasons = slices.Insert(p.Reasons, 0, Reason{Text: fmt.Sprintf("no machine can be made: template %s lies only on %s, which is gone", lost.name, lost.on)})
	}
	if makes || after.mayHave() && !wasLost {
		c.templatesLost[after.template.Key()] = lost
	}
}

// reportLost reports templates of which no machine can be made any more, each once, and gives a step for it.
func (c *comparison) reportLost() []Step {
	named := map[lostTemplate][]object.Key{}
	for k, lost := range c.templatesLost {
		named[*lost] = append(named[*lost], k)
	}
	var out []Step
	for lost, keys := range named {
		slices.SortFunc(keys, compareKeys)
		also := ""
		if n := len(keys) - 1; n > 0 {
			also = "; " + diag.Count(n, "other VSphereMachineTemplate names it", "other VSphereMachineTemplates name it")
		}
		c.diags.Warnf(diag.TemplateLost, diag.At(c.after.Objects.Get(keys[0]).Ref, "spec.template.spec.template"),
			"template %s lies only on %s, which is gone, so no machine can be made of it%s", lost.name, lost.on, also).
			WithHint("put the template onto a datastore that is there, refresh the inventory, and name it here")
		out = append(out, Step{Text: fmt.Sprintf("put template %s onto a datastore that is there, before machines are made of it: %s is gone", lost.name, lost.on)})
	}
	slices.SortFunc(out, func(a, b Step) int { return strings.Compare(a.Text, b.Text) })
	return out
}
