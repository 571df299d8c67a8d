// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"fmt"
	"strings"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// scaling says what becomes of the number of machines.
func (c *comparison) scaling(p *Pool, before, after *group) {
	m := p.Machines
	if before.unread == after.unread && m.Created+m.MayBeCreated+m.Removed+m.MayBeRemoved == 0 {
		return
	}
	kind, r := resized(before, after)
	if why := goneBecause(c.after.side, after); kind == Drain && why != "" {
		r.Text = why
	}
	p.Changes, p.Reasons = append(p.Changes, kind), append(p.Reasons, r)
}

// resized says in which way the number of machines differs.
func resized(before, after *group) (Kind, Reason) {
	r := Reason{Field: "spec.replicas", Before: before.String(), After: after.String()}
	r.Text = fmt.Sprintf("replicas %s → %s", r.Before, r.After)
	switch {
	case !after.mayHave():
		return Drain, r
	case after.isCounted() && after.number < 0 && after.autoscaler == nil:
		r.After = "1"
		r.Text = "replicas is not set, so applying it sets 1 where there are " + r.Before
	}
	return Scale, r
}

// reportUnread reports a number of machines that is none, where it matters.
func (c *comparison) reportUnread(p *Pool, before, after *group) {
	if !p.Machines.NotKnown || !p.moves() {
		return
	}
	g := after
	if g == nil || g.isCounted() {
		g = before
	}
	d := c.diags.Warnf(diag.ReplicasUnknown, diag.At(g.Ref, "spec.replicas"), "%s is no plain number, so how many machines this is about is not known, and they are not counted", g.unread)
	if strings.Contains(g.unread, "${") {
		d.WithHint("compare manifests in which the variables are filled in, for example what `flux build kustomization` or `flux envsubst` writes")
	} else {
		d.WithHint("write a decimal number without quotes; others are refused, or read in different ways")
	}
}

// goneBecause says why a datastore takes no machines any more, or nothing.
func goneBecause(s *side, g *group) string {
	inv, d := s.inventory(g.cluster), g.machine.datastore
	switch {
	case inv == nil || d == nil || !inv.IsGone(*d):
		return ""
	case d.State == inventory.Gone || len(d.Hosts) == 0:
		return "datastore " + d.Name + " is gone"
	}
	return "host " + d.Hosts[0] + " is gone"
}
