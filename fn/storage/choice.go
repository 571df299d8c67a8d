// SPDX-License-Identifier: Apache-2.0

// Package storage decides where a cluster's volumes live, and writes the StorageClass for it. It takes what the
// ClusterSpread says and the inventory, and gives a choice, from which the class is made as an object for the workload
// cluster; how it gets there is for others.
package storage

import (
	"cmp"
	"slices"
	"strings"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/naming"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// Choice is where volumes live: a shared datastore, a policy, or, as its zero value, nowhere.
type Choice struct {
	v1alpha1.Storage
	wanted    bool
	datastore inventory.Datastore
}

// Holds tells whether a datastore is the one that holds the volumes; it is never a pool then.
func (c Choice) Holds(d inventory.Datastore) bool {
	return c.wanted && c.Policy == "" && c.datastore.Object() == d.Object()
}

// Choose decides where volumes live by what a ClusterSpread says in its field at a place, or, where it says nothing (nil),
// by the only datastore that is shared by all hosts that may run a node of the Cluster.
func Choose(spec *v1alpha1.Storage, at diag.Where, inv *inventory.Inventory, hosts []string) (Choice, diag.List) {
	var diags diag.List
	switch {
	case spec != nil && spec.Policy != "":
		c := Choice{Storage: *spec, wanted: true}
		c.Class = cmp.Or(c.Class, className(c.Policy))
		checkPolicy(c.Policy, at.Dot("policy"), inv, &diags)
		return c, diags
	case spec != nil && spec.Datastore != "":
		c := Choice{Storage: *spec}
		c.datastore, c.wanted = namedShared(spec.Datastore, at.Dot("datastore"), inv, hosts, &diags)
		c.Class = cmp.Or(c.Class, className(c.datastore.Name))
		return c, diags
	}
	var candidates []inventory.Datastore
	shared := inv.Shared(hosts)
	for _, d := range shared {
		if d.URL != "" {
			candidates = append(candidates, d)
		}
	}
	switch {
	case len(candidates) == 1:
		c := Choice{wanted: true, datastore: candidates[0]}
		if spec != nil {
			c.Storage = *spec
		}
		c.Delivery = cmp.Or(c.Delivery, v1alpha1.DeliveryClusterResourceSet)
		c.Class = cmp.Or(c.Class, className(candidates[0].Name))
		return c, diags
	case spec != nil && len(candidates) > 1:
		diags.Errorf(diag.SharedUndecided, at.Dot("datastore"), "nothing says which of %d shared datastores holds the volumes", len(candidates)).
			WithHint("choose one of %s", diag.Choices(site.DatastoreNames(candidates)))
	case spec != nil:
		diags.Errorf(diag.NotShared, at.Dot("datastore"), "no datastore with a url is mounted by all hosts that may run a node").
			WithHint("%s; correct the inventory, name a storage policy, or leave storage out", whyNotShared(inv, hosts))
	case len(candidates) > 1:
		diags.Warnf(diag.SharedUndecided, at, "no StorageClass: %d shared datastores could hold the volumes", len(candidates)).
			WithHint("choose one in storage.datastore: %s", diag.Choices(site.DatastoreNames(candidates)))
	case len(shared) > 0:
		diags.Infof(diag.SharedUndecided, at, "no StorageClass: the inventory has no url for %s", diag.Choices(site.DatastoreNames(shared))).
			WithHint("give it the url that vCenter shows: ds:///vmfs/volumes/…/")
	default:
		warnNearlyShared(at, inv, hosts, &diags)
	}
	return Choice{}, diags
}

// warnNearlyShared says why there is no StorageClass when some hosts are missing: one joined perhaps, and a
// class that was there before goes with its volumes' only description.
func warnNearlyShared(at diag.Where, inv *inventory.Inventory, hosts []string, diags *diag.List) {
	missing := missingOf(hosts)
	for _, d := range inv.Datastores {
		if d.URL == "" || d.IsLocal() || len(d.Hosts) < 2 {
			continue
		}
		few, number := missing(d)
		if number == len(hosts) {
			continue
		}
		severity := diag.Info
		if number < len(d.Hosts) {
			severity = diag.Warning
		}
		if d.State == inventory.Gone {
			diags.Warnf(diag.NotShared, at, "no StorageClass: datastore %s is gone", d.Name)
			continue
		}
		diags.Add(severity, diag.NotShared, at, "no StorageClass: datastore %s is not mounted by %s", d.Name, diag.Choices(few)).
			WithHint("mount it there; to be told as an error, name it in storage.datastore")
	}
}

// whyNotShared says of each datastore why it is not shared by all of hosts.
func whyNotShared(inv *inventory.Inventory, hosts []string) string {
	if len(inv.Datastores) == 0 {
		return "the inventory has no datastores"
	}
	var words []string
	missing := missingOf(hosts)
	for _, d := range inv.Datastores {
		few, _ := missing(d)
		switch {
		case d.State == inventory.Gone:
			words = append(words, d.Name+" is gone")
		case d.IsLocal():
			words = append(words, d.Name+" is local to "+strings.Join(d.Hosts, ", "))
		case len(d.Hosts) == 0:
			words = append(words, "no host mounts "+d.Name)
		case len(few) > 0:
			words = append(words, d.Name+" is not mounted by "+diag.Choices(few))
		case d.URL == "":
			words = append(words, d.Name+" has no url in the inventory")
		}
	}
	return diag.Choices(words)
}

// missingOf gives what tells of a datastore by how many of some hosts it is not mounted, and by which: as many of the first as a
// message has.
func missingOf(hosts []string) func(inventory.Datastore) ([]string, int) {
	hosts = slices.Sorted(slices.Values(hosts))
	isHost := make(map[string]bool, len(hosts))
	for _, h := range hosts {
		isHost[h] = true
	}
	return func(d inventory.Datastore) ([]string, int) {
		number := len(hosts)
		for _, h := range d.Hosts {
			if isHost[h] {
				number--
			}
		}
		var few []string
		for _, h := range hosts {
			if len(few) == min(number, diag.MostChoices+1) {
				break
			}
			if _, isMounted := slices.BinarySearch(d.Hosts, h); !isMounted {
				few = append(few, h)
			}
		}
		return few, number
	}
}

// className is the default name of a StorageClass: that of the datastore or policy as far as it can be.
func className(name string) string { return cmp.Or(naming.Slug(name), naming.LabelValue(name)) }

func checkPolicy(policy string, at diag.Where, inv *inventory.Inventory, diags *diag.List) {
	if len(inv.StoragePolicies) == 0 {
		return
	}
	var known []string
	for _, p := range inv.StoragePolicies {
		if p.Name == policy {
			return
		}
		known = append(known, p.Name)
	}
	diags.Errorf(diag.UnknownReference, at, "there is no storage policy %q", policy).
		DidYouMean(policy, known, "the inventory has")
}

// namedShared finds the datastore that is to be shared and checks that it is: the vSphere CSI driver
// provisions only where every node's host mounts the datastore.
func namedShared(ref string, at diag.Where, inv *inventory.Inventory, hosts []string, diags *diag.List) (inventory.Datastore, bool) {
	var matched, mounted []inventory.Datastore
	for _, d := range inv.Datastores {
		if !d.IsCalled(ref) {
			continue
		}
		matched = append(matched, d)
		if d.MountedBy(hosts) {
			mounted = append(mounted, d)
		}
	}
	switch {
	case len(matched) == 0:
		diags.Errorf(diag.UnknownDatastore, at, "there is no datastore %q", ref).
			DidYouMean(ref, site.DatastoreNames(inv.Datastores), "the inventory has")
		return inventory.Datastore{}, false
	case len(matched) > 1 && len(mounted) == 1:
		matched = mounted // the others are of other datacenters
	case len(matched) > 1:
		diags.Errorf(diag.AmbiguousReference, at, "%q names %d datastores", ref, len(matched)).WithHint("write the path")
		return inventory.Datastore{}, false
	}
	d := matched[0]
	if d.State == inventory.Gone {
		diags.Warnf(diag.NotShared, at, "datastore %q is gone", d.Name).WithHint("volumes on it are lost; choose another one with a new storage.class")
	}
	if missing := d.Missing(hosts); len(missing) > 0 {
		diags.Errorf(diag.NotShared, at, "datastore %q is not mounted by %s, where volumes could not be attached", d.Name, diag.Choices(missing)).
			WithHint("mount it there, choose a datastore that all hosts of the cluster mount, or leave these hosts out: the hosts of pools, by datastores in the worker groups, and those of the control plane, by its VSphereMachineTemplate's datastore and resource pool, count")
	}
	if d.URL == "" {
		diags.Errorf(diag.NotShared, at, "datastore %q has no url in the inventory", d.Name).
			WithHint("give it the url that vCenter shows: ds:///vmfs/volumes/…/")
	}
	return d, true
}
