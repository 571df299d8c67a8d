// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
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
