// SPDX-License-Identifier: Apache-2.0

package site

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/tree"
)

// Zone is what the failureDomain of a machine stands for: a VSphereDeploymentZone with its VSphereFailureDomain. CAPV puts
// its values over those of the machine's template; "" leaves the template's value. References are as the objects spell them:
// names in them are looked up below Datacenter.
// https://github.com/kubernetes-sigs/cluster-api-provider-vsphere/blob/main/pkg/services/vimmachine.go, generateOverrideFunc.
type Zone struct {
	// DeploymentZone and FailureDomain are the objects that the values come from.
	DeploymentZone, FailureDomain *object.Object

	Server, Datacenter, Datastore, Folder, ResourcePool string
	// ComputeCluster is what CAPV checks the zone against. It overrides nothing.
	ComputeCluster string
	// Networks are those of a machine's network devices, in their order; "" leaves the template's.
	Networks []string

	configurations []*yaml.Node
}

// Zones are the zones of an input by name. They belong to no namespace and to no Cluster.
type Zones map[string]Zone

// ReadZones finds the zones of an input. A deployment zone whose failure domain is not in the input is left out: CAPV
// overrides nothing for it as long as the domain is missing.
func ReadZones(objects *object.Set) Zones {
	domains := map[string]*object.Object{}
	var zones []*object.Object
	for _, o := range objects.OfGroup(object.InfrastructureGroup) {
		switch o.Ref.Kind {
		case "VSphereFailureDomain":
			domains[o.Ref.Name] = o
		case "VSphereDeploymentZone":
			zones = append(zones, o)
		}
	}
	out := Zones{}
	for _, z := range zones {
		if d := domains[tree.String(z.Node, "spec", "failureDomain")]; d != nil {
			out[z.Ref.Name] = zoneOf(z, d)
		}
	}
	return out
}

func zoneOf(z, d *object.Object) Zone {
	topology := tree.Get(d.Node, "spec", "topology")
	out := Zone{
		DeploymentZone: z, FailureDomain: d,
		Server:         tree.String(z.Node, "spec", "server"),
		Folder:         tree.String(z.Node, "spec", "placementConstraint", "folder"),
		ResourcePool:   tree.String(z.Node, "spec", "placementConstraint", "resourcePool"),
		Datacenter:     tree.String(topology, "datacenter"),
		ComputeCluster: tree.String(topology, "computeCluster"),
		Datastore:      tree.String(topology, "datastore"),
		configurations: tree.List(topology, "networkConfigurations"),
	}
	for _, n := range tree.List(topology, "networks") {
		out.Networks = append(out.Networks, n.Value)
	}
	for i, c := range out.configurations {
		name := tree.String(c, "networkName")
		switch {
		case i >= len(out.Networks):
			out.Networks = append(out.Networks, name)
		case name != "":
			out.Networks[i] = name
		}
	}
	return out
}

// Overrides lists the fields of a machine's spec that CAPV takes from the zone.
func (z Zone) Overrides() []string {
	var out []string
	for _, f := range z.values() {
		if f.value != "" {
			out = append(out, f.field)
		}
	}
	if len(z.Networks) > 0 {
		out = append(out, "network")
	}
	return out
}

// Over gives the spec of a machine in the zone: what its template says, below what the zone says. The template's spec is
// not changed.
func (z Zone) Over(spec *yaml.Node) *yaml.Node {
	out := tree.Clone(spec)
	if out == nil || out.Kind != yaml.MappingNode {
		out = &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	}
	for _, f := range z.values() {
		if f.value != "" {
			tree.Replace(out, codec.String(f.value), f.field)
		}
	}
	if len(z.Networks) == 0 {
		return out
	}
	devices := slices.Clone(tree.List(out, "network", "devices"))
	for i, name := range z.Networks {
		if i == len(devices) {
			devices = append(devices, &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap})
		}
		if i < len(z.configurations) {
			c := z.configurations[i]
			for j := 0; j+1 < len(c.Content); j += 2 {
				tree.Replace(devices[i], tree.Clone(c.Content[j+1]), c.Content[j].Value)
			}
		}
		if name != "" {
			tree.Replace(devices[i], codec.String(name), "networkName")
		}
	}
	tree.Replace(out, &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq, Content: devices}, "network", "devices")
	return out
}

type zoneValue struct{ field, value string }

func (z Zone) values() []zoneValue {
	return []zoneValue{
		{"server", z.Server}, {"datacenter", z.Datacenter}, {"folder", z.Folder},
		{"resourcePool", z.ResourcePool}, {"datastore", z.Datastore},
	}
}
