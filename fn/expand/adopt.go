// SPDX-License-Identifier: Apache-2.0

package expand

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// Adoption is a MachineDeployment of the user's that is a pool, and what becomes of it.
type Adoption struct {
	Object *object.Object
	Node   *yaml.Node
}

// isAdopted tells whether an override of any group adopts the MachineDeployment.
func (e *expansion) isAdopted(name string) bool {
	return slices.ContainsFunc(e.Spread.Spec.Workers, func(g v1alpha1.WorkerGroup) bool {
		return slices.ContainsFunc(g.Overrides, func(o v1alpha1.Override) bool { return o.Adopt == name })
	})
}

// findAdopted finds the MachineDeployment that an override makes a pool; nil is none, or one that has been
// reported.
func (e *expansion) findAdopted(o v1alpha1.Override, group v1alpha1.WorkerGroup, groupAt diag.Where) *object.Object {
	if o.Adopt == "" {
		return nil
	}
	at := overrideAt(o, group, groupAt).Dot("adopt")
	var md *object.Object
	var known []string
	for _, x := range e.Objects.MachineDeployments(e.Cluster) {
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
		e.diags.Errorf(diag.AdoptionNotFound, at, "Cluster %s has no MachineDeployment %q", e.Cluster.Ref.Name, o.Adopt).
			DidYouMean(o.Adopt, known, "those of the Cluster in the input:")
		return nil
	case md.IsLocalConfig():
		e.diags.Errorf(diag.AdoptionNotFound, at, "%s is local configuration, so no cluster has it", md.Ref).
			WithHint("take the annotation %s off it, or adopt another one", object.LocalConfig)
		return nil
	case isRetired(md):
		e.diags.Errorf(diag.UnsupportedVersion, diag.At(md.Ref, "apiVersion"), "%s is served by no supported release, so it cannot run", md.Ref.APIVersion).
			WithHint("write it in the version that your management cluster has")
		return nil
	case md.Annotation(ExcludeAnnotation) == "true":
		e.diags.Errorf(diag.InvalidValue, at, "MachineDeployment %s has the annotation %s: it cannot run beside the pools and be one of them", o.Adopt, ExcludeAnnotation).
			WithHint("remove one of the two")
		return nil
	}
	if spec := tree.Get(md.Node, "spec", "template", "spec"); spec == nil || spec.Kind != yaml.MappingNode {
		e.diags.Errorf(diag.WrongType, diag.At(md.Ref, "spec.template.spec"), "must be a mapping").WithHint("complete the MachineDeployment")
		return nil
	}
	e.refuseFailureDomain(md)
	return e.original(md)
}

