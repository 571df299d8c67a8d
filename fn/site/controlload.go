// SPDX-License-Identifier: Apache-2.0

package site

import (
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// ControlMachines are the machines of a Cluster's control plane, on a datastore of the inventory.
type ControlMachines struct {
	Datastore inventory.Datastore
	// Replicas is their number, Surge how many more there are while they are replaced.
	Replicas, Surge int
	Footprint       Footprint
	// At is where their number is said, MemoryAt where their memory is.
	At, MemoryAt diag.Where
}

// PlaceControlPlane tells what the control plane puts where. It is nil where that is not known: the input has no template of its
// machines, or one that names no datastore of the inventory, or failure domains may put them elsewhere.
func PlaceControlPlane(c Cluster, v *VSphere, objects *object.Set) *ControlMachines {
	t := c.ControlPlaneTemplate
	if t == nil || c.ControlPlane == nil || mayHaveZones(c, objects) {
		return nil
	}
	found := v.controlPlaneDatastores(t)
	if len(found) != 1 {
		return nil
	}
	out := &ControlMachines{
		Datastore: found[0], Replicas: 1,
		At: diag.At(c.ControlPlane.Ref, "spec.replicas"), MemoryAt: diag.At(t.Ref, "spec.template.spec.memoryMiB"),
	}
	if said := tree.Get(c.ControlPlane.Node, "spec", "replicas"); said != nil {
		n, ok := whole(said)
		if !ok {
			return nil // a variable, or what the API server refuses
		}
		out.Replicas = n
	}
	made := Made{Machine: tree.Get(t.Node, "spec", "template", "spec")}
	if template, ok := v.Template(tree.String(made.Machine, "template"), v.datacenterIn(t)); ok {
		made.Template = &template
	}
	out.Footprint, out.Surge = made.Footprint(), Surge(c.ControlPlane.Node, out.Replicas)
	return out
}

// mayHaveZones tells whether failure domains may put the machines of the control plane onto other datastores than their template's.
func mayHaveZones(c Cluster, objects *object.Set) bool {
	if c.Infrastructure == nil {
		return len(ReadZones(objects)) > 0
	}
	return tree.Get(c.Infrastructure.Node, "spec", "failureDomainSelector") != nil
}
