// SPDX-License-Identifier: Apache-2.0

package site

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/tree"
)

// Part is a part of what machines are made from.
type Part string

// The parts: spec.template.spec of a VSphereMachineTemplate, spec of a MachineDeployment, and spec.template.spec of a
// KubeadmConfigTemplate for workers.
const (
	MachinePart    Part = "machine"
	DeploymentPart Part = "deployment"
	BootstrapPart  Part = "bootstrap"
)

// Effect is a field that has no effect in a combination.
type Effect struct {
	Part  Part
	Field string
	// Why tells the combination and what happens instead.
	Why string
	// Source is the place in the sources of CAPV (capv) or Cluster API (capi) that says so.
	Source string

	isIgnored func(m Made, value *yaml.Node) bool
}

// Ignored is a field that says something and has no effect, with its positions in lists. The path is below the part.
type Ignored struct {
	Effect
	Path []string
}

// Effects are all fields of which it is known that CAPV or Cluster API ignores them in some combination. What they refuse is
// not listed, nor what depends on the template beyond what an inventory has: additionalDisksGiB without a disk to resize, a
// hardwareVersion that is not newer. Read in CAPV at 111a1ba and Cluster API at ae7ff04, both of August 2026.
var Effects = []Effect{
	{
		MachinePart, "diskGiB", "a linked clone's disk is as large as the template's", "capv pkg/services/govmomi/vcenter/clone.go Clone",
		func(m Made, value *yaml.Node) bool {
			return m.IsLinked() == Yes && (m.Template == nil || m.Template.DiskGiB == 0 || value.Value != fmt.Sprint(m.Template.DiskGiB))
		},
	},
	{
		MachinePart, "additionalDisksGiB", "a linked clone's disks are as large as the template's", "capv pkg/services/govmomi/vcenter/clone.go Clone",
		func(m Made, _ *yaml.Node) bool { return m.IsLinked() == Yes },
	},
	{
		MachinePart, "snapshot", "a full clone is made of the template as it is now", "capv pkg/services/govmomi/vcenter/clone.go Clone",
		func(m Made, _ *yaml.Node) bool { return m.IsLinked() == No },
	},
	{
		MachinePart, "cloneMode", "the template has no snapshot, so full clones are made of it", "capv pkg/services/govmomi/vcenter/clone.go Clone",
		func(m Made, value *yaml.Node) bool { return value.Value == linkedClone && m.IsLinked() == No },
	},
	{
		MachinePart, "numCPUs", "a machine has at least two processors", "capv pkg/services/govmomi/vcenter/clone.go Clone",
		func(_ Made, value *yaml.Node) bool { n, ok := whole(value); return ok && n < leastCPUs },
	},
	{
		MachinePart, "resources.requests.memory", "with pciDevices all of a machine's memory is reserved", "capv pkg/services/govmomi/vcenter/clone.go Clone",
		func(m Made, _ *yaml.Node) bool { return len(tree.List(m.Machine, "pciDevices")) > 0 },
	},
	{MachinePart, "network.devices[].dhcp4Overrides", "the device does not use DHCP for IPv4", "capv api/govmomi/v1beta2/types.go NetworkDeviceSpec", nil},
	{MachinePart, "network.devices[].dhcp6Overrides", "the device does not use DHCP for IPv6", "capv api/govmomi/v1beta2/types.go NetworkDeviceSpec", nil},
	{MachinePart, "network.preferredAPIServerCidr", "no supported CAPV reads it", "capv api/govmomi/v1beta1/types.go NetworkSpec", always},
	{MachinePart, "failureDomain", "the failureDomain of the MachineDeployment counts", "capv pkg/services/vimmachine.go generateOverrideFunc", always},
	zoned("server", func(z *Zone) string { return z.Server }),
	zoned("datacenter", func(z *Zone) string { return z.Datacenter }),
	zoned("folder", func(z *Zone) string { return z.Folder }),
	zoned("resourcePool", func(z *Zone) string { return z.ResourcePool }),
	zoned("datastore", func(z *Zone) string { return z.Datastore }),
	{MachinePart, "network.devices[].networkName", "the failure domain has networks of its own", "capv pkg/services/vimmachine.go overrideNetworkDeviceSpecs", nil},
	{
		DeploymentPart, "rollout.strategy.rollingUpdate", "with OnDelete a machine is replaced when somebody deletes it",
		"capi core/reconcilers/machinedeployment/machinedeployment_rollout_ondelete.go",
		func(m Made, _ *yaml.Node) bool {
			return tree.String(m.Deployment, "rollout", "strategy", "type") == "OnDelete"
		},
	},
	{DeploymentPart, "progressDeadlineSeconds", "Cluster API has never read it", "capi api/core/v1beta1/conversion.go", always},
	{DeploymentPart, "revisionHistoryLimit", "Cluster API 1.11 and newer have no such field", "capi api/core/v1beta1/machinedeployment_types.go", always},
	{BootstrapPart, "clusterConfiguration", "workers join a cluster, and do not configure it", "capi bootstrap/kubeadm/reconcilers/kubeadmconfig/kubeadmconfig_controller.go", always},
	{BootstrapPart, "initConfiguration", "workers join a cluster, and do not start it", "capi bootstrap/kubeadm/reconcilers/kubeadmconfig/kubeadmconfig_controller.go", always},
}

