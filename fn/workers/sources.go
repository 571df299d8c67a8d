// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"reflect"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// sources are in the order in which they count.
type sources []source

// machineFields are the fields that sources decide about.
var machineFields = []string{
	"template", "cloneMode", "snapshot", "datacenter", "folder", "resourcePool", "network",
	"numCPUs", "numCoresPerSocket", "memoryMiB", "diskGiB", "os", "hardwareVersion",
	"powerOffMode", "guestSoftPowerOffTimeoutSeconds",
}

// notInherited are those that workers do not take over from the control plane's machines: a linked clone
// would keep reading from the template's datastore instead of the local disk, and fits the control
// plane's datastore only.
var notInherited = []string{"cloneMode", "snapshot"}

// sourcesOf gives the sources of a pool's machines in their one order: override of the datastore, worker
// group, seed, control plane. The templates may be nil.
func sourcesOf(p pool, g group, seed, controlPlane *object.Object) sources {
	copied := g.copied
	if seed != g.seed.template { // an adopted pool's own
		copied = copiedFrom(seed, controlPlane)
	}
	return append(asked(p, g), copied...)
}

// copiedFrom gives the sources that are not in the ClusterSpread. The templates may be nil.
func copiedFrom(seed, controlPlane *object.Object) []source {
	var out []source
	if s, ok := sourceIn(seed); ok {
		s.whole = true
		out = append(out, s)
	}
	if s, ok := sourceIn(controlPlane); ok {
		for _, field := range notInherited {
			tree.Remove(s.spec, field)
		}
		out = append(out, s)
	}
	return out
}

// asked gives the sources that are in the ClusterSpread.
func asked(p pool, g group) sources {
	return sources{said(p.override.Machine, p.override.at), g.machine}
}

// said is the source that a ClusterSpread is at a place.
func said(m v1alpha1.Machine, at diag.Where) source {
	return source{spec: machinePart(m), at: at.Dot("machine"), networks: "networks"}
}

// sourceIn gives what a template says; false is no template, or one without a spec.
func sourceIn(template *object.Object) (source, bool) {
	if template == nil {
		return source{}, false
	}
	spec := tree.Clone(tree.Get(template.Node, "spec", "template", "spec"))
	if spec == nil || spec.Kind != yaml.MappingNode {
		return source{}, false
	}
	convert.MachineSpec(spec, template.Version())
	return source{spec: spec, at: diag.At(template.Ref, "spec.template.spec"), networks: "network.devices"}, true
}

// places are the fields in which no value is an answer: the root folder, or the default resource pool.
var places = []string{"folder", "resourcePool"}

// value finds the first source that has a field. No value with a source is its answer that there is to be none.
func (s sources) value(field string) (*yaml.Node, source) {
	for _, x := range s {
		v := tree.Get(x.spec, field)
		isPlace := slices.Contains(places, field)
		switch {
		case isPlace && v != nil && v.Kind == yaml.ScalarNode && v.Value == "", isPlace && v == nil && x.whole:
			return nil, x
		case v != nil:
			return v, x
		}
	}
	return nil, source{}
}

// machinePart writes the machine of a ClusterSpread as a part of a VSphereMachineTemplate.
func machinePart(m v1alpha1.Machine) *yaml.Node {
	if reflect.ValueOf(m).IsZero() {
		return &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	}
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

// device is a network card that gets its address by DHCP.
func device(network string) *yaml.Node {
	n := codec.Texts("networkName", network)
	n.Content = append(n.Content, codec.String("dhcp4"), codec.Bool(true))
	return n
}
