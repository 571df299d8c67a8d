// SPDX-License-Identifier: Apache-2.0

// Package site knows one Cluster and its vSphere: facts of the Cluster and of what it refers to, names of vSphere
// objects looked up in the inventory, and where the machines of a datastore may be. It takes the objects of the input and
// an inventory, and gives values that are made once and that the rooms above read. What these rooms hand to each other, a
// Pool or an Addon, is a type of this one.
package site

import (
	"cmp"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// Cluster is what is read from a Cluster and the objects it refers to.
type Cluster struct {
	// Object is the Cluster itself.
	Object          *object.Object
	Name, Namespace string
	// Owner is the value of the owner annotation on everything that is written for the Cluster.
	Owner string
	// ControlPlane, its machines' template and the infrastructure of the Cluster, a VSphereCluster, are nil where the input
	// does not have them.
	ControlPlane, ControlPlaneTemplate, Infrastructure *object.Object
	// IsOthers tells that the Cluster's machines are another provider's, which has been reported.
	IsOthers bool
	// Class is the name of the Cluster's ClusterClass, or "".
	Class string
	// ControlPlaneKind is the kind of the control plane, by the Cluster's reference or its class; "" where neither tells it.
	ControlPlaneKind string
	// Kubeadm tells whether a KubeadmConfigTemplate joins nodes to this control plane; a kind that is not known is taken for one.
	Kubeadm bool
	// Version is the Kubernetes version of the control plane, or "".
	Version string
	// Core and CAPV are the versions to write of Cluster API's groups and of CAPV's.
	Core v1alpha1.CoreVersion
	CAPV v1alpha1.InfrastructureVersion
}

// ReadCluster reads a Cluster among the objects of the whole input, for a valid ClusterSpread whose spec is at a place.
func ReadCluster(cluster *object.Object, objects *object.Set, spread *v1alpha1.ClusterSpread, at diag.Where) (Cluster, diag.List) {
	var diags diag.List
	c := Cluster{Object: cluster, Name: cluster.Ref.Name, Namespace: cluster.Ref.Namespace, Core: spread.Spec.APIVersions.Core}
	c.Owner = c.Name
	if c.Namespace != "" {
		c.Owner = c.Namespace + "/" + c.Name
	}
	if c.Name == "" {
		diags.Errorf(diag.MissingField, c.At("metadata.name"), "is missing")
	} else if len(validation.IsDNS1123Label(c.Name)) > 0 {
		diags.Errorf(diag.InvalidValue, c.At("metadata.name"), "%q cannot be a part of a machine's name", c.Name).
			WithHint("fill in variables before vspread runs, and use lower case letters, digits and '-'")
	}
	if ns := c.Namespace; ns != "" && len(validation.IsDNS1123Label(ns)) > 0 {
		diags.Errorf(diag.InvalidValue, c.At("metadata.namespace"), "%q is no name of a namespace", ns)
	}
	var key object.Key
	c.ControlPlane, key = objects.Follow(cluster, "spec", "controlPlaneRef")
	class := readClass(cluster, objects)
	c.Class, c.ControlPlaneKind = class.name, cmp.Or(key.Kind, class.controlPlane)
	// Kamaji runs kubeadm's control plane in pods; its nodes join by kubeadm all the same.
	c.Kubeadm = slices.Contains([]string{"", "KubeadmControlPlane", "KamajiControlPlane"}, c.ControlPlaneKind)
	c.Version = tree.String(cluster.Node, "spec", "topology", "version")
	if cp := c.ControlPlane; cp != nil {
		c.Version = cmp.Or(tree.String(cp.Node, "spec", "version"), c.Version)
		c.ControlPlaneTemplate = machineTemplateOf(cp, objects)
	}
	c.Infrastructure, _ = objects.Follow(cluster, "spec", "infrastructureRef")
	c.IsOthers = refuseOtherInfrastructure(cluster, objects, class, &diags)
	c.CAPV = capvVersion(objects, spread.Spec.APIVersions.Infrastructure, at.Dot("apiVersions.infrastructure"), &diags)
	if c.Core == v1alpha1.CoreV1Beta1 {
		diags.Warnf(diag.CoreV1Beta1, at.Dot("apiVersions.core"), "Cluster API 1.11 and newer answer v1beta1 with other references than were written").
			WithHint("write v1beta2 as soon as the management cluster has Cluster API 1.11")
	}
	warnRetired(&diags, cluster, c.ControlPlane, c.ControlPlaneTemplate, c.Infrastructure)
	return c, diags
}

// At is a field of the Cluster.
func (c Cluster) At(field string) diag.Where { return diag.At(c.Object.Ref, field) }

// machineTemplateOf finds the template of a control plane's machines, or nil.
func machineTemplateOf(controlPlane *object.Object, objects *object.Set) *object.Object {
	for _, path := range [][]string{
		{"spec", "machineTemplate", "spec", "infrastructureRef"}, // v1beta2
		{"spec", "machineTemplate", "infrastructureRef"},         // v1beta1
		{"spec", "infrastructureRef"},                            // RKE2 v1alpha1
		{"spec", "infrastructureTemplate"},                       // Talos, Kubeadm v1alpha3
	} {
		if t, _ := objects.Follow(controlPlane, path...); t != nil && t.IsMachineTemplate() {
			return t
		}
	}
	return nil
}

// Mark sets what identifies an object that is written for the Cluster, on top of metadata that may come from a seed.
func (c Cluster) Mark(n *yaml.Node, apiVersion, kind, name string, annotations map[string]string) {
	if tree.Get(n, "metadata") == nil && tree.Get(n, "apiVersion") == nil { // nothing comes from a seed
		head := codec.Texts("apiVersion", apiVersion, "kind", kind)
		tree.Append(head, codec.String("metadata"), c.metadata(name, annotations))
		n.Content = append(head.Content, n.Content...)
		return
	}
	tree.Set(n, codec.String(apiVersion), "apiVersion")
	tree.Set(n, codec.String(kind), "kind")
	tree.Set(n, codec.String(name), "metadata", "name")
	if c.Namespace != "" {
		tree.Set(n, codec.String(c.Namespace), "metadata", "namespace")
	}
	tree.Set(n, codec.String(c.Name), "metadata", "labels", object.ClusterNameLabel)
	for _, k := range slices.Sorted(maps.Keys(annotations)) {
		tree.Set(n, codec.String(annotations[k]), "metadata", "annotations", k)
	}
	tree.Set(n, codec.String(c.Owner), "metadata", "annotations", object.OwnerAnnotation)
	tree.Sort(tree.Get(n, "metadata"), []string{"name", "namespace", "labels", "annotations"})
	tree.Sort(n, []string{"apiVersion", "kind", "metadata", "spec"})
}

// metadata is that of an object that is written for the Cluster.
func (c Cluster) metadata(name string, annotations map[string]string) *yaml.Node {
	m := codec.Texts("name", name)
	if c.Namespace != "" {
		m = codec.Texts("name", name, "namespace", c.Namespace)
	}
	pairs := make([]string, 0, 2*len(annotations)+2)
	for _, k := range slices.Sorted(maps.Keys(annotations)) {
		pairs = append(pairs, k, annotations[k])
	}
	pairs = append(pairs, object.OwnerAnnotation, c.Owner)
	tree.Append(m, codec.String("labels"), codec.Texts(object.ClusterNameLabel, c.Name))
	tree.Append(m, codec.String("annotations"), codec.Texts(pairs...))
	return m
}
