// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/tree"
)

// metadata compares labels, annotations and the owner.
func metadata(p *Pool, before, after *group) {
	autoscaler := false
	for _, what := range []string{"labels", "annotations"} {
		old, updated := tree.Strings(before.node, "metadata", what), tree.Strings(after.node, "metadata", what)
		for _, key := range slices.Compact(slices.Sorted(slices.Values(slices.AppendSeq(slices.Collect(maps.Keys(old)), maps.Keys(updated))))) {
			was, isThere := old[key]
			if is, stays := updated[key]; was == is && isThere == stays || isNote(key) {
				continue
			}
			if isOfAutoscaler(key) {
				autoscaler = true
				continue
			}
			r := Reason{Field: "metadata." + what + "." + key, Before: old[key], After: updated[key]}
			r.Text = fmt.Sprintf("%s %s %s → %s", strings.TrimSuffix(what, "s"), key, orNone(old[key]), orNone(updated[key]))
			p.Changes, p.Reasons = append(p.Changes, InPlace), append(p.Reasons, r)
		}
	}
	if autoscaler {
		autoscaling(p, before.autoscaler, after.autoscaler)
	}
	switch {
	case object.SameOwner(before.Keeper(), after.Keeper()):
	case after.Keeper() == "":
		p.Changes = append(p.Changes, InPlace)
		p.Reasons = append(p.Reasons, Reason{Text: "vspread no longer looks after it"})
	default:
		p.Changes = append(p.Changes, Adopt)
		p.Reasons = slices.Insert(p.Reasons, 0, Reason{Text: "vspread looks after it from now on, for " + after.Keeper()})
	}
}

// autoscaling notes what the autoscaler is told otherwise, unless the number of machines follows from it, which is said then.
func autoscaling(p *Pool, before, after *Range) {
	r := Reason{Field: "metadata.annotations", Before: before.String(), After: after.String(), Text: "what the autoscaler is told of a machine"}
	if r.Before != r.After {
		if p.Has(Scale) || p.Has(Drain) {
			return
		}
		r.Text = fmt.Sprintf("the autoscaler's range %s → %s", r.Before, r.After)
		if before != nil && after != nil && (after.Max < before.Max || after.Min > before.Min) {
			r.Text += ", and a number outside of it stays until the autoscaler changes it"
		}
	}
	p.Changes, p.Reasons = append(p.Changes, InPlace), append(p.Reasons, r)
}

// isOfAutoscaler recognises annotations that the cluster autoscaler reads.
func isOfAutoscaler(key string) bool {
	return key == object.MinSizeAnnotation || key == object.MaxSizeAnnotation || strings.HasPrefix(key, "capacity.cluster-autoscaler.kubernetes.io/")
}

// isNote recognises annotations that tools leave on objects for themselves, and those that say whose it is, which
// are looked at apart.
func isNote(key string) bool {
	if key == object.OwnerAnnotation || key == object.AdoptedAnnotation || key == object.BeforeAnnotation || key == object.LocalConfig {
		return true
	}
	for _, prefix := range []string{"config.kubernetes.io/", "internal.config.kubernetes.io/", "config.k8s.io/", "kustomize.config.k8s.io/", "internal.kpt.dev/", "kubectl.kubernetes.io/"} {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}
