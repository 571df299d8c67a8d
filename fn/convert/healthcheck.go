// SPDX-License-Identifier: Apache-2.0

package convert

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/tree"
)

// MachineHealthCheckIn writes the v1beta2 form in the wanted version.
func MachineHealthCheckIn(check *yaml.Node, version string) {
	spec := tree.Get(check, "spec")
	if version != v1beta1 || spec == nil || spec.Kind != yaml.MappingNode {
		return
	}
	conditions := tree.List(spec, "checks", "unhealthyNodeConditions")
	for _, c := range conditions {
		duration(c, []string{"timeoutSeconds"}, []string{"timeout"})
	}
	tree.Move(spec, []string{"checks", "unhealthyNodeConditions"}, []string{"unhealthyConditions"})
	duration(spec, []string{"checks", "nodeStartupTimeoutSeconds"}, []string{"nodeStartupTimeout"})
	tree.Move(spec, []string{"remediation", "triggerIf", "unhealthyLessThanOrEqualTo"}, []string{"maxUnhealthy"})
	tree.Remove(spec, "checks")
	tree.Remove(spec, "remediation")
	tree.Sort(spec, []string{"clusterName", "selector", "unhealthyConditions", "maxUnhealthy", "nodeStartupTimeout"})
}