func always(Made, *yaml.Node) bool { return true }

// zoned is the rule for a field that a failure domain overrides.
func zoned(field string, of func(*Zone) string) Effect {
	return Effect{
		MachinePart, field, "the failure domain has one of its own", "capv pkg/services/vimmachine.go generateOverrideFunc",
		func(m Made, value *yaml.Node) bool {
			return m.Zone != nil && of(m.Zone) != "" && of(m.Zone) != value.Value
		},
	}
}

// Ignored lists the fields that say something and have no effect, in the order of Effects.
func (m Made) Ignored() []Ignored {
	var out []Ignored
	parts := map[Part]*yaml.Node{MachinePart: m.Machine, DeploymentPart: m.Deployment, BootstrapPart: m.Bootstrap}
	for i, e := range Effects {
		part := parts[e.Part]
		path, field := places()[i].path, places()[i].inElement
		switch {
		case part == nil:
		case field != "":
			for i, x := range tree.List(part, path...) {
				if v := tree.Get(x, field); v != nil && m.ignoresInDevice(i, x, field, v) {
					out = append(out, Ignored{e, append(slices.Clone(path), fmt.Sprintf("[%d]", i), field)})
				}
			}
		default:
			if v := tree.Get(part, path...); v != nil && e.isIgnored(m, v) {
				out = append(out, Ignored{e, path})
			}
		}
	}
	return out
}

// place is where an effect's field is.
type place struct {
	path []string
	// inElement is the field in the elements of the list at the path, or "".
	inElement string
}

// places are those of Effects: each pool is looked at, and a field is taken apart once.
var places = sync.OnceValue(func() []place {
	out := make([]place, len(Effects))
	for i, e := range Effects {
		list, field, _ := strings.Cut(e.Field, "[].")
		out[i] = place{strings.Split(list, "."), field}
	}
	return out
})

// ignoresInDevice is the rule for the fields of a network device.
func (m Made) ignoresInDevice(i int, device *yaml.Node, field string, value *yaml.Node) bool {
	if field == "networkName" {
		return m.Zone != nil && i < len(m.Zone.Networks) && m.Zone.Networks[i] != "" && m.Zone.Networks[i] != value.Value
	}
	if m.Zone != nil {
		return false // its networks may switch DHCP on
	}
	dhcp := tree.String(device, strings.TrimSuffix(field, "Overrides"))
	return dhcp == "" || dhcp == "false"
}
