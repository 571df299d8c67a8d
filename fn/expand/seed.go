// SPDX-License-Identifier: Apache-2.0

package expand

import (
	"slices"
	"strconv"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// seed is the user's MachineDeployment that a group's pools are copied from, with the templates it
// refers to. All are nil in a group without one.
type seed struct {
	deployment, template, bootstrap *object.Object
}

// brings tells whether the seed's machines have some way to join.
func (s seed) brings(field string) bool {
	return tree.Get(s.deployment.Node, "spec", "template", "spec", "bootstrap", field) != nil
}

func (s seed) objects() []*object.Object {
	return slices.DeleteFunc([]*object.Object{s.deployment, s.template, s.bootstrap}, func(o *object.Object) bool { return o == nil })
}

// findSeed finds a group's seed, if it names one; false means that it is not whole.
func (e *expansion) findSeed(group v1alpha1.WorkerGroup, at diag.Where) (seed, bool) {
	if group.Seed == "" {
		return seed{}, true
	}
	before := len(e.diags)
	var s seed
	var known []string
	for _, md := range e.Objects.MachineDeployments(e.Cluster) {
		if md.Owner() != "" {
			continue
		}
		known = append(known, md.Ref.Name)
		if md.Ref.Name == group.Seed {
			s.deployment = e.original(md)
			if md.Annotation(object.AdoptedAnnotation) != "" && !e.isAdopted(md.Ref.Name) {
				e.diags.Warnf(diag.SeedReplaced, diag.At(md.Ref, ""), "was adopted, and is a mere seed now: it leaves git, and its machines go with it").
					WithHint("to keep them, adopt it again in an override for its datastore; to move them first, adopt it with drain: true")
			}
		}
	}
	if s.deployment == nil {
		e.diags.Errorf(diag.SeedNotFound, at.Dot("seed"), "Cluster %s has no MachineDeployment %q", e.Cluster.Ref.Name, group.Seed).
			WithHint("those of the Cluster in the input: %s", diag.Choices(known))
		return seed{}, false
	}
	if spec := tree.Get(s.deployment.Node, "spec", "template", "spec"); spec == nil || spec.Kind != yaml.MappingNode {
		e.diags.Errorf(diag.WrongType, diag.At(s.deployment.Ref, "spec.template.spec"), "must be a mapping").
			WithHint("complete the MachineDeployment, or describe the machines in the worker group instead")
		return seed{}, false
	}
	if s.deployment.Annotation(ExcludeAnnotation) == "true" {
		e.diags.Errorf(diag.InvalidValue, at.Dot("seed"), "MachineDeployment %s has the annotation %s: it cannot run beside the pools and be replaced by them", group.Seed, ExcludeAnnotation).
			WithHint("remove one of the two")
	}
	e.refuseFailureDomain(s.deployment)
	follow := func(path ...string) *object.Object {
		o, k := e.Objects.Follow(s.deployment, path...)
		if o == nil && k.Name != "" {
			d := e.diags.Errorf(diag.SeedNotFound, diag.At(s.deployment.Ref, joinPath(path)), "%s %q is not in the input", k.Kind, k.Name)
			if elsewhere := e.inAnotherNamespace(k); elsewhere != nil {
				d.WithHint("%s is in another namespace than the MachineDeployment, and a reference does not reach there", elsewhere.Ref)
			} else {
				d.WithHint("give it to vspread together with the MachineDeployment")
			}
		}
		return o
	}
	s.template = follow("spec", "template", "spec", "infrastructureRef")
	s.bootstrap = follow("spec", "template", "spec", "bootstrap", "configRef")
	if s.template != nil && !isMachineTemplate(s.template) {
		e.diags.Errorf(diag.SeedNotFound, diag.At(s.deployment.Ref, "spec.template.spec.infrastructureRef"),
			"%s is no VSphereMachineTemplate of %s", s.template.Ref, infrastructureGroup).
			WithHint("vspread spreads machines of Cluster API Provider vSphere in govmomi mode")
		s.template = nil
	}
	e.sameServer(s.template)
	e.noteConversion(s)
	return s, !e.diags[before:].HasErrors()
}

// refuseFailureDomain reports a MachineDeployment whose machines are not where its template says.
func (e *expansion) refuseFailureDomain(md *object.Object) {
	if tree.Get(md.Node, "spec", "template", "spec", "failureDomain") != nil {
		e.diags.Errorf(diag.InvalidValue, diag.At(md.Ref, "spec.template.spec.failureDomain"), "a failure domain replaces the datastore of every pool by its own").
			WithHint("take it out, or keep the MachineDeployment beside the pools with the annotation %s: \"true\"", ExcludeAnnotation)
	}
}

// sameServer reports machines to be copied or adopted that are in another vCenter than the cluster: pools take
// the cluster's, so that a renewed certificate does not roll them.
func (e *expansion) sameServer(template *object.Object) {
	if template == nil {
		return
	}
	infrastructure := e.infrastructureOfCluster()
	own := tree.String(template.Node, "spec", "template", "spec", "server")
	if infrastructure == nil || own == "" || own == tree.String(infrastructure.Node, "spec", "server") {
		return
	}
	e.diags.Errorf(diag.InvalidValue, diag.At(template.Ref, "spec.template.spec.server"), "%q is another vCenter than that of %s", own, infrastructure.Ref).
		WithHint("pools are made in the cluster's vCenter; take the field out of the template if that is right")
}

// noteConversion tells that a seed is read in a version that was never served together with what is written.
func (e *expansion) noteConversion(s seed) {
	for _, o := range s.objects() {
		if isRetired(o) {
			e.diags.Infof(diag.SeedConverted, diag.At(o.Ref, "apiVersion"), "%s is served by no supported release; the pools are written in a newer version", o.Ref.APIVersion)
		}
	}
}

// inAnotherNamespace finds what a reference may have meant.
func (e *expansion) inAnotherNamespace(k object.Key) *object.Object {
	for _, o := range e.Objects.OfGroup(k.Group) {
		if o.Ref.Kind == k.Kind && o.Ref.Name == k.Name && o.Owner() == "" {
			return o
		}
	}
	return nil
}

func joinPath(path []string) string {
	at := diag.Where{}
	for _, p := range path {
		at = at.Dot(p)
	}
	return at.Field
}

// replicas are the seed's own; false is no number.
func (s seed) replicas() (int, bool) {
	v := tree.Get(s.deployment.Node, "spec", "replicas")
	if v == nil {
		return 1, true // as Cluster API's webhook defaults it
	}
	n, err := strconv.Atoi(v.Value)
	if v.Kind != yaml.ScalarNode || err != nil || n < 0 || n > v1alpha1.MaxReplicas {
		return 0, false
	}
	return n, true
}

// copyOf starts an object from the user's: everything but its identity and what tools noted on it. Comments come along with what
// is carried over. Those on the object itself and on its identity are about the original: that it is hidden, or where it ran.
func copyOf(o *object.Object) *yaml.Node {
	n := tree.Clone(o.Node)
	tree.Remove(n, "status")
	metadata := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	if old := tree.Get(n, "metadata"); old != nil {
		for i := 0; i+1 < len(old.Content); i += 2 {
			key, value := old.Content[i], old.Content[i+1]
			if key.Value != "labels" && key.Value != "annotations" || value.Kind != yaml.MappingNode {
				continue
			}
			kept := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
			for j := 0; j+1 < len(value.Content); j += 2 {
				if !isToolNote(value.Content[j].Value) {
					kept.Content = append(kept.Content, value.Content[j], value.Content[j+1])
				}
			}
			if len(kept.Content) > 0 {
				metadata.Content = append(metadata.Content, key, kept)
			}
		}
	}
	tree.Set(n, metadata, "metadata")
	n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		key.FootComment = ""
		if i == 0 || slices.Contains([]string{"apiVersion", "kind", "metadata"}, key.Value) {
			key.HeadComment, key.LineComment, value.LineComment = "", "", ""
		}
	}
	return n
}
