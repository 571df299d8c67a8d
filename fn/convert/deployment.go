// SPDX-License-Identifier: Apache-2.0

package convert

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/tree"
)

// MachineDeployment brings a MachineDeployment into the v1beta2 form.
func MachineDeployment(md *yaml.Node, version string) {
	if !IsOld(version) {
		return
	}
	spec := tree.Get(md, "spec")
	if spec == nil || spec.Kind != yaml.MappingNode {
		return
	}
	for _, m := range []struct{ from, to []string }{
		{[]string{"strategy", "rollingUpdate", "deletePolicy"}, []string{"deletion", "order"}},
		{[]string{"strategy", "remediation"}, []string{"remediation"}},
		{[]string{"strategy"}, []string{"rollout", "strategy"}},
		{[]string{"rolloutAfter"}, []string{"rollout", "after"}},
		{[]string{"machineNamingStrategy"}, []string{"machineNaming"}},
		{[]string{"minReadySeconds"}, []string{"template", "spec", "minReadySeconds"}},
	} {
		tree.Move(spec, m.from, m.to)
	}
	for _, reference := range references {
		if ref := tree.Get(spec, reference...); ref != nil {
			contractReference(ref)
		}
	}
	for _, field := range []string{"name", "generateName", "namespace", "ownerReferences"} {
		tree.Remove(spec, "template", "metadata", field) // v1alpha3's
	}
	tree.Remove(spec, "progressDeadlineSeconds")
	tree.Remove(spec, "revisionHistoryLimit")
	for _, timeout := range []string{"nodeDrainTimeout", "nodeVolumeDetachTimeout", "nodeDeletionTimeout"} {
		seconds(spec, []string{"template", "spec", timeout}, []string{"template", "spec", "deletion", timeout + "Seconds"})
	}
	// Not below: labels and annotations may be empty on purpose.
	tree.PruneShallow(tree.Get(spec, "rollout", "strategy"))
	tree.PruneShallow(tree.Get(spec, "rollout"))
	tree.PruneShallow(tree.Get(spec, "template", "spec"))
	tree.PruneShallow(spec)
}

// references are where a MachineDeployment's spec names its templates.
var references = [][]string{
	{"template", "spec", "bootstrap", "configRef"},
	{"template", "spec", "infrastructureRef"},
}

// contractReference turns an object reference into the form of v1beta2, which leaves the version to the
// provider's contract and the namespace to the object.
func contractReference(ref *yaml.Node) {
	group, _, _ := strings.Cut(tree.String(ref, "apiVersion"), "/")
	if group == "" {
		return
	}
	tree.Set(ref, codec.String(group), "apiGroup")
	tree.Remove(ref, "apiVersion")
	tree.Remove(ref, "namespace")
	tree.Sort(ref, []string{"apiGroup", "kind", "name"})
}

// MachineDeploymentIn writes the v1beta2 form in the wanted version. References of v1beta1 have an API version,
// which apiVersion gives for a group, and the namespace of the object.
func MachineDeploymentIn(md *yaml.Node, version string, apiVersion func(group string) string) {
	spec := tree.Get(md, "spec")
	if version != v1beta1 || spec == nil || spec.Kind != yaml.MappingNode {
		return
	}
	for _, m := range []struct{ from, to []string }{
		{[]string{"rollout", "after"}, []string{"rolloutAfter"}},
		{[]string{"rollout", "strategy"}, []string{"strategy"}},
		{[]string{"remediation"}, []string{"strategy", "remediation"}},
		{[]string{"deletion", "order"}, []string{"strategy", "rollingUpdate", "deletePolicy"}},
		{[]string{"machineNaming"}, []string{"machineNamingStrategy"}},
		{[]string{"template", "spec", "minReadySeconds"}, []string{"minReadySeconds"}},
	} {
		tree.Move(spec, m.from, m.to)
	}
	for _, timeout := range []string{"nodeDrainTimeout", "nodeVolumeDetachTimeout", "nodeDeletionTimeout"} {
		duration(spec, []string{"template", "spec", "deletion", timeout + "Seconds"}, []string{"template", "spec", timeout})
	}
	tree.PruneShallow(tree.Get(spec, "template", "spec"))
	tree.PruneShallow(spec)
	for _, reference := range references {
		ref := tree.Get(spec, reference...)
		group := tree.String(ref, "apiGroup")
		if group == "" {
			continue
		}
		tree.Set(ref, codec.String(apiVersion(group)), "apiVersion")
		tree.Remove(ref, "apiGroup")
		if namespace := tree.String(md, "metadata", "namespace"); namespace != "" {
			tree.Set(ref, codec.String(namespace), "namespace")
		}
		tree.Sort(ref, []string{"apiVersion", "kind", "name", "namespace"})
	}
	tree.Sort(spec, []string{"clusterName", "replicas", "rolloutAfter", "strategy", "minReadySeconds", "selector", "template"})
}
