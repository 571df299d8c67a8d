// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// isAdopted tells whether an override of any group adopts the MachineDeployment.
func isAdopted(name string, groups []v1alpha1.WorkerGroup) bool {
	return slices.ContainsFunc(groups, func(g v1alpha1.WorkerGroup) bool {
		return slices.ContainsFunc(g.Overrides, func(o v1alpha1.Override) bool { return o.Adopt == name })
	})
}

// refuseUnclaimed reports MachineDeployments of the Cluster that would run next to the pools.
func refuseUnclaimed(in Input, diags *diag.List) {
	cluster := in.Cluster.Object
	if workers := tree.List(cluster.Node, "spec", "topology", "workers", "machineDeployments"); len(workers) > 0 && cluster.Annotation(object.ExcludeAnnotation) != "true" {
		diags.Errorf(diag.UnclaimedMachineDeployment, in.Cluster.At("spec.topology.workers"), "%d MachineDeployments of its class would run beside the pools", len(workers)).
			WithHint("take them out of the topology, or keep them beside the pools with the annotation %s: \"true\" on the Cluster", object.ExcludeAnnotation)
	}
	for _, md := range in.Objects.MachineDeployments(cluster) {
		if md.Owner() != "" || md.IsLocalConfig() || md.Annotation(object.ExcludeAnnotation) == "true" {
			continue
		}
		if isAdopted(md.Ref.Name, in.Groups) || slices.ContainsFunc(in.Groups, func(g v1alpha1.WorkerGroup) bool { return g.Seed == md.Ref.Name }) {
			continue
		}
		diags.Errorf(diag.UnclaimedMachineDeployment, diag.At(md.Ref, ""), "its workers would double those of the ClusterSpread").
			WithHint("to run it beside the pools, give it the annotation %[2]s: \"true\"; to make it one of the pools and keep its machines, write `adopt: %[1]s` in an override for its datastore; to copy the pools from it, which takes it out of git, write `seed: %[1]s` in a worker group; or delete it with its machines",
				md.Ref.Name, object.ExcludeAnnotation)
	}
}

// findAdopted finds the MachineDeployment that an override makes a pool; nil is none, or one that has been
// reported.
func findAdopted(o override, in Input, diags *diag.List) *object.Object {
	if o.Adopt == "" {
		return nil
	}
	at := o.at.Dot("adopt")
	var md *object.Object
	var known []string
	for _, x := range in.Objects.MachineDeployments(in.Cluster.Object) {
		if x.Owner() != "" {
			continue // a pool already
		}
		if x.Ref.Name == o.Adopt {
			md = x
		}
		known = append(known, x.Ref.Name)
	}
	switch {
	case md == nil:
		diags.Errorf(diag.AdoptionNotFound, at, "Cluster %s has no MachineDeployment %q", in.Cluster.Object.Ref.Name, o.Adopt).
			DidYouMean(o.Adopt, known, "those of the Cluster in the input:")
		return nil
	case md.IsLocalConfig():
		diags.Errorf(diag.AdoptionNotFound, at, "%s is local configuration, so no cluster has it", md.Ref).
			WithHint("take the annotation %s off it, or adopt another one", object.LocalConfig)
		return nil
	case site.IsRetired(md):
		diags.Errorf(diag.UnsupportedVersion, diag.At(md.Ref, "apiVersion"), "%s is served by no supported release, so it cannot run", md.Ref.APIVersion).
			WithHint("write it in the version that your management cluster has")
		return nil
	case md.Annotation(object.ExcludeAnnotation) == "true":
		diags.Errorf(diag.InvalidValue, at, "MachineDeployment %s has the annotation %s: it cannot run beside the pools and be one of them", o.Adopt, object.ExcludeAnnotation).
			WithHint("remove one of the two")
		return nil
	}
	if spec := tree.Get(md.Node, "spec", "template", "spec"); spec == nil || spec.Kind != yaml.MappingNode {
		diags.Errorf(diag.WrongType, diag.At(md.Ref, "spec.template.spec"), "must be a mapping").WithHint("complete the MachineDeployment")
		return nil
	}
	return original(md, diags)
}
