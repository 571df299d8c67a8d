// SPDX-License-Identifier: Apache-2.0

package convert

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/tree"
)

// MachineDeployment brings a MachineDeployment into the v1beta2 form.
func MachineDeployment(md *yaml.Node, version string) {
	if version != v1beta1 {
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
