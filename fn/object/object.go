// SPDX-License-Identifier: Apache-2.0

// Package object is about the objects of an input as a whole: who they are, where they came from, whose
// they are and what they refer to. It takes YAML nodes, and gives Objects, and Sets in which references can be followed.
package object

import (
	"cmp"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// The API groups of Cluster API and its providers.
const (
	CoreGroup           = "cluster.x-k8s.io"
	BootstrapGroup      = "bootstrap.cluster.x-k8s.io"
	ControlPlaneGroup   = "controlplane.cluster.x-k8s.io"
	InfrastructureGroup = "infrastructure.cluster.x-k8s.io"
)

// ExcludeAnnotation on a MachineDeployment, or on a Cluster for those of its class, says that its workers are meant to run
// next to the pools.
const ExcludeAnnotation = "vspread.dev/exclude"

// ClusterLabel is the label by which a Cluster's ClusterResourceSet selects it; the selector is
// immutable, so it must not depend on labels that users change.
const ClusterLabel = "vspread.dev/cluster"

// ClusterNameLabel is Cluster API's label on what belongs to a Cluster.
const ClusterNameLabel = "cluster.x-k8s.io/cluster-name"

// GuardName is the name of an object that only vspread adds, and only where kustomize runs it; the guard looks for it.
const GuardName = "vspread-did-not-run.add---enable-exec"

// LocalConfig is the annotation of objects that are applied nowhere.
const LocalConfig = "config.kubernetes.io/local-config"

// OwnerAnnotation names the Cluster, as [<namespace>/]<name>, that an object was written for. What
// carries it is vspread's to change and remove; what does not is the user's.
const OwnerAnnotation = "vspread.dev/owner"

// AdoptedAnnotation is on a MachineDeployment of the user's that is a pool, and names the Cluster like
// OwnerAnnotation. It stays the user's: nothing but the user's own edit removes it.
const AdoptedAnnotation = "vspread.dev/adopted-by"

// BeforeAnnotation is on an adopted MachineDeployment and holds what adoption changed, as it was before.
const BeforeAnnotation = "vspread.dev/before-adoption"

// The annotations by which the cluster autoscaler's Cluster API provider knows a node group, and, by prefix, what
// a node of it would offer while there is none.
const (
	MinSizeAnnotation  = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size"
	MaxSizeAnnotation  = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size"
	CapacityAnnotation = "capacity.cluster-autoscaler.kubernetes.io/"
)

// SaltAnnotation is on a template and tells why it has another name than one of the same spec.
const SaltAnnotation = "vspread.dev/salt"

// IsManaged tells whether an annotation of an owned object is vspread's own, so that it goes when it is no longer
// wanted. Others are the user's and stay.
func IsManaged(annotation string) bool {
	switch strings.TrimPrefix(annotation, CapacityAnnotation) {
	case "cpu", "memory", "ephemeral-disk", "labels", "taints", MinSizeAnnotation, MaxSizeAnnotation:
		return true
	}
	return strings.HasPrefix(annotation, "vspread.dev/")
}

// Object is an object of the input: its node with aliases written out, not to be changed, and where
// it came from.
type Object struct {
	Node *yaml.Node
	// Item is the position among the items of the input.
	Item int
	Ref  diag.Ref
	// Place is the file it is in, from a directory that all of the input has in common, or "". In messages a file may be called
	// otherwise, and is in Ref.
	Place string
}

// New takes apart an item of the input.
func New(node *yaml.Node, item int) *Object {
	place, name := origin(node)
	return &Object{Node: node, Item: item, Place: place, Ref: diag.Ref{
		APIVersion: tree.String(node, "apiVersion"),
		Kind:       tree.String(node, "kind"),
		Namespace:  tree.String(node, "metadata", "namespace"),
		Name:       tree.String(node, "metadata", "name"),
		File:       name,
	}}
}

// Keeper is the Cluster that vspread looks after an object for, because it wrote or adopted it, or "".
func (o *Object) Keeper() string { return cmp.Or(o.Owner(), o.Annotation(AdoptedAnnotation)) }

// Group is the API group; the core group of Kubernetes is "".
func (o *Object) Group() string {
	group, _, _ := strings.Cut(o.Ref.APIVersion, "/")
	if group == o.Ref.APIVersion {
		return ""
	}
	return group
}

// Version is the API version without the group.
func (o *Object) Version() string {
	return o.Ref.APIVersion[strings.LastIndexByte(o.Ref.APIVersion, '/')+1:]
}

// Owner is the value of OwnerAnnotation; "" is the user.
func (o *Object) Owner() string { return o.Annotation(OwnerAnnotation) }

// SameOwner tells whether two owners are one: no namespace is the namespace default.
func SameOwner(a, b string) bool {
	return strings.TrimPrefix(a, "default/") == strings.TrimPrefix(b, "default/")
}

// Annotation gives an annotation or "".
func (o *Object) Annotation(name string) string {
	return tree.String(o.Node, "metadata", "annotations", name)
}

// IsMachineTemplate tells whether the object is CAPV's template of virtual machines.
func (o *Object) IsMachineTemplate() bool {
	return o.Group() == InfrastructureGroup && o.Ref.Kind == "VSphereMachineTemplate"
}

// IsLocalConfig tells whether the object is applied nowhere.
func (o *Object) IsLocalConfig() bool { return o.Annotation(LocalConfig) == "true" }

// Index is the position of an object in its file, by the notes; 0 where they do not tell.
func (o *Object) Index() int {
	i, _ := strconv.Atoi(o.Annotation(kioutil.IndexAnnotation))
	return i
}

// Key identifies an object whatever its version.
func (o *Object) Key() Key { return NewKey(o.Group(), o.Ref.Kind, o.Ref.Namespace, o.Ref.Name) }

// Key identifies an object.
type Key struct{ Group, Kind, Namespace, Name string }

// NewKey makes a Key; no namespace is the namespace default, as everywhere in Kubernetes.
func NewKey(group, kind, namespace, name string) Key {
	if namespace == "" {
		namespace = "default"
	}
	return Key{group, kind, namespace, name}
}

// Desired is an object that should exist.
type Desired struct {
	Node *yaml.RNode
	// File is where a new object goes, relative to the package; objects of one file follow in the order
	// of the list.
	File string
	// Template marks what older MachineSets may still refer to: it is never removed by us.
	Template bool
}
