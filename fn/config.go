// SPDX-License-Identifier: Apache-2.0

package fn

import (
	"cmp"
	"path"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/expand"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// spread is a ClusterSpread with where it was written.
type spread struct {
	*v1alpha1.ClusterSpread
	ref diag.Ref
	// inventory, when the functionConfig is one.
	inventory *object.Object
}

func isSpread(o *object.Object) bool {
	return o.Group() == v1alpha1.Group && o.Ref.Kind == v1alpha1.ClusterSpreadKind
}

func isInventory(o *object.Object) bool {
	return o.Ref.APIVersion == "v1" && o.Ref.Kind == "ConfigMap" && tree.String(o.Node, "metadata", "labels", inventory.Label) == "true"
}

// misspelt reports objects of vspread's group that are no ClusterSpreads, and where there is none, also such of other groups.
func (r *run) misspelt(none bool) bool {
	found := false
	for _, o := range r.objects.All() {
		isKind := strings.EqualFold(o.Ref.Kind, v1alpha1.ClusterSpreadKind)
		if isSpread(o) || o.Group() != v1alpha1.Group && !(isKind && (none || diag.Suggest(o.Group(), []string{v1alpha1.Group}) != "")) {
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
	if config == nil || isPlaceholder(config.YNode()) && slices.ContainsFunc(r.objects.All(), isSpread) {
		var out []spread
		for _, o := range r.objects.All() {
			if isSpread(o) {
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
	o := object.New(node, 0)
	r.packages.locate(o)
	o.Node = single(o.Node, diag.At(o.Ref, ""), &r.diags)
	if malformed(o, &r.diags) {
		return nil
	}
	switch {
	case isSpread(o):
		return valid([]spread{r.decode(o)})
	case isInventory(o):
		return r.seededSpreads(o)
	case o.Ref.APIVersion == "v1" && o.Ref.Kind == "ConfigMap":
		s, diags := v1alpha1.DecodeOptions(tree.Strings(o.Node, "data"), o.Ref)
		r.diags.Append(diags...)
		return valid([]spread{{ClusterSpread: s, ref: o.Ref}})
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
	return spread{ClusterSpread: s, ref: o.Ref}
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
	cluster := r.cluster(spread{ClusterSpread: s, ref: inv.Ref})
	if cluster == nil {
		return nil
	}
	for _, md := range r.users.MachineDeployments(cluster) {
		if md.Annotation(expand.ExcludeAnnotation) == "true" {
			continue
		}
		name := strings.TrimPrefix(md.Ref.Name, cluster.Ref.Name+"-")
		s.Spec.Workers = append(s.Spec.Workers, v1alpha1.WorkerGroup{Name: name, Seed: md.Ref.Name})
		// Said every time, also when the seed is hidden already: results must not change by themselves.
		r.diags.Warnf(diag.SeedReplaced, diag.At(md.Ref, ""), "is only copied from and no longer applied: if it runs, Flux deletes its %s machines, and Argo CD leaves them beside the pools",
			cmp.Or(tree.String(md.Node, "spec", "replicas"), "1")).
			WithHint("to keep it running beside the pools, give it the annotation %s: \"true\" and write a ClusterSpread", expand.ExcludeAnnotation)
	}
	if len(s.Spec.Workers) == 0 {
		r.diags.Errorf(diag.NoSpread, diag.At(inv.Ref, ""), "an inventory alone says where, not how many: Cluster %s has no MachineDeployment to copy", cluster.Ref.Name).
			WithHint("write a ClusterSpread, or a MachineDeployment for the Cluster")
		return nil
	}
	s.Default()
	r.diags.Append(s.Validate(diag.At(inv.Ref, ""))...)
	return []spread{{ClusterSpread: s, ref: inv.Ref, inventory: inv}}
}

// clustersOf gives the Clusters that a spread of some namespace can mean: by name, as namespace/name, or
// with no name all of its namespace; a spread without a namespace looks everywhere.
func (r *run) clustersOf(namespace, ref string) []*object.Object {
	name := ref
	if ns, n, qualified := strings.Cut(ref, "/"); qualified {
		namespace, name = ns, n
	}
	var found []*object.Object
	for _, c := range r.clusters {
		inside := namespace == "" || c.Key().Namespace == object.NewKey("", "", namespace, "").Namespace
		if inside && (name == "" || c.Ref.Name == name) {
			found = append(found, c)
		}
	}
	return found
}

// clustersOfSpread finds what a spread is for: one Cluster, or all that its selector chooses.
func (r *run) clustersOfSpread(s spread) []*object.Object {
	if s.Spec.ClusterSelector == nil {
		if c := r.cluster(s); c != nil {
			return []*object.Object{c}
		}
		return nil
	}
	found := selected(r.clustersOf(s.ref.Namespace, ""), s.Spec.ClusterSelector)
	if len(found) == 0 {
		r.diags.Errorf(diag.NoCluster, diag.At(s.ref, "spec.clusterSelector"), "selects none of the %d Clusters of the input", len(r.clusters)).
			WithHint("give the Clusters its labels; an empty selector {} takes all")
	}
	return found
}

// noteUnchosen tells of Clusters that no ClusterSpread is for: a label that was lost, or a ClusterSpread that is missing or
// misspelt, takes a Cluster's workers away.
func (r *run) noteUnchosen(spreads []spread) {
	if r.diags.HasErrors() {
		return
	}
	bySelector := slices.ContainsFunc(spreads, func(s spread) bool { return s.Spec.ClusterSelector != nil })
	chosen := map[*object.Object]bool{}
	for _, s := range spreads {
		found := nearest(r.clustersOf(s.ref.Namespace, s.Spec.Cluster), s.ref.File)
		if s.Spec.ClusterSelector != nil {
			found = selected(r.clustersOf(s.ref.Namespace, ""), s.Spec.ClusterSelector)
		}
		for _, c := range found {
			chosen[c] = true
		}
	}
	const hint = "give it a ClusterSpread, or the labels of a clusterSelector"
	for _, c := range r.clusters {
		owned := r.objects.OwnedBy(c.Key().Namespace + "/" + c.Ref.Name)
		switch {
		case chosen[c] || c.Annotation(expand.ExcludeAnnotation) == "true" && len(owned) == 0:
		case len(owned) > 0:
			r.diags.Warnf(diag.SpreadRemoved, diag.At(c.Ref, ""), "no ClusterSpread is for this Cluster any more; its %s kept and no longer kept right", diag.Count(len(owned), "object is", "objects are")).
				WithHint("%s; or delete them", hint)
		case bySelector:
			r.diags.Infof(diag.ClusterNotChosen, diag.At(c.Ref, "metadata.labels"), "no ClusterSpread is for this Cluster").WithHint(hint)
		case !r.hasWorkers(c):
			r.diags.Warnf(diag.ClusterNotChosen, diag.At(c.Ref, ""), "no ClusterSpread is for this Cluster, and nothing else in the input gives it workers").
				WithHint("%s; if it is to have none, the annotation %s: \"true\"", hint, expand.ExcludeAnnotation)
		}
	}
}

// hasWorkers tells whether a Cluster has workers that are not vspread's.
func (r *run) hasWorkers(c *object.Object) bool {
	return tree.Get(c.Node, "spec", "topology") != nil || len(r.objects.MachineDeployments(c)) > 0 ||
		slices.ContainsFunc(r.objects.OfGroup(object.CoreGroup), func(o *object.Object) bool {
			return (o.Ref.Kind == "MachinePool" || o.Ref.Kind == "Machine") && o.Key().Namespace == c.Key().Namespace && tree.String(o.Node, "spec", "clusterName") == c.Ref.Name
		})
}

// selected gives those whose labels a selector matches.
func selected(clusters []*object.Object, s *metav1.LabelSelector) []*object.Object {
	selector, err := metav1.LabelSelectorAsSelector(s)
	if err != nil {
		return nil // Validate has reported it
	}
	return slices.DeleteFunc(slices.Clone(clusters), func(c *object.Object) bool {
		return !selector.Matches(labels.Set(tree.Strings(c.Node, "metadata", "labels")))
	})
}

// cluster finds the Cluster of a spread.
func (r *run) cluster(s spread) *object.Object {
	at := diag.At(s.ref, "spec.cluster")
	found := nearest(r.clustersOf(s.ref.Namespace, s.Spec.Cluster), s.ref.File)
	if len(found) == 1 {
		return found[0]
	}
	var known []string
	for _, c := range r.clusters {
		known = append(known, c.Key().Namespace+"/"+c.Ref.Name)
	}
	switch {
	case len(found) > 1:
		r.diags.Errorf(diag.AmbiguousCluster, at, "there are %d Clusters and nothing says which one is meant", len(found)).
			WithHint("set it to one of %s", diag.Choices(known))
	case s.Spec.Cluster == "" && len(known) == 0:
		r.diags.Errorf(diag.NoCluster, at, "there is no Cluster in the input").
			WithHint("give the Cluster API Cluster to vspread together with this object")
	default:
		d := r.diags.Errorf(diag.NoCluster, at, "there is no Cluster %q in the input", s.Spec.Cluster)
		var names []string
		for _, c := range r.clusters {
			names = append(names, c.Ref.Name)
		}
		if x := diag.Suggest(path.Base("/"+s.Spec.Cluster), names); x != "" && x != s.Spec.Cluster {
			d.WithHint("did you mean %q?", x)
		} else {
			d.WithHint("there is: %s", diag.Choices(known))
		}
	}
	return nil
}

// inventory finds and reads the inventory of a spread. One that several spreads use is read once.
func (r *run) inventory(s spread) *parsedInventory {
	at := diag.At(s.ref, "spec.inventory")
	if s.inventory != nil {
		return r.parse(s.inventory)
	}
	var known []string
	var found []*object.Object
	for _, o := range r.objects.OfGroup("") {
		if !isInventory(o) {
			continue
		}
		known = append(known, o.Ref.Name)
		if s.Spec.Inventory == "" || o.Ref.Name == s.Spec.Inventory {
			found = append(found, o)
		}
	}
	found = nearest(found, s.ref.File)
	switch {
	case len(found) == 1:
		return r.parse(found[0])
	case len(found) > 1:
		r.diags.Errorf(diag.AmbiguousInventory, at, "there are %d inventories and nothing says which one is meant", len(found)).
			WithHint("set it to one of %s", diag.Choices(known))
	case s.Spec.Inventory != "" && len(known) > 0:
		r.diags.Errorf(diag.NoInventory, at, "there is no inventory %q", s.Spec.Inventory).
			WithHint("there is: %s", diag.Choices(known))
	default:
		d := r.diags.Errorf(diag.NoInventory, at, "there is no inventory in the input")
		d.WithHint("give vspread a ConfigMap with the label %s: \"true\" and the key %q", inventory.Label, inventory.Key)
		if o := r.unlabelled(); o != nil {
			d.WithHint("ConfigMap %s, %s, has the key %q: give it the label %s: \"true\"", o.Ref.Name, position(o), inventory.Key, inventory.Label)
		}
	}
	return nil
}

// unlabelled finds what looks like an inventory and lacks the label.
func (r *run) unlabelled() *object.Object {
	for _, o := range r.objects.OfGroup("") {
		if o.Ref.Kind == "ConfigMap" && tree.Get(o.Node, "data", inventory.Key) != nil {
			return o
		}
	}
	return nil
}

// noteUnused tells of inventories that no spread uses while others of their names are used and say something else: somebody may
// keep the wrong copy up to date.
func (r *run) noteUnused() {
	used := map[string][]*object.Object{}
	for o := range r.inventories {
		used[o.Ref.Name] = append(used[o.Ref.Name], o)
	}
	for _, o := range r.objects.OfGroup("") {
		all := used[o.Ref.Name]
		if len(all) == 0 || !isInventory(o) || slices.ContainsFunc(all, func(x *object.Object) bool {
			return x == o || tree.Equal(tree.Get(x.Node, "data"), tree.Get(o.Node, "data"))
		}) {
			continue
		}
		first := slices.MinFunc(all, func(a, b *object.Object) int { return a.Item - b.Item })
		r.diags.Warnf(diag.InventoryUnused, diag.At(o.Ref, ""), "no ClusterSpread uses this inventory; the one of this name that counts is %s", position(first)).
			WithHint("delete this copy, move it beside its ClusterSpread, or give it a name of its own")
	}
}

// nearest gives those of several objects that are in the directory of a file, or else in the nearest directory that holds
// it, so that each folder of a repository may have a Cluster and an inventory of its own. Without files, or none on the way, it is all.
func nearest(all []*object.Object, file string) []*object.Object {
	if len(all) < 2 || file == "" {
		return all
	}
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		here := slices.DeleteFunc(slices.Clone(all), func(o *object.Object) bool { return o.Ref.File == "" || path.Dir(o.Ref.File) != dir })
		if len(here) > 0 {
			return here
		}
		if dir == path.Dir(dir) {
			return all
		}
	}
}

type parsedInventory struct {
	inventory.Inventory
	ref   diag.Ref
	valid bool
}

func (r *run) parse(o *object.Object) *parsedInventory {
	if p, ok := r.inventories[o]; ok {
		return p
	}
	at := diag.At(o.Ref, "")
	p := &parsedInventory{ref: o.Ref}
	text, diags := inventory.Text(tree.Strings(o.Node, "data"), at)
	if !diags.HasErrors() {
		var more diag.List
		p.Inventory, more = inventory.Parse(text, at.Dot(`data["inventory.yaml"]`))
		diags.Append(more...)
	}
	if !o.IsLocalConfig() {
		diags.Warnf(diag.NotLocalConfig, at.Dot("metadata.annotations"), "lacks the annotation %s: \"true\"", object.LocalConfig).
			WithHint("add it, or the inventory is applied to the management cluster")
	}
	p.valid = !diags.HasErrors()
	r.diags.Append(diags...)
	r.inventories[o] = p
	return p
}