// adopt makes a pool of a MachineDeployment that runs already. Its machines must live, so it keeps its
// name, selector and references, in the form they have, and gets its share, the pools' labels and, only when
// somebody asks for machines of another shape, a template of ours.
func (e *expansion) adopt(out *Output, pool Pool, group v1alpha1.WorkerGroup, at diag.Where) {
	md := pool.adopted
	own := seed{deployment: md}
	infrastructure := []string{"spec", "template", "spec", "infrastructureRef"}
	template, ref := e.Objects.Follow(md, infrastructure...)
	if template == nil || !isMachineTemplate(template) {
		e.diags.Errorf(diag.AdoptionNotFound, diag.At(md.Ref, joinPath(infrastructure)), "%s %q is not in the input", cmp.Or(ref.Kind, "VSphereMachineTemplate"), ref.Name).
			WithHint("give it to vspread together with the MachineDeployment: nothing else tells whether its machines can stay")
		return
	}
	own.template = template
	e.sameServer(template)
	node := tree.Clone(md.Node)
	set := func(value *yaml.Node, path ...string) {
		if tree.String(node, path...) != value.Value {
			tree.Set(node, value, path...)
		}
	}
	labels := map[string]string{datastoreNodeLabel: pool.label, workerGroupNodeLabel: group.Name}
	maps.Copy(labels, group.Labels)
	maps.Copy(labels, pool.override.Labels)
	selector := tree.Strings(md.Node, "spec", "selector", "matchLabels")
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		if needed, ok := selector[k]; ok && needed != labels[k] {
			e.diags.Errorf(diag.InvalidValue, diag.At(md.Ref, "spec.selector.matchLabels."+k), "is %q, and as a pool its machines would have %q there; Cluster API finds them by it, and it cannot be changed", needed, labels[k]).
				WithHint("choose another label, or set this value in the override for %s", spelling(pool.Datastore))
		}
		set(codec.String(labels[k]), "spec", "template", "metadata", "labels", k)
	}
	tree.Sort(tree.Get(node, "spec", "template"), objectOrder)
	if v := cmp.Or(pool.override.Version, group.Version); v != "" {
		set(codec.String(convert.Version(v)), "spec", "template", "spec", "version")
	}
	pool.Template = template.Ref.Name
	pool.Bootstrap = tree.String(node, "spec", "template", "spec", "bootstrap", "configRef", "name")
	machine := tree.Get(template.Node, "spec", "template", "spec")
	changes := e.otherShape(pool, group, own, at)
	if template.Owner() != "" && len(changes) == 0 {
		// An earlier change of shape gave it a template of ours, which is kept as all of ours are.
		if desired, name := e.machineTemplate(pool, group, own, at); name == template.Ref.Name {
			out.Desired = append(out.Desired, desired)
		}
	}
	if len(changes) > 0 {
		var desired object.Desired
		desired, pool.Template = e.machineTemplate(pool, group, own, at)
		out.Desired = append(out.Desired, desired)
		machine = tree.Get(desired.Node.YNode(), "spec", "template", "spec")
		e.diags.Warnf(diag.AdoptionReplaces, diag.At(md.Ref, ""), "its machines are replaced by those of template %s: %s", pool.Template, strings.Join(changes, ", ")).
			WithHint("to keep them, take that out of group %s, or set it back in the override for %s", group.Name, spelling(pool.Datastore))
		set(codec.String(pool.Template), append(slices.Clone(infrastructure), "name")...)
		if tree.Get(node, append(slices.Clone(infrastructure), "apiVersion")...) != nil {
			set(codec.String(desired.Node.GetApiVersion()), append(slices.Clone(infrastructure), "apiVersion")...)
		}
	}
	e.unbound(node, md, group)
	var bootstrap *yaml.Node
	if o, _ := e.Objects.Follow(md, "spec", "template", "spec", "bootstrap", "configRef"); o != nil {
		bootstrap = o.Node
	}
	e.autoscaled(node, pool, machine, bootstrap)
	e.checkVersion(pool, tree.String(node, "spec", "template", "spec", "version"), machine,
		tree.String(node, "spec", "template", "spec", "bootstrap", "configRef", "kind") == "KubeadmConfigTemplate", at)
	e.rollAdopted(node, md.Version(), group, at)
	remember(node, md.Node)
	tree.Set(node, codec.String(e.cluster.owner), "metadata", "annotations", object.AdoptedAnnotation)
	out.Adopted = append(out.Adopted, Adoption{md, node})
	out.needed = append(out.needed, template.Key())
	out.Pools = append(out.Pools, pool)
}

// rollAdopted sets how machines are replaced, in the form of the MachineDeployment's version.
func (e *expansion) rollAdopted(node *yaml.Node, version string, group v1alpha1.WorkerGroup, at diag.Where) {
	whole := tree.Clone(node)
	convert.MachineDeployment(whole, version)
	e.roll(whole, group, at)
	wanted := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	for _, part := range []struct {
		asked bool
		path  []string
	}{
		{group.Rollout != v1alpha1.Rollout{}, []string{"spec", "rollout"}},
		{group.Deletion != v1alpha1.Deletion{}, []string{"spec", "deletion"}},
		{group.Deletion != v1alpha1.Deletion{}, []string{"spec", "template", "spec", "deletion"}},
	} {
		if v := tree.Get(whole, part.path...); part.asked && v != nil {
			tree.Set(wanted, tree.Clone(v), part.path...)
		}
	}
	convert.MachineDeploymentIn(wanted, version, nil)
	if group.Rollout.Strategy == v1alpha1.OnDelete {
		tree.Remove(node, "spec", "rollout", "strategy", "rollingUpdate")
		tree.Remove(node, "spec", "strategy", "rollingUpdate")
	}
	overlay(node, wanted)
}

