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
		for _, field := range deviceSwitches {
			if tree.String(device, field) == "false" {
				tree.Remove(device, field)
			}
		}
	}
	tree.Prune(spec, "customVMXKeys")
}

// IsMachineSpec tells whether MachineSpec would change nothing.
func IsMachineSpec(spec *yaml.Node, version string) bool {
	for _, device := range tree.List(spec, "network", "devices") {
		for _, field := range deviceSwitches {
			if tree.String(device, field) == "false" {
				return false
			}
		}
	}
	return !IsOld(version) && tree.IsPruned(spec, "customVMXKeys")
}

// deviceSwitches are fields of a network device that mean the same when they are false and when they are absent.
var deviceSwitches = []string{"dhcp4", "dhcp6", "skipIPAllocation"}

// MachineSpecIn writes the v1beta2 form in the wanted version.
func MachineSpecIn(spec *yaml.Node, version string) {
	if version != v1beta1 {
		return
	}
	tree.Move(spec, []string{"naming"}, []string{"namingStrategy"})
	duration(spec, []string{"guestSoftPowerOffTimeoutSeconds"}, []string{"guestSoftPowerOffTimeout"})
}
