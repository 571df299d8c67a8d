// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// shownRules is how many drain rules are named for a Cluster.
const shownRules = 10

// checkSelecting looks at objects of the user's that choose machines by labels or a MachineDeployment by its name: at health
// checks that take the loss of a host for sick machines, and at what chooses nothing now that pools stand where the seed stood.
func checkSelecting(out Output, in Input, diags *diag.List) {
	own := in.Cluster.Object.Key()
	checks := in.Objects.OfKind(object.CoreGroup, "MachineHealthCheck", own.Namespace)
	rules := in.Objects.OfKind(object.CoreGroup, "MachineDrainRule", own.Namespace)
	if len(checks)+len(rules)+len(out.Seeds) == 0 {
		return // nothing selects, which is not worth the labels of all machines
	}
	w := workforce{pools: machinesOfPools(out, in.Cluster), others: otherMachines(out, in)}
	for _, s := range out.Seeds {
		if s.Ref.Kind == "MachineDeployment" {
			w.seeds = append(w.seeds, s)
			w.seedLabels = append(w.seedLabels, machineLabelsOf(s.Node, s.Ref.Name, in.Cluster))
		}
	}
	var drains diag.List
	for _, o := range checks {
		selector := object.Selector(tree.Get(o.Node, "spec", "selector"))
		if o.Owner() != "" || o.IsLocalConfig() || in.Objects.ClusterOf(o) != own || selector == nil {
			continue
		}
		if w.selected(w.pools, selector) != nil {
			w.noteOwnLimit(o, selector, in, diags)
		} else {
			w.noteSelectsNothing(o, "spec.selector", selector, in, diags)
		}
	}
	for _, o := range rules {
		if o.Owner() == "" && !o.IsLocalConfig() {
			w.checkDrainRule(o, in, &drains)
		}
	}
	diags.Append(drains.Few(shownRules)...) // a rule may be for all Clusters
	w.noteReferences(in, diags)
}

// workforce is all that the input says of a Cluster's machines.
type workforce struct {
	pools, others []machines
	// seeds are MachineDeployments that no longer have machines, and the labels that these had.
	seeds      []*object.Object
	seedLabels []map[string]string
}

func (w workforce) selected(all []machines, selector labels.Selector) []machines {
	var out []machines
	for _, m := range all {
		if selector.Matches(labels.Set(m.labels)) {
			out = append(out, m)
		}
	}
	return out
}

// noteOwnLimit counts the limit of a health check of the user's against what each host has of the machines that it selects.
func (w workforce) noteOwnLimit(check *object.Object, selector labels.Selector, in Input, diags *diag.List) {
	limit, ok := readLimit(check)
	if !ok || !limit.seesDeadHosts {
		return
	}
	inPools := w.selected(w.pools, selector)
	var all onHost
	hosts := map[string]onHost{}
	for _, m := range slices.Concat(inPools, w.selected(w.others, selector)) {
		all = onHost{all.least + m.least, all.most + m.most}
		for _, host := range m.hosts {
			n := hosts[host]
			hosts[host] = onHost{n.least + m.least, n.most + m.most}
		}
	}
	b := hostLimit{from: limit.from, field: limit.hint, onHost: onHost{limit.of(all.least), limit.of(all.most)}}
	b.words = fmt.Sprint(b.most)
	if limit.upTo.Type == intstr.String {
		b.words = fmt.Sprintf("%d (%s)", b.most, limit.upTo.StrVal)
	}
	if in.HealthCheck != nil {
		b.orElse = "; or delete this check: the ClusterSpread's healthCheck is for these machines as well"
	}
	noteHosts(hosts, b, diag.At(check.Ref, limit.field), diags)
}

// ownLimit is up to how many unhealthy machines a MachineHealthCheck replaces them.
type ownLimit struct {
	// field says so; hint is the field that a number can be written to.
	field, hint string
	// from is the least number at which machines are replaced.
	from int
	upTo intstr.IntOrString
	// seesDeadHosts tells whether a machine on a host that is dead counts as unhealthy.
	seesDeadHosts bool
}

// of gives the limit for a number of selected machines; Cluster API rounds down.
func (l ownLimit) of(machines int) int {
	n, err := intstr.GetScaledValueFromIntOrPercent(&l.upTo, machines, false)
	if err != nil {
		return 0 // readLimit has tried
	}
	return n
}

