// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// findSeed finds a group's seed, if it names one; false means that it is not whole.
func findSeed(g group, in Input, diags *diag.List) (seed, bool) {
	if g.Seed == "" {
		return seed{}, true
	}
	before := len(*diags)
	var s seed
	var known []string
	for _, md := range in.Objects.MachineDeployments(in.Cluster.Object) {
		if md.Owner() != "" {
			continue
		}
		known = append(known, md.Ref.Name)
		if md.Ref.Name == g.Seed {
			s.deployment = original(md, diags)
			if md.Annotation(object.AdoptedAnnotation) != "" && !isAdopted(md.Ref.Name, in.Groups) {
				diags.Warnf(diag.SeedReplaced, diag.At(md.Ref, ""), "was adopted, and is a mere seed now: it leaves git, and its machines go with it").
					WithHint("to keep them, adopt it again in an override for its datastore; to move them first, adopt it with drain: true")
			}
		}
	}
	if s.deployment == nil {
		diags.Errorf(diag.SeedNotFound, g.at.Dot("seed"), "Cluster %s has no MachineDeployment %q", in.Cluster.Object.Ref.Name, g.Seed).
			WithHint("those of the Cluster in the input: %s", diag.Choices(known))
		return seed{}, false
	}
	if spec := tree.Get(s.deployment.Node, "spec", "template", "spec"); spec == nil || spec.Kind != yaml.MappingNode {
		diags.Errorf(diag.WrongType, diag.At(s.deployment.Ref, "spec.template.spec"), "must be a mapping").
			WithHint("complete the MachineDeployment, or describe the machines in the worker group instead")
		return seed{}, false
	}
	if s.deployment.Annotation(object.ExcludeAnnotation) == "true" {
		diags.Errorf(diag.InvalidValue, g.at.Dot("seed"), "MachineDeployment %s has the annotation %s: it cannot run beside the pools and be replaced by them", g.Seed, object.ExcludeAnnotation).
			WithHint("remove one of the two")
	}
	s.zone = zoneOf(s.deployment, in, diags)
	follow := func(path ...string) *object.Object {
		o, k := in.Objects.Follow(s.deployment, path...)
		if k.Name == "" && tree.Get(s.deployment.Node, path...) != nil {
			diags.Errorf(diag.SeedNotFound, diag.At(s.deployment.Ref, joinPath(path)), "the reference has no name, so no machine could be made").
				WithHint("name the template, and give it to vspread together with the MachineDeployment")
		}
		if o == nil && k.Name != "" {
			d := diags.Errorf(diag.SeedNotFound, diag.At(s.deployment.Ref, joinPath(path)), "%s %q is not in the input", k.Kind, k.Name)
			if elsewhere := inAnotherNamespace(k, in.Objects); elsewhere != nil {
				d.WithHint("%s is in another namespace than the MachineDeployment, and a reference does not reach there", elsewhere.Ref)
			} else {
				d.WithHint("give it to vspread together with the MachineDeployment")
			}
		}
		return o
	}
	s.template = follow(infrastructureRef...)
	s.bootstrap = follow(bootstrapRef...)
	if s.template != nil && !s.template.IsMachineTemplate() {
		diags.Errorf(diag.SeedNotFound, diag.At(s.deployment.Ref, "spec.template.spec.infrastructureRef"),
			"%s is no VSphereMachineTemplate of %s", s.template.Ref, object.InfrastructureGroup).
			WithHint("vspread spreads machines of Cluster API Provider vSphere in govmomi mode")
		s.template = nil
	}
	refuseOtherServer(s.template, in.Cluster, diags)
	checkDeployment(s.deployment, diags)
	checkMachines(s.template, diags)
	checkBootstrap(s.bootstrap, diags)
	noteConversion(s, diags)
	return s, !(*diags)[before:].HasErrors()
}

// noteConversion tells that a seed is read in a version that was never served together with what is written.
func noteConversion(s seed, diags *diag.List) {
	for _, o := range s.objects() {
		if site.IsRetired(o) {
			diags.Infof(diag.SeedConverted, diag.At(o.Ref, "apiVersion"), "%s is served by no supported release; the pools are written in a newer version", o.Ref.APIVersion)
		}
	}
}

// inAnotherNamespace finds what a reference may have meant.
func inAnotherNamespace(k object.Key, objects *object.Set) *object.Object {
	for _, o := range objects.OfGroup(k.Group) {
		if o.Ref.Kind == k.Kind && o.Ref.Name == k.Name && o.Owner() == "" {
			return o
		}
	}
	return nil
}
