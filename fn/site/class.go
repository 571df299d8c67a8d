// SPDX-License-Identifier: Apache-2.0

package site

import (
	"cmp"
	"strings"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// class is what a Cluster's ClusterClass says; without a name the Cluster has none, and without an object it is not in the
// input.
type class struct {
	name   string
	object *object.Object
	// controlPlane is the kind of the control plane, without the suffix Template.
	controlPlane string
	// infrastructure is the template of the Cluster's infrastructure.
	infrastructure object.Key
}

// readClass finds the ClusterClass of a Cluster. v1beta1 names it in topology.class, v1beta2 in topology.classRef.
func readClass(cluster *object.Object, objects *object.Set) class {
	topology := tree.Get(cluster.Node, "spec", "topology")
	c := class{name: cmp.Or(tree.String(topology, "classRef", "name"), tree.String(topology, "class"))}
	if c.name == "" {
		return c
	}
	namespace := cmp.Or(tree.String(topology, "classRef", "namespace"), tree.String(topology, "classNamespace"), cluster.Ref.Namespace)
	c.object = objects.Get(object.NewKey(object.CoreGroup, "ClusterClass", namespace, c.name))
	if c.object == nil {
		return c
	}
	for _, ref := range []string{"templateRef", "ref"} { // v1beta2, v1beta1
		if _, k := objects.Follow(c.object, "spec", "controlPlane", ref); k.Kind != "" {
			c.controlPlane = strings.TrimSuffix(k.Kind, "Template")
		}
		if _, k := objects.Follow(c.object, "spec", "infrastructure", ref); k.Kind != "" {
			c.infrastructure = k
		}
	}
	return c
}

// refuseOtherInfrastructure reports a Cluster whose machines are those of another provider, or of CAPV's supervisor mode: no
// machine comes from a VSphereMachineTemplate there. It tells whether it is one.
func refuseOtherInfrastructure(cluster *object.Object, objects *object.Set, c class, diags *diag.List) bool {
	at := diag.At(cluster.Ref, "spec.infrastructureRef")
	_, k := objects.Follow(cluster, "spec", "infrastructureRef")
	kind := "VSphereCluster"
	if k.Kind == "" && c.object != nil {
		at, k, kind = diag.At(c.object.Ref, "spec.infrastructure"), c.infrastructure, "VSphereClusterTemplate"
	}
	if k.Kind == "" || k.Kind == kind && k.Group == object.InfrastructureGroup {
		return false
	}
	diags.Errorf(diag.OtherInfrastructure, at, "the Cluster's infrastructure is %s of %s, and vspread makes machines for a %s of %s", k.Kind, cmp.Or(k.Group, "no group"), kind, object.InfrastructureGroup).
		WithHint("vspread spreads machines of Cluster API Provider vSphere in govmomi mode; leave this Cluster out of the ClusterSpread")
	return true
}
