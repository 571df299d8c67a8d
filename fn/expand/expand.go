// SPDX-License-Identifier: Apache-2.0

// Package expand turns a ClusterSpread, the Cluster it is for and an inventory into the objects that
// run its workers: values in, objects out. It calls the rooms below it in their order and hands on what they give; it reads
// no files and changes none of its inputs.
package expand

import (
	"cmp"
	"slices"

	"github.com/vspread/vspread/fn/addons"
	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/fn/storage"
	"github.com/vspread/vspread/fn/workers"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// Input is all that an expansion depends on.
type Input struct {
	// Spread is valid and has its defaults set.
	Spread *v1alpha1.ClusterSpread
	// SpreadRef is where messages about the spread point to.
	SpreadRef diag.Ref
	// Cluster is the Cluster that the spread is for.
	Cluster   *object.Object
	Inventory *inventory.Inventory
	// InventoryRef is where messages about the inventory point to.
	InventoryRef diag.Ref
	// Objects are those of the whole input, with what vspread wrote earlier.
	Objects *object.Set
}

// Output is what a Cluster's workers and storage consist of.
type Output struct {
	// Owner is the value of the owner annotation on all desired objects.
	Owner   string
	Cluster *object.Object
	Desired []object.Desired
	Pools   []site.Pool
	// ControlPlane is what the Cluster's control plane puts where, or nil where that is not known.
	ControlPlane *site.ControlMachines
	// Seeds are the user's objects that were copied from and are not to be applied any more.
	Seeds []*object.Object
	// Adopted are the user's MachineDeployments that are pools.
	Adopted []workers.Adoption
	// ClusterLabels are to be set on the Cluster.
	ClusterLabels map[string]string
	// Weight is about how many bytes of memory the objects take.
	Weight int
}

// Expand gives the objects for one Cluster. With errors the output must not be used.
func Expand(in Input) (Output, diag.List) {
	spec, at := in.Spread.Spec, diag.At(in.SpreadRef, "spec")
	vsphere := site.NewVSphere(in.Inventory, diag.At(in.InventoryRef, ""), spec.References)
	cluster, diags := site.ReadCluster(in.Cluster, in.Objects, in.Spread, at)
	if cluster.IsOthers {
		return Output{Owner: cluster.Owner, Cluster: in.Cluster}, diags // what else is wrong only follows from that
	}
	diags.Append(site.CheckControlPlane(cluster, vsphere)...)

	hosts := vsphere.NodeHosts(cluster, workers.Selected(spec.Workers, vsphere, volumesOn(spec.Storage)), in.Objects)
	volumes, more := storage.Choose(spec.Storage, at.Dot("storage"), in.Inventory, hosts)
	diags.Append(more...)

	made, more := workers.Make(workers.Input{
		Groups: spec.Workers, HealthCheck: spec.HealthCheck, At: at,
		Cluster: cluster, VSphere: vsphere, Objects: in.Objects,
		HoldsVolumes: volumes.Holds, MaxPools: MaxPools, MaxWeight: MaxClusterWeight,
	})
	diags.Append(more...)
	if made.Exceeded {
		diags.Append(tooMany(in.SpreadRef)...)
	}
	if made.TooHeavy {
		diags.Append(tooHeavy(in.SpreadRef, MaxClusterWeight, "for one Cluster")...)
	}

	classes := volumes.Classes(at.Dot("storage"))
	carried, labels, more := addons.Deliver(cluster, classes)
	diags.Append(more...)
	diags.Append(addons.CheckOthers(cluster, classes, labels, in.Objects)...)

	desired := append(made.Desired, carried...)
	slices.SortStableFunc(desired, func(a, b object.Desired) int { return cmp.Compare(a.File, b.File) })
	return Output{
		Owner: cluster.Owner, Cluster: in.Cluster, Desired: desired, Pools: made.Pools, Weight: made.Weight,
		ControlPlane: site.PlaceControlPlane(cluster, vsphere, in.Objects), Seeds: made.Seeds, Adopted: made.Adopted, ClusterLabels: labels,
	}, diags
}

// volumesOn is what the ClusterSpread calls the datastore of volumes, or "".
func volumesOn(spec *v1alpha1.Storage) string {
	if spec == nil || spec.Policy != "" {
		return ""
	}
	return spec.Datastore
}
