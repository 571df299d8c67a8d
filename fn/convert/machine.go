// SPDX-License-Identifier: Apache-2.0

package convert

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/tree"
)

// MachineSpec brings spec.template.spec of a VSphereMachineTemplate into the v1beta2 form, without
// what the other version cannot express: false where absent means false.
func MachineSpec(spec *yaml.Node, version string) {
	if IsOld(version) {
		tree.Move(spec, []string{"namingStrategy"}, []string{"naming"})
		seconds(spec, []string{"guestSoftPowerOffTimeout"}, []string{"guestSoftPowerOffTimeoutSeconds"})
		tree.Remove(spec, "failureDomain")
		tree.Remove(spec, "network", "preferredAPIServerCidr")
	}
	for _, device := range tree.List(spec, "network", "devices") {
		for _, field := range []string{"dhcp4", "dhcp6", "skipIPAllocation"} {
			if tree.String(device, field) == "false" {
				tree.Remove(device, field)
			}
		}
	}
	tree.Prune(spec, "customVMXKeys")
}

// MachineSpecIn writes the v1beta2 form in the wanted version.
func MachineSpecIn(spec *yaml.Node, version string) {
	if version != v1beta1 {
		return
	}
	tree.Move(spec, []string{"naming"}, []string{"namingStrategy"})
	duration(spec, []string{"guestSoftPowerOffTimeoutSeconds"}, []string{"guestSoftPowerOffTimeout"})
}
