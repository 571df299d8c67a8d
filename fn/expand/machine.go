// SPDX-License-Identifier: Apache-2.0

package expand

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// layer is one source of a machine's values, in the v1beta2 form of spec.template.spec.
type layer struct {
	spec *yaml.Node
	at   diag.Where
	// networks is the field that the layer keeps its network in.
	networks string
}

// machineFields are the fields that layers decide about.
var machineFields = []string{
	"template", "cloneMode", "snapshot", "datacenter", "folder", "resourcePool", "network",
	"numCPUs", "numCoresPerSocket", "memoryMiB", "diskGiB", "os", "hardwareVersion",
	"powerOffMode", "guestSoftPowerOffTimeoutSeconds",
}

// notInherited are those that workers do not take over from the control plane's machines: a linked clone
// would keep reading from the template's datastore instead of the local disk, and fits the control
// plane's datastore only.
var notInherited = []string{"cloneMode", "snapshot"}

// layers gives the sources of a pool's machines in their one order: override of the datastore, worker
// group, seed, control plane.
func (e *expansion) layers(pool Pool, group v1alpha1.WorkerGroup, seed seed, at diag.Where) []layer {
	layers := []layer{
		{machineLayer(pool.override.Machine), overrideAt(pool.override, group, at).Dot("machine"), "networks"},
		{machineLayer(group.Machine), at.Dot("machine"), "networks"},
	}
	for _, o := range []*object.Object{seed.template, e.cluster.controlPlaneTemplate} {
		if o == nil {
			continue
		}
		spec := tree.Clone(tree.Get(o.Node, "spec", "template", "spec"))
		if spec == nil || spec.Kind != yaml.MappingNode {
			continue
		}
		convert.MachineSpec(spec, o.Version())
		if o == e.cluster.controlPlaneTemplate {
			for _, field := range notInherited {
				tree.Remove(spec, field)
			}
		}
		layers = append(layers, layer{spec, diag.At(o.Ref, "spec.template.spec"), "network.devices"})
	}
	return layers
}

// overrideAt is where a group has an override; without one it is the group.
func overrideAt(o v1alpha1.Override, group v1alpha1.WorkerGroup, at diag.Where) diag.Where {
	if i := slices.IndexFunc(group.Overrides, func(x v1alpha1.Override) bool { return x.Datastore == o.Datastore }); i >= 0 {
		return at.Dot("overrides").Index(i)
	}
	return at
}

// machineLayer writes the machine of a ClusterSpread as a part of a VSphereMachineTemplate.
func machineLayer(m v1alpha1.Machine) *yaml.Node {
	networks := m.Networks
	m.Networks = nil
	spec := codec.Encode(m)
	if len(networks) > 0 {
		devices := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
		for _, n := range networks {
			devices.Content = append(devices.Content, device(n))
		}
		tree.Set(spec, devices, "network", "devices")
	}
	return spec
}

func device(network string) *yaml.Node {
	return codec.Encode(struct {
		NetworkName string `json:"networkName"`
		DHCP4       bool   `json:"dhcp4"`
	}{network, true})
}

// value finds the first layer that has a field.
func value(layers []layer, field string) (*yaml.Node, layer) {
	for _, l := range layers {
		if v := tree.Get(l.spec, field); v != nil {
			return v, l
		}
	}
	return nil, layer{}
}

// listed caches what the inventory has of a class.
func (e *expansion) listed(class inventory.Class) []inventory.Object {
	if _, ok := e.objects[class]; !ok {
		e.objects[class] = e.Inventory.Objects(class)
	}
	return e.objects[class]
}

// among caches what a reference can mean: the pools of a group ask the same again and again.
func (e *expansion) among(class inventory.Class, ref, datacenter string) []inventory.Object {
	k := lookup{class, ref, datacenter}
	if _, ok := e.found[k]; !ok {
		e.found[k] = inventory.Among(e.listed(class), class, ref, datacenter)
	}
	return e.found[k]
}

type lookup struct {
	class           inventory.Class
	ref, datacenter string
}

// resolve gives the spelling of a reference to a vSphere object. What the inventory does not list at
// all is taken as it is written: a person may keep only the lines that matter.
func (e *expansion) resolve(class inventory.Class, ref, datacenter string, at diag.Where) string {
	all := e.listed(class)
	if len(all) == 0 {
		return ref
	}
	found := e.among(class, ref, datacenter)
	switch len(found) {
	case 1:
		return e.spell(class, found[0])
	case 0:
		severity, hint := diag.Error, "the inventory has "+diag.Choices(spellings(all))
		if len(e.Inventory.Gaps) > 0 {
			severity = diag.Warning
			hint = "the inventory has gaps, so it may exist: " + diag.Choices(e.Inventory.Gaps)
		} else if s := diag.Suggest(ref, append(spellings(all), objectNames(all)...)); s != "" {
			hint = "did you mean " + s + "?"
		}
		e.diags.Add(severity, diag.UnknownReference, at, "there is no %s %q", class, ref).Hint = hint
		return ref
	}
	e.diags.Errorf(diag.AmbiguousReference, at, "%q names %d %ss: %s", ref, len(found), class, diag.Choices(spellings(found))).
		WithHint("write the full path")
	return ref
}

// only gives the spelling of the one object of a class that there is; otherwise the user must choose.
func (e *expansion) only(class inventory.Class, datacenter string, at diag.Where, required bool) (string, bool) {
	candidates := inventory.Within(e.listed(class), datacenter)
	switch {
	case len(candidates) == 1:
		return e.spell(class, candidates[0]), true
	case len(candidates) > 1:
		e.diags.Errorf(diag.MissingMachineValue, at, "nothing says which %s the machines use", class).
			WithHint("choose one of %s", diag.Choices(spellings(candidates)))
	case required:
		e.diags.Errorf(diag.MissingMachineValue, at, "nothing says which %s the machines use, and the inventory has none", class).
			WithHint("name it here, or give the control plane's VSphereMachineTemplate to vspread")
	}
	return "", false
}

// spell writes a vSphere object as spec.references wants it; a name that several objects have is
// written as a path all the same.
func (e *expansion) spell(class inventory.Class, o inventory.Object) string {
	if e.Spread.Spec.References == v1alpha1.ReferencesNames && len(e.among(class, o.Name, "")) == 1 {
		return o.Name
	}
	return o.Spelling()
}

func spellings(objects []inventory.Object) []string {
	var out []string
	for _, o := range objects {
		out = append(out, o.Spelling())
	}
	return out
}

func objectNames(objects []inventory.Object) []string {
	var out []string
	for _, o := range objects {
		out = append(out, o.Name)
	}
	return out
}
