// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"fmt"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// replicas is the number of machines that git asks for.
type replicas struct {
	// number is what git says; -1 is left to the webhook.
	number int
	// autoscaler is the range in which an autoscaler chooses.
	autoscaler *Range
	// unread is what git says instead of a number, or "". Nothing is counted then: a guess would look like machines
	// that come or go.
	unread string
}

// replicasOf reads the number from an object, given the number that an object without one has.
func replicasOf(o *object.Object, unset int) replicas {
	r := replicas{number: unset, autoscaler: autoscalerOf(o)}
	n := tree.Get(o.Node, "spec", "replicas")
	least, most := o.Annotation(object.MinSizeAnnotation), o.Annotation(object.MaxSizeAnnotation)
	switch {
	case n == nil && unset < 0 && r.autoscaler == nil && least != "" && most != "":
		return replicas{unread: least + "…" + most}
	case n == nil:
		return r
	}
	number, ok := plainNumber(n)
	if !ok {
		text := written(n)
		if n.Kind == yaml.ScalarNode && n.ShortTag() == yaml.NodeTagString && !strings.ContainsAny(text, "${}") {
			text = strconv.Quote(text)
		}
		return replicas{unread: text, autoscaler: r.autoscaler}
	}
	r.number = number
	return r
}

// plainNumber reads a number that means the same to everybody. What else YAML has, such as 010, 0x10, 1_000 and 3.0, is
// read in different ways or refused.
func plainNumber(n *yaml.Node) (int, bool) {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != yaml.NodeTagInt {
		return 0, false
	}
	number, err := strconv.ParseInt(n.Value, 10, 32)
	return int(number), err == nil && number >= 0 && strconv.FormatInt(number, 10) == n.Value
}

// autoscalerOf gives the range of a MachineDeployment that has both annotations.
func autoscalerOf(o *object.Object) *Range {
	least, err1 := strconv.Atoi(o.Annotation(object.MinSizeAnnotation))
	most, err2 := strconv.Atoi(o.Annotation(object.MaxSizeAnnotation))
	if err1 != nil || err2 != nil || least < 0 || most < least {
		return nil
	}
	return &Range{least, most}
}

// String writes what git says.
func (r replicas) String() string {
	switch {
	case r.unread != "":
		return r.unread
	case r.number >= 0:
		return strconv.Itoa(r.number)
	}
	return r.autoscaler.String()
}

// isCounted tells whether it is known how many machines git asks for.
func (r replicas) isCounted() bool { return r.unread == "" }

// machines gives the number of machines that a group is counted with, given how many it had before: that is
// how the webhook fills in replicas that are not said. A negative number is: it was not there.
func (r replicas) machines(before int) int {
	switch {
	case !r.isCounted():
		return 0
	case r.number >= 0:
		return r.number
	case r.autoscaler == nil:
		return 1
	case before < 0:
		return r.autoscaler.Min
	}
	return min(max(before, r.autoscaler.Min), r.autoscaler.Max)
}

// most is the greatest number of machines that there are without a rollout.
func (r replicas) most(machines int) int {
	if r.isCounted() && r.number < 0 && r.autoscaler != nil {
		return max(machines, r.autoscaler.Max)
	}
	return machines
}

// span is a least and a greatest number of machines, where an autoscaler decides or has decided.
type span struct{ least, most int }

// next is the number of machines that the second number makes of n machines of the first, when it is applied. Where git
// said no number before, the one in the cluster belongs to the autoscaler or the webhook: deployers leave it alone, and so
// does the webhook. A number that git said and says no more is taken away, and the webhook fills in another.
func (r replicas) next(to replicas, n int) int {
	if r.number < 0 && to.number < 0 {
		return n
	}
	return to.machines(n)
}

// transition counts what applying the second number does to the machines of the first, at once. How many come falls with how
// many there were, and how many go or stay rises, so both ends of the range tell all.
func (r replicas) transition(to replicas) (created, replaced, removed span) {
	if !r.isCounted() || !to.isCounted() {
		return span{}, span{}, span{}
	}
	was := r.span()
	fewest, greatest := r.next(to, was.least), r.next(to, was.most)
	return span{max(greatest-was.most, 0), max(fewest-was.least, 0)},
		span{min(was.least, fewest), min(was.most, greatest)},
		span{max(was.least-fewest, 0), max(was.most-greatest, 0)}
}

// span is the number of machines that there are without a rollout.
func (r replicas) span() span {
	n := r.machines(-1)
	return span{n, r.most(n)}
}

// mayHave tells whether there may be machines.
func (r replicas) mayHave() bool { return !r.isCounted() || r.span().most > 0 }

// isElastic tells whether an autoscaler may have made another number of machines than this one.
func (r replicas) isElastic(machines int) bool {
	return r.isCounted() && r.number < 0 && r.autoscaler != nil && r.autoscaler.Max > machines
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

// moves tells whether machines of the pool come or go, or may.
func (p *Pool) moves() bool {
	for _, k := range []Kind{Remove, Replace, MayReplace, Drain, Create, Scale} {
		if p.Has(k) {
			return true
		}
	}
	return false
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

// scaling says what becomes of the number of machines.
func (c *comparison) scaling(p *Pool, before, after *group) {
	m := p.Machines
	if before.unread == after.unread && m.Created+m.MayBeCreated+m.Removed+m.MayBeRemoved == 0 {
		return
	}
	kind, r := resized(before, after)
	if why := goneBecause(c.after, after); kind == Drain && why != "" {
		r.Text = why
	}
	p.Changes, p.Reasons = append(p.Changes, kind), append(p.Reasons, r)
}
