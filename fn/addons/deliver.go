// SPDX-License-Identifier: Apache-2.0

// Package addons brings objects into the workload cluster. It takes the objects and how each is to get there, and gives the
// objects of the management cluster that carry them: ConfigMaps and ClusterResourceSets, or the bare objects.
package addons

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	addonsv1 "sigs.k8s.io/cluster-api/api/addons/v1beta2"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// Deliver gives the objects that carry addons into a Cluster's workload cluster, and the labels that the Cluster needs for
// it.
func Deliver(cluster site.Cluster, addons []site.Addon) ([]object.Desired, map[string]string, diag.List) {
	var diags diag.List
	var desired []object.Desired
	var labels map[string]string
	var bundles []string
	carried := map[string]map[string]string{}
	for _, a := range addons {
		if a.Delivery == v1alpha1.DeliveryDirect {
			desired = append(desired, direct(cluster, a, &diags))
			continue
		}
		if carried[a.Bundle] == nil {
			carried[a.Bundle] = map[string]string{}
			bundles = append(bundles, a.Bundle)
		}
		carried[a.Bundle][a.Key] = codec.Text(a.Node)
	}
	for _, bundle := range bundles {
		desired = append(desired, carry(cluster, bundle, carried[bundle])...)
		labels = map[string]string{object.ClusterLabel: cluster.Name}
	}
	return desired, labels, diags
}

// direct gives an addon as it is, marked as the Cluster's.
func direct(cluster site.Cluster, a site.Addon, diags *diag.List) object.Desired {
	x := object.New(a.Node, 0)
	tree.Set(a.Node, codec.String(cluster.Owner), "metadata", "annotations", object.OwnerAnnotation)
	diags.Infof(diag.StorageDirect, a.At, "%s belongs into cluster %s itself", x.Ref, cluster.Name).
		WithHint("apply it there: `vspread render --only storage` writes it alone, `--only management` all the rest")
	return object.Desired{Node: yaml.NewRNode(a.Node), File: a.Bundle + "/" + x.Ref.Name + ".yaml"}
}

// carry gives the ClusterResourceSet of a bundle and the ConfigMap that it takes the objects from.
func carry(cluster site.Cluster, bundle string, data map[string]string) []object.Desired {
	name := cluster.Name + "-" + bundle
	config := codec.Encode(corev1.ConfigMap{Data: data})
	cluster.Mark(config, "v1", "ConfigMap", name, nil)
	set := codec.Encode(addonsv1.ClusterResourceSet{Spec: addonsv1.ClusterResourceSetSpec{
		ClusterSelector: metav1.LabelSelector{MatchLabels: map[string]string{object.ClusterLabel: cluster.Name}},
		Resources:       []addonsv1.ResourceRef{{Name: name, Kind: string(addonsv1.ConfigMapClusterResourceSetResourceKind)}},
		Strategy:        string(addonsv1.ClusterResourceSetStrategyReconcile),
	}})
	tree.Sort(tree.List(set, "spec", "resources")[0], []string{"apiGroup", "kind", "name"})
	cluster.Mark(set, addonsv1.GroupVersion.Group+"/"+string(cluster.Core), "ClusterResourceSet", name, nil)
	file := bundle + "/" + name + ".yaml"
	return []object.Desired{{Node: yaml.NewRNode(set), File: file}, {Node: yaml.NewRNode(config), File: file}}
}
