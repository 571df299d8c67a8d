// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/tree"
)

// The rule for control planes is simpler than Cluster API's own, and errs towards saying too much. A
// KubeadmControlPlane rolls when its version, the name of its machine template or its kubeadmConfigSpec changes,
// but for what only steers how machines join (notInRule). What differs in initConfiguration alone concerns
// at most the machine that was made first, so that is not known. Of other kinds of control planes nothing
// is known: any change of the spec may roll.

// notInRule are the fields of a kubeadmConfigSpec that replace no machine.
var notInRule = [][]string{
	{"clusterConfiguration", "dns"},
	{"clusterConfiguration", "controlPlaneEndpoint"},
	{"joinConfiguration", "discovery"},
	{"joinConfiguration", "timeouts", "controlPlaneComponentHealthCheckSeconds"},
	{"initConfiguration", "timeouts", "controlPlaneComponentHealthCheckSeconds"},
}

// controlPlaneOf reads a control plane.
func controlPlaneOf(o *object.Object, cluster object.Key) *group {
	node := tree.Clone(o.Node)
	tree.Remove(node, "status")
	if cluster.Name == "" {
		cluster = object.NewKey(object.CoreGroup, "Cluster", o.Ref.Namespace, tree.String(node, "metadata", "labels", clusterLabel))
	}
	g := &group{Object: o, node: node, cluster: cluster, replicas: replicasOf(o, 1)}
	// Older versions of the API have the reference one level higher, and name the strategy otherwise.
	tree.Move(node, []string{"spec", "machineTemplate", "infrastructureRef"}, []string{"spec", "machineTemplate", "spec", "infrastructureRef"})
	tree.Move(node, []string{"spec", "rolloutStrategy"}, []string{"spec", "rollout", "strategy"})
	tree.Move(node, []string{"spec", "rolloutAfter"}, []string{"spec", "rollout", "after"})
	tree.Move(node, []string{"spec", "rolloutBefore"}, []string{"spec", "rollout", "before"})
	tree.Fill(node, codec.String("RollingUpdate"), "spec", "rollout", "strategy", "type")
	tree.Fill(node, codec.Int(1), "spec", "rollout", "strategy", "rollingUpdate", "maxSurge")
	if spec := tree.Get(node, "spec", "kubeadmConfigSpec"); spec != nil && spec.Kind == yaml.MappingNode && isKubeadm(o) {
		convert.KubeadmConfig(spec, o.Version())
	}
	g.rolling = rolling{
		version:        convert.Version(tree.String(node, "spec", "version")),
		infrastructure: referenceAt(node, "spec", "machineTemplate", "spec", "infrastructureRef"),
	}
	return g
}

// controlPlane finds what a control plane does to its machines besides their number.
func (c *comparison) controlPlane(p *Pool, before, after *group) {
	var rolls, unsure, inPlace []Reason
	fields := before.rolling.rolls(after.rolling)
	for _, r := range c.whyRolls(before, after, fields) {
		switch r.Field {
		case versionField:
			r.Field = "spec.version"
		case infrastructureField:
			r.Field = "spec.machineTemplate.spec.infrastructureRef.name"
		}
		rolls = append(rolls, r)
	}
	if !isKubeadm(after.Object) {
		if d := differences(tree.Get(before.node, "spec"), tree.Get(after.node, "spec"), "spec"); len(d) > 0 && !onlyReplicas(d) {
			unsure = append(unsure, Reason{Field: d[0].name(), Text: fmt.Sprintf("the spec differs; what makes a %s roll is not known here", after.Ref.Kind)})
		}
		unsure, rolls = append(rolls, unsure...), nil
	} else {
		rolls, unsure, inPlace = kubeadmReasons(before, after, rolls)
	}
	if e := c.edits[after.keyOf(after.rolling.infrastructure)]; e != nil && before.rolling.infrastructure == after.rolling.infrastructure {
		e.note(p)
	}
	if len(inPlace) > 0 {
		p.Changes, p.Reasons = append(p.Changes, InPlace), append(p.Reasons, inPlace...)
	}
	metadata(p, before, after)
	if len(rolls) > 0 {
		replaced(p, before, after, append(rolls, unsure...))
	} else {
		mayBeReplaced(p, before, after, unsure)
	}
}

func onlyReplicas(diffs []field) bool {
	for _, d := range diffs {
		if !d.below("spec", "replicas") {
			return false
		}
	}
	return true
}

// kubeadmReasons sorts the differences of two KubeadmControlPlanes.
func kubeadmReasons(before, after *group, rolls []Reason) (roll, unsure, inPlace []Reason) {
	a, b := tree.Clone(tree.Get(before.node, "spec", "kubeadmConfigSpec")), tree.Clone(tree.Get(after.node, "spec", "kubeadmConfigSpec"))
	for _, spec := range []*yaml.Node{a, b} {
		if spec == nil {
			continue
		}
		for _, path := range notInRule {
			tree.Remove(spec, path...)
		}
		keepNoTaints(spec)
	}
	for _, d := range differences(a, b, "spec", "kubeadmConfigSpec") {
		// No values: there may be passwords and keys among them.
		r := Reason{Field: d.name(), Text: d.name()[len("spec."):] + " differs"}
		if d.below("spec", "kubeadmConfigSpec", "initConfiguration") {
			r.Text += ", which concerns at most the machine that was made first"
			unsure = append(unsure, r)
			continue
		}
		rolls = append(rolls, r)
	}
	for _, d := range differences(tree.Get(before.node, "spec"), tree.Get(after.node, "spec"), "spec") {
		switch {
		case d.below("spec", "version"), d.below("spec", "replicas"), d.below("spec", "machineTemplate", "spec", "infrastructureRef"):
		case d.below("spec", "kubeadmConfigSpec"):
			if isNotInRule(d) {
				inPlace = append(inPlace, Reason{Field: d.name(), Text: d.name()[len("spec."):] + " differs, which replaces no machine"})
			}
		case d.below("spec", "rollout", "after") && object.SameInstant(d.before, d.after):
		case d.below("spec", "rollout", "after"):
			if d.after == nil {
				inPlace = append(inPlace, fieldOf(d))
				continue
			}
			rolls = append(rolls, Reason{Field: d.name(), Before: written(d.before), After: written(d.after),
				Text: "machines made before " + written(d.after) + " are replaced from then on"})
		case d.below("spec", "rollout", "before"):
			if d.after == nil {
				inPlace = append(inPlace, fieldOf(d))
				continue
			}
			unsure = append(unsure, Reason{Field: d.name(), Before: written(d.before), After: written(d.after),
				Text: "machines whose certificates expire within " + written(d.after) + " are replaced, and when they do is not in the files"})
		case before.Version() == after.Version(): // other forms of one meaning are no change
			inPlace = append(inPlace, fieldOf(d))
		}
	}
	return rolls, unsure, inPlace
}

// keepNoTaints makes a value of an empty list of taints: it means that control plane nodes get none, where no list
// means kubeadm's own, and Cluster API tells the two apart.
func keepNoTaints(spec *yaml.Node) {
	for _, configuration := range []string{"initConfiguration", "joinConfiguration"} {
		path := []string{configuration, "nodeRegistration", "taints"}
		if n := tree.Get(spec, path...); n != nil && n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
			tree.Set(spec, codec.String("none"), path...)
		}
	}
}

func isNotInRule(d field) bool {
	for _, path := range notInRule {
		if d.below(append([]string{"spec", "kubeadmConfigSpec"}, path...)...) {
			return true
		}
	}
	return false
}
