// SPDX-License-Identifier: Apache-2.0

package fn

import (
	"cmp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// spread is a ClusterSpread with where it was written.
type spread struct {
	*v1alpha1.ClusterSpread
	ref diag.Ref
	// place is the file, as in object.Object.
	place string
	// inventory, when the functionConfig is one.
	inventory *object.Object
}

// misspelt reports objects of vspread's group that are no ClusterSpreads, and where there is none, also such of other groups.
func (r *run) misspelt(none bool) bool {
	found := false
	for _, o := range r.objects.All() {
		isNear := none || strings.Contains(o.Group(), "vspread") || diag.Suggest(o.Group(), []string{v1alpha1.Group}) != ""
		isMeant := o.Group() == v1alpha1.Group || isNear && strings.EqualFold(o.Ref.Kind, v1alpha1.ClusterSpreadKind)
		if o.IsSpread() || !isMeant {
			continue
		}
		found = true
		r.diags.Errorf(diag.NoSpread, diag.At(o.Ref, ""), "is of kind %s, apiVersion %s, which vspread does not know", o.Ref.Kind, o.Ref.APIVersion).
			WithHint("write kind: %s and apiVersion: %s", v1alpha1.ClusterSpreadKind, v1alpha1.APIVersion)
	}
	return found
}

// spreads gives what is to be expanded: what the functionConfig says, or without one every
// ClusterSpread among the objects.
func (r *run) spreads(config *yaml.RNode) []spread {
	if config == nil || isPlaceholder(config.YNode()) && slices.ContainsFunc(r.objects.All(), (*object.Object).IsSpread) {
		var out []spread
		for _, o := range r.objects.All() {
			if o.IsSpread() {
				out = append(out, r.decode(o))
			}
		}
		if !r.misspelt(len(out) == 0) && len(out) == 0 {
			r.diags.Errorf(diag.NoSpread, diag.Where{}, "there is no ClusterSpread in the input").
				WithHint("give vspread an object of kind ClusterSpread, apiVersion %s, with spec.workers", v1alpha1.APIVersion)
		}
		return valid(out)
	}
	node, err := tree.Expanded(config.YNode())
	if err != nil {
		r.diags.Errorf(diag.TooManyAliases, diag.At(object.New(config.YNode(), 0).Ref, ""), "%s", err).
			WithHint("write the values out")
		return nil
	}
	o, _, ok := object.Open(node, 0, object.Place{}, &r.diags)
	if !ok || !o.IsCompared() && !o.MakeSound(&r.diags) {
		return nil
	}
	r.packages.locate(o)
	switch {
	case o.IsSpread():
		return valid([]spread{r.decode(o)})
	case o.IsInventory():
		return r.seededSpreads(o)
	case o.Ref.APIVersion == "v1" && o.Ref.Kind == "ConfigMap":
		s, diags := v1alpha1.DecodeOptions(tree.Strings(o.Node, "data"), o.Ref)
		r.diags.Append(diags...)
		return valid([]spread{{ClusterSpread: s, ref: o.Ref, place: o.Place}})
	}
	r.diags.Errorf(diag.UnknownFunctionConfig, diag.At(o.Ref, ""), "the functionConfig is apiVersion %q, kind %q, which vspread does not know", o.Ref.APIVersion, o.Ref.Kind).
		WithHint("it is a ClusterSpread of %s, a ConfigMap of options, or the inventory's ConfigMap with the label %s: \"true\"", v1alpha1.APIVersion, inventory.Label)
	return nil
}

// isPlaceholder tells whether a functionConfig is what `kpt fn eval` makes up when it is given none.
func isPlaceholder(n *yaml.Node) bool {
	return tree.String(n, "kind") == "ConfigMap" && tree.String(n, "metadata", "name") == "function-input" && len(tree.Strings(n, "data")) == 0
}

func (r *run) decode(o *object.Object) spread {
	s, diags := v1alpha1.Decode(o.Node, o.Ref)
	r.diags.Append(diags...)
	return spread{ClusterSpread: s, ref: o.Ref, place: o.Place}
}

// valid drops what could not be decoded at all; it has been reported.
func valid(spreads []spread) []spread {
	return slices.DeleteFunc(spreads, func(s spread) bool { return s.ClusterSpread == nil })
}

// seededSpreads makes the spread that an inventory as functionConfig stands for: each MachineDeployment
// of the Cluster is a seed, and its replicas are what is spread.
func (r *run) seededSpreads(inv *object.Object) []spread {
	s := &v1alpha1.ClusterSpread{}
	s.Name = inv.Ref.Name
	cluster := r.cluster(spread{ClusterSpread: s, ref: inv.Ref, place: inv.Place})
	if cluster == nil {
		return nil
	}
	for _, md := range r.users.MachineDeployments(cluster) {
		if md.Annotation(object.ExcludeAnnotation) == "true" {
			continue
		}
		name := strings.TrimPrefix(md.Ref.Name, cluster.Ref.Name+"-")
		s.Spec.Workers = append(s.Spec.Workers, v1alpha1.WorkerGroup{Name: name, Seed: md.Ref.Name})
		// Said every time, also when the seed is hidden already: results must not change by themselves.
		r.diags.Warnf(diag.SeedReplaced, diag.At(md.Ref, ""), "is only copied from and no longer applied: if it runs, Flux deletes its %s machines, and Argo CD leaves them beside the pools",
			cmp.Or(tree.String(md.Node, "spec", "replicas"), "1")).
			WithHint("to keep it running beside the pools, give it the annotation %s: \"true\" and write a ClusterSpread", object.ExcludeAnnotation)
	}
	if len(s.Spec.Workers) == 0 {
		r.diags.Errorf(diag.NoSpread, diag.At(inv.Ref, ""), "an inventory alone says where, not how many: Cluster %s has no MachineDeployment to copy", cluster.Ref.Name).
			WithHint("write a ClusterSpread, or a MachineDeployment for the Cluster")
		return nil
	}
	s.Default()
	r.diags.Append(s.Validate(diag.At(inv.Ref, ""))...)
	return []spread{{ClusterSpread: s, ref: inv.Ref, place: inv.Place, inventory: inv}}
}