// readLimit reads a MachineHealthCheck of any version; false is one that the API server refuses.
func readLimit(check *object.Object) (ownLimit, bool) {
	trigger := func(field string) []string { return []string{"spec", "remediation", "triggerIf", field} }
	most, span := trigger("unhealthyLessThanOrEqualTo"), trigger("unhealthyInRange")
	nodes, machine := []string{"spec", "checks", "unhealthyNodeConditions"}, []string{"spec", "checks", "unhealthyMachineConditions"}
	if convert.IsOld(check.Version()) {
		most, span = []string{"spec", "maxUnhealthy"}, []string{"spec", "unhealthyRange"}
		nodes, machine = []string{"spec", "unhealthyConditions"}, []string{"spec", "unhealthyMachineConditions"}
	}
	l := ownLimit{field: joinPath(most), hint: joinPath(most), upTo: intstr.FromString("100%")} // what absent means
	// Nothing reports from a dead host, and so the conditions of its nodes become unknown.
	l.seesDeadHosts = len(tree.List(check.Node, machine...)) > 0 || slices.ContainsFunc(tree.List(check.Node, nodes...), func(c *yaml.Node) bool {
		return tree.String(c, "status") == "Unknown"
	})
	if text := tree.String(check.Node, span...); text != "" { // it counts before the other field
		l.field, l.hint = joinPath(span), "in its place, "+l.hint
		n, err := fmt.Sscanf(text, "[%d-%d]", &l.from, &l.upTo.IntVal)
		l.upTo.Type = intstr.Int
		return l, err == nil && n == 2
	}
	if n := tree.Get(check.Node, most...); n != nil && len(codec.Decode(n, "", &l.upTo)) > 0 {
		return ownLimit{}, false
	}
	_, err := intstr.GetScaledValueFromIntOrPercent(&l.upTo, 1, false)
	return l, err == nil
}

// checkDrainRule looks at what a MachineDrainRule selects; it may be for several Clusters.
func (w workforce) checkDrainRule(rule *object.Object, in Input, diags *diag.List) {
	at := diag.At(rule.Ref, "spec.machines")
	for i, m := range tree.List(rule.Node, "spec", "machines") {
		clusters := tree.Get(m, "clusterSelector")
		if s := object.Selector(clusters); clusters != nil && (s == nil || !s.Matches(labels.Set(tree.Strings(in.Cluster.Object.Node, "metadata", "labels")))) {
			continue
		}
		selector := object.Selector(tree.Get(m, "selector"))
		if selector != nil && w.selected(w.pools, selector) == nil && w.selected(w.others, selector) == nil {
			w.noteSeedsOnly(at.Index(i).Dot("selector"), selector, diags)
		}
	}
}

// noteSelectsNothing tells of a selector that chooses no machine of the input.
func (w workforce) noteSelectsNothing(o *object.Object, field string, selector labels.Selector, in Input, diags *diag.List) {
	if w.selected(w.others, selector) != nil || w.noteSeedsOnly(diag.At(o.Ref, field), selector, diags) {
		return
	}
	cluster := in.Cluster.Object.Node
	if in.Cluster.ControlPlane == nil || tree.Get(cluster, "spec", "topology") != nil || needsUnknowable(selector) {
		return // there are machines that the input does not describe
	}
	diags.Infof(diag.SelectsNothing, diag.At(o.Ref, field), "selects no machine of Cluster %s that the input has", in.Cluster.Name).
		WithHint("Machines have the labels of spec.template.metadata.labels, and %s for their MachineDeployment", deploymentNameLabel)
}

// noteSeedsOnly tells of a selector that would choose the machines of a seed, and reports whether it does.
func (w workforce) noteSeedsOnly(at diag.Where, selector labels.Selector, diags *diag.List) bool {
	for i, s := range w.seeds {
		if selector.Matches(labels.Set(w.seedLabels[i])) {
			diags.Warnf(diag.SelectsNothing, at, "selects the machines of MachineDeployment %s, which is only copied from; no pool has these labels", s.Ref.Name).
				WithHint("the pools' machines have %s: its value is the worker group's name", workerGroupNodeLabel)
			return true
		}
	}
	return false
}

func needsUnknowable(selector labels.Selector) bool {
	requirements, _ := selector.Requirements()
	return slices.ContainsFunc(requirements, func(r labels.Requirement) bool { return slices.Contains(unknowable, r.Key()) })
}

// referring are fields of other kinds that name a MachineDeployment, which a deployer waits for or an autoscaler scales.
var referring = []struct {
	group string
	path  []string
}{
	{"kustomize.toolkit.fluxcd.io", []string{"spec", "healthChecks"}},
	{"autoscaling", []string{"spec", "scaleTargetRef"}},
	{"keda.sh", []string{"spec", "scaleTargetRef"}},
}

// noteReferences tells of references to a seed, which is applied no more.
func (w workforce) noteReferences(in Input, diags *diag.List) {
	if len(w.seeds) == 0 {
		return
	}
	for _, r := range referring {
		for _, o := range in.Objects.OfGroup(r.group) {
			if o.IsLocalConfig() {
				continue
			}
			refs, at := []*yaml.Node{tree.Get(o.Node, r.path...)}, diag.At(o.Ref, joinPath(r.path))
			if list := tree.List(o.Node, r.path...); list != nil {
				refs = list
			}
			for _, ref := range refs {
				w.noteReference(o, ref, at, diags)
			}
		}
	}
}

func (w workforce) noteReference(o *object.Object, ref *yaml.Node, at diag.Where, diags *diag.List) {
	if ref == nil {
		return
	}
	namespace := tree.String(ref, "namespace")
	if namespace == "" {
		namespace = o.Ref.Namespace
	}
	for _, s := range w.seeds {
		if k := s.Key(); k == object.NewKey(k.Group, tree.String(ref, "kind"), namespace, tree.String(ref, "name")) {
			diags.Warnf(diag.SelectsNothing, at, "names MachineDeployment %s, which is only copied from and no longer applied", s.Ref.Name).
				WithHint("name the pools instead, or take the reference out")
		}
	}
}
