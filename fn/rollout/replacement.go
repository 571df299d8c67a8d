// SPDX-License-Identifier: Apache-2.0

package rollout

// replaced notes that machines are replaced, when there are any.
func replaced(p *Pool, before, after *group, reasons []Reason) {
	if len(reasons) == 0 {
		return
	}
	_, n, _ := before.transition(after.replicas)
	switch {
	case !after.mayHave():
		return // all go, whatever they would be
	case p.Machines.NotKnown && before.mayHave():
		p.Changes = append(p.Changes, Replace)
	case n.most > 0:
		p.Changes = append(p.Changes, Replace)
		p.Machines.Replaced, p.Machines.MayBeReplaced = n.least, n.most-n.least
	default:
		if !p.Machines.NotKnown && !p.Has(Scale) {
			p.Changes = append(p.Changes, InPlace)
		}
		reasons = append(reasons, Reason{Text: "there is no machine to replace"})
	}
	p.Reasons = append(reasons, p.Reasons...)
}

// mayBeReplaced notes that machines may be replaced, when there may be any.
func mayBeReplaced(p *Pool, before, after *group, reasons []Reason) {
	if len(reasons) == 0 {
		return
	}
	if _, n, _ := before.transition(after.replicas); n.most > 0 || p.Machines.NotKnown {
		p.Changes, p.Machines.MayBeReplaced = append(p.Changes, MayReplace), n.most
		p.Reasons = append(reasons, p.Reasons...)
	}
}
