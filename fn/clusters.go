// SPDX-License-Identifier: Apache-2.0

package fn

import (
	"path"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

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
		found := nearest(r.clustersOf(s.ref.Namespace, s.Spec.Cluster), s.place)
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
		case chosen[c] || c.Annotation(object.ExcludeAnnotation) == "true" && len(owned) == 0:
		case len(owned) > 0:
			r.diags.Warnf(diag.SpreadRemoved, diag.At(c.Ref, ""), "no ClusterSpread is for this Cluster any more; its %s kept and no longer kept right", diag.Count(len(owned), "object is", "objects are")).
				WithHint("%s; or delete them", hint)
		case bySelector:
			r.diags.Infof(diag.ClusterNotChosen, diag.At(c.Ref, "metadata.labels"), "no ClusterSpread is for this Cluster").WithHint(hint)
		case !r.hasWorkers(c):
			r.diags.Warnf(diag.ClusterNotChosen, diag.At(c.Ref, ""), "no ClusterSpread is for this Cluster, and nothing else in the input gives it workers").
				WithHint("%s; if it is to have none, the annotation %s: \"true\"", hint, object.ExcludeAnnotation)
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
	found := nearest(r.clustersOf(s.ref.Namespace, s.Spec.Cluster), s.place)
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
	case len(known) == 0:
		d := r.diags.Errorf(diag.NoCluster, at, "there is no Cluster in the input")
		d.WithHint("give the Cluster API Cluster to vspread together with this object")
		if o := object.OtherCluster(r.objects.All()); o != nil {
			d.WithHint("%s, %s, is of %s; vspread spreads Clusters of %s", o.Ref, position(o), o.Ref.APIVersion, object.CoreGroup)
		}
	case s.Spec.Cluster == "":
		r.diags.Errorf(diag.NoCluster, at, "there is no Cluster in namespace %s, which is that of this object", s.ref.Namespace).
			WithHint("set it to one of %s, or the namespace to the Cluster's", diag.Choices(known))
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

// nearest gives those of several objects that are in the directory of a file, or else in the nearest directory that holds
// it, so that each folder of a repository may have a Cluster and an inventory of its own. Without files, or none on the way, it is all.
func nearest(all []*object.Object, file string) []*object.Object {
	if len(all) < 2 || file == "" {
		return all
	}
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		here := slices.DeleteFunc(slices.Clone(all), func(o *object.Object) bool { return o.Place == "" || path.Dir(o.Place) != dir })
		if len(here) > 0 {
			return here
		}
		if dir == path.Dir(dir) {
			return all
		}
	}
}
