// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// Adoption is a MachineDeployment of the user's that is a pool, and what becomes of it.
type Adoption struct {
	Object *object.Object
	Node   *yaml.Node
}

// adoption is an Adoption with the pool, the objects that it needs, and the template that its machines were made from.
type adoption struct {
	Adoption
	pool     site.Pool
	desired  []object.Desired
	template object.Key
}

// adopt makes a pool of a MachineDeployment that runs already. Its machines must live, so it keeps its
// name, selector and references, in the form they have, and gets its share, the pools' labels and, only when
// somebody asks for machines of another shape, a template of ours.
func adopt(p pool, g group, in Input, diags *diag.List) (adoption, bool) {
	md := p.adopted
	zone := zoneOf(md, in, diags)
	refuseOtherZone(md, zone, p.Datastore, in.VSphere, diags)
	template, ref := in.Objects.Follow(md, infrastructureRef...)
	if template == nil || !template.IsMachineTemplate() {
		diags.Errorf(diag.AdoptionNotFound, diag.At(md.Ref, joinPath(infrastructureRef)), "%s %q is not in the input", cmp.Or(ref.Kind, "VSphereMachineTemplate"), ref.Name).
			WithHint("give it to vspread together with the MachineDeployment: nothing else tells whether its machines can stay")
		return adoption{}, false
	}
	refuseOtherServer(template, in.Cluster, diags)
	checkMachines(template, diags)
	checkDeployment(md, diags)
	node := tree.Clone(md.Node)
	label(node, p, g, diags)
	if v := cmp.Or(p.override.Version, g.Version); v != "" {
		change(node, convert.Version(v), "spec", "template", "spec", "version")
	}
	p.Template = template.Ref.Name
	p.Bootstrap = tree.String(node, append(slices.Clone(bootstrapRef), "name")...)
	machine := tree.Get(template.Node, "spec", "template", "spec")
	var desired []object.Desired
	changes := otherShape(p, g, template, zone, in.VSphere)
	if template.Owner() != "" && len(changes) == 0 {
		// An earlier change of shape gave it a template of ours, which is kept as all of ours are.
		if own, name := machineTemplate(p, g, template, in, diags); name == template.Ref.Name {
			desired = append(desired, own)
		}
	}
	if len(changes) > 0 {
		var own object.Desired
		own, p.Template = machineTemplate(p, g, template, in, diags)
		desired = append(desired, own)
		machine = tree.Get(own.Node.YNode(), "spec", "template", "spec")
		diags.Warnf(diag.AdoptionReplaces, diag.At(md.Ref, ""), "its machines are replaced by those of template %s: %s", p.Template, strings.Join(changes, ", ")).
			WithHint("to keep them, take that out of group %s, or set it back in the override for %s", g.Name, p.Datastore.Object().Spelling())
		change(node, p.Template, append(slices.Clone(infrastructureRef), "name")...)
		if version := append(slices.Clone(infrastructureRef), "apiVersion"); tree.Get(node, version...) != nil {
			change(node, own.Node.GetApiVersion(), version...)
		}
	}
	unbound(node, md, g, diags)
	var join *yaml.Node
	if o, _ := in.Objects.Follow(md, bootstrapRef...); o != nil {
		join = o.Node
	}
	made := madeOf(machine, in.VSphere)
	autoscaled(node, p, made.Size(), join)
	checkVersion(tree.String(node, "spec", "template", "spec", "version"), in.Cluster.Version, machine,
		tree.String(node, append(slices.Clone(bootstrapRef), "kind")...) == kubeadmTemplateKind, g, diags)
	rollAdopted(node, md.Version(), g, diags)
	p.Footprint, p.Surge = made.Footprint(), site.Surge(node, p.Most())
	remember(node, md.Node)
	tree.Set(node, codec.String(in.Cluster.Owner), "metadata", "annotations", object.AdoptedAnnotation)
	return adoption{Adoption{md, node}, p.Pool, desired, template.Key()}, true
}

// label gives an adopted MachineDeployment's machines the labels of a pool's.
func label(node *yaml.Node, p pool, g group, diags *diag.List) {
	labels := machineLabels(p, g)
	selector := tree.Strings(p.adopted.Node, "spec", "selector", "matchLabels")
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		if needed, ok := selector[k]; ok && needed != labels[k] {
			diags.Errorf(diag.InvalidValue, diag.At(p.adopted.Ref, "spec.selector.matchLabels."+k), "is %q, and as a pool its machines would have %q there; Cluster API finds them by it, and it cannot be changed", needed, labels[k]).
				WithHint("choose another label, or set this value in the override for %s", p.Datastore.Object().Spelling())
		}
		change(node, labels[k], "spec", "template", "metadata", "labels", k)
	}
	tree.Sort(tree.Get(node, "spec", "template"), objectOrder)
}

// change sets a text where there is another one, so that what is there already keeps its looks.
func change(node *yaml.Node, value string, path ...string) {
	if tree.String(node, path...) != value {
		tree.Set(node, codec.String(value), path...)
	}
}