// overlay sets the values of one mapping in another.
func overlay(node, values *yaml.Node, path ...string) {
	for i := 0; i+1 < len(values.Content); i += 2 {
		at := append(slices.Clone(path), values.Content[i].Value)
		switch value := values.Content[i+1]; {
		case value.Kind == yaml.MappingNode:
			overlay(node, value, at...)
		case !tree.Equal(tree.Get(node, at...), value):
			tree.Set(node, value, at...)
		}
	}
}

// otherShape says where the group, its override or the pool's datastore ask for machines that are not those of
// the adopted template. Spellings of one object are no difference.
func (e *expansion) otherShape(pool Pool, group v1alpha1.WorkerGroup, own seed, at diag.Where) []string {
	all := e.layers(pool, group, own, at)
	asked, current := all[:2], all[2:3]
	if len(all) < 3 || all[2].at.Object != own.template.Ref {
		current = []layer{{spec: &yaml.Node{Kind: yaml.MappingNode}}} // a template without a spec
	}
	spec := current[0].spec
	var out []string
	if !e.isDatastore(spec, pool.Datastore) {
		out = append(out, fmt.Sprintf("datastore %s -> %s", cmp.Or(tree.String(spec, "datastore"), "none"), spelling(pool.Datastore)))
	}
	datacenter := ""
	if dc, ok := e.Inventory.DatacenterOf(pool.Datastore.Path); ok {
		datacenter = dc.Path
	}
	classes := map[string]inventory.Class{
		"template": inventory.TemplateClass, "folder": inventory.FolderClass, "resourcePool": inventory.ResourcePoolClass,
	}
	if salt, _ := value(asked, "salt"); salt != nil && salt.Value != own.template.Annotation(object.SaltAnnotation) {
		out = append(out, "salt "+salt.Value)
	}
	for _, field := range machineFields {
		wanted, from := value(asked, field)
		if wanted == nil {
			continue
		}
		is, want := e.effective(field, spec), wanted.Value
		switch class, isReference := classes[field]; {
		case field == "network":
			is, want = e.networkNames(spec, datacenter), e.networkNames(from.spec, datacenter)
		case isReference:
			is, want = e.meant(class, is, datacenter, pool), e.meant(class, want, datacenter, pool)
		}
		if is != want {
			out = append(out, fmt.Sprintf("%s %s -> %s", field, cmp.Or(is, "none"), want))
		}
	}
	return out
}

// effective is a field of a machine's spec, or what CAPV and vCenter take for it when it is absent.
func (e *expansion) effective(field string, spec *yaml.Node) string {
	if v := tree.String(spec, field); v != "" {
		return v
	}
	template, known := e.templateOf(spec)
	switch {
	case field == "os":
		return "Linux"
	case field == "diskGiB" && known && template.DiskGiB > 0:
		return fmt.Sprint(template.DiskGiB)
	case field == "cloneMode" && known && template.Snapshot != nil && !*template.Snapshot:
		return string(v1alpha1.FullClone)
	case field == "cloneMode" && known && template.Snapshot != nil:
		return string(v1alpha1.LinkedClone)
	}
	return ""
}

// meant spells what a reference means, where the inventory knows exactly one object.
func (e *expansion) meant(class inventory.Class, ref, datacenter string, pool Pool) string {
	where := datacenter
	if class == inventory.ResourcePoolClass {
		where = e.placeOfHost(pool, datacenter)
	}
	if found := e.among(class, ref, where); len(found) == 1 {
		return found[0].Spelling()
	}
	return ref
}

func (e *expansion) networkNames(spec *yaml.Node, datacenter string) string {
	var out []string
	for _, d := range tree.List(spec, "network", "devices") {
		out = append(out, e.meant(inventory.NetworkClass, tree.String(d, "networkName"), datacenter, Pool{}))
	}
	return strings.Join(out, "+")
}

// isDatastore tells whether a template means this datastore. Two datacenters may each have one of the name.
func (e *expansion) isDatastore(spec *yaml.Node, d inventory.Datastore) bool {
	datacenter := tree.String(spec, "datacenter")
	if found := e.among(inventory.DatacenterClass, datacenter, ""); len(found) == 1 {
		datacenter = found[0].Path
	}
	return slices.ContainsFunc(e.among(inventory.DatastoreClass, tree.String(spec, "datastore"), datacenter), func(o inventory.Object) bool {
		return o.Name == d.Name && o.Path == d.Path && o.ID == d.ID
	})
}
