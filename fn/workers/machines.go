// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"maps"
	"slices"
	"strconv"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/tree"
)

// machines are alike: those of one pool, or of another object of the Cluster.
type machines struct {
	labels map[string]string
	onHost
	// hosts are where they run; nil is not known.
	hosts []string
}

// unknowable are labels of Machines whose values only a cluster knows.
var unknowable = []string{"cluster.x-k8s.io/set-name", "machine-template-hash"}

// machinesOfPools gives the machines of all pools.
func machinesOfPools(out Output, cluster site.Cluster) []machines {
	deployments := map[string]*yaml.Node{}
	for _, d := range out.Desired {
		if d.Node.GetKind() == "MachineDeployment" {
			deployments[d.Node.GetName()] = d.Node.YNode()
		}
	}
	for _, a := range out.Adopted {
		deployments[a.Object.Ref.Name] = a.Node
	}
	var all []machines
	for _, p := range out.Pools {
		all = append(all, machines{machineLabelsOf(deployments[p.Name], p.Name, cluster), sizeOf(p), p.Datastore.Hosts})
	}
	return all
}

// machineLabelsOf gives the labels that Cluster API sets on the Machines of a MachineDeployment.
func machineLabelsOf(deployment *yaml.Node, name string, cluster site.Cluster) map[string]string {
	labels := map[string]string{}
	maps.Copy(labels, tree.Strings(deployment, "spec", "template", "metadata", "labels"))
	labels[object.ClusterNameLabel], labels[deploymentNameLabel] = cluster.Name, name
	return labels
}

// otherMachines gives the machines of the Cluster in the input that are in no pool, as far as they stay: those of its control
// plane, and of what runs next to the pools.
func otherMachines(out Output, in Input) []machines {
	var all []machines
	add := func(labels map[string]string, o *object.Object) {
		labels[object.ClusterNameLabel] = in.Cluster.Name
		n := 1
		if replicas, err := strconv.Atoi(tree.String(o.Node, "spec", "replicas")); err == nil && o.Ref.Kind != "Machine" {
			n = replicas
		}
		all = append(all, machines{labels, onHost{n, n}, nil})
	}
	templateLabels := func(o *object.Object, path ...string) map[string]string {
		labels := map[string]string{}
		maps.Copy(labels, tree.Strings(o.Node, path...))
		return labels
	}
	if cp := in.Cluster.ControlPlane; cp != nil {
		labels := templateLabels(cp, "spec", "machineTemplate", "metadata", "labels")
		labels[controlPlaneLabel], labels["cluster.x-k8s.io/control-plane-name"] = "", cp.Ref.Name
		add(labels, cp)
	}
	for _, md := range in.Objects.MachineDeployments(in.Cluster.Object) {
		if md.Owner() == "" && !md.IsLocalConfig() && !isSeed(md, out) && !isAdopted(md.Ref.Name, in.Groups) {
			add(machineLabelsOf(md.Node, md.Ref.Name, in.Cluster), md)
		}
	}
	for _, o := range othersOf(in) {
		if o.Ref.Kind == "Machine" {
			add(templateLabels(o, "metadata", "labels"), o)
		} else {
			add(templateLabels(o, "spec", "template", "metadata", "labels"), o)
		}
	}
	return all
}

// isSeed tells whether an object is only copied from.
func isSeed(o *object.Object, out Output) bool {
	return slices.ContainsFunc(out.Seeds, func(s *object.Object) bool { return s.Key() == o.Key() })
}
