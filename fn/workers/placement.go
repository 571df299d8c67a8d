// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// pin sets the pool's datastore, and thereby the host, and tells where the machines run then.
func (d draft) pin() site.Place {
	// CAPV takes these from the VSphereCluster; in an immutable template a renewed certificate would
	// roll every machine.
	tree.Remove(d.spec, "server")
	if !d.keepsThumbprint {
		tree.Remove(d.spec, "thumbprint")
	}
	datastore := d.pool.Datastore
	tree.Remove(d.spec, "datastore") // with what is said about the seed's, which this pool's may be as well
	tree.Set(d.spec, codec.String(spellDatastore(datastore, d.vsphere)), "datastore")

	datacenter := ""
	if dc, ok := d.vsphere.Directory().DatacenterOf(datastore.Path); ok {
		datacenter = dc.Path
		tree.Set(d.spec, codec.String(d.vsphere.Spell(inventory.DatacenterClass, inventory.Object{Name: dc.Name, Path: dc.Path, ID: dc.ID}, "")), "datacenter")
	} else if v, from := d.sources.value("datacenter"); v != nil {
		ref := d.vsphere.Resolve(inventory.DatacenterClass, v.Value, site.Place{}, from.at.Dot("datacenter"), d.diags)
		tree.Set(d.spec, codec.String(ref), "datacenter")
		if found := d.vsphere.Find(inventory.DatacenterClass, v.Value, ""); len(found) == 1 {
			datacenter = found[0].Path
		}
	} else if all := d.vsphere.All(inventory.DatacenterClass); len(all) == 1 {
		tree.Set(d.spec, codec.String(d.vsphere.Spell(inventory.DatacenterClass, all[0], "")), "datacenter")
	} else if len(all) > 1 {
		d.diags.Errorf(diag.MissingMachineValue, d.at, "nothing says in which datacenter %s is: %s", datastore.Name, diag.Choices(site.Spellings(all))).
			WithHint("write the datastore's path in the inventory")
	}
	return d.vsphere.PlaceOf(datastore, datacenter)
}

// spellDatastore writes a pool's datastore. CAPV's finder reads a path as a glob, so a name with the
// characters of globs goes by its id.
func spellDatastore(d inventory.Datastore, v *site.VSphere) string {
	if d.ID != "" && strings.ContainsAny(d.Name, `*?[]\`) {
		return "Datastore:" + d.ID
	}
	return v.Spell(inventory.DatastoreClass, d.Object(), "")
}

// reference spells what a field refers to; where nothing is said about it, it is the only candidate at a place.
func (d draft) reference(class inventory.Class, field string, where site.Place, required bool) {
	if v, from := d.sources.value(field); v != nil {
		tree.Set(d.spec, codec.String(d.vsphere.Resolve(class, v.Value, where, from.at.Dot(field), d.diags)), field)
	} else if from.isSaid() {
		return
	} else if s, ok := d.vsphere.Only(class, where, required, d.at.Dot("machine."+field), d.diags); ok {
		tree.Set(d.spec, codec.String(s), field)
	}
}

// resourcePool looks for the pool where the datastore's host is: a compute cluster's machines cannot run in
// the resource pool of another, nor those of a stand-alone host.
func (d draft) resourcePool(where site.Place) {
	before := len(*d.diags)
	d.reference(inventory.ResourcePoolClass, "resourcePool", where, false)
	if tree.Get(d.spec, "resourcePool") == nil && len(*d.diags) == before && d.pool.Draining == "" {
		d.noteDefaultPool(where.Datacenter)
	}
}

// noteDefaultPool tells of machines for which nobody names a resource pool. CAPV then takes the only one that the datacenter has
// at the top, and there is one for each compute cluster and for each host outside of them: with several it makes no machine. We do
// not make the choice: a host whose cluster was only left out has no resource pool of its own.
func (d draft) noteDefaultPool(datacenter string) {
	once := "resource pool in " + datacenter
	if d.said[once] {
		return // of another pool
	}
	d.said[once] = true
	paths, known := d.vsphere.RootPools(datacenter)
	if len(paths) < 2 {
		return
	}
	for i, p := range paths {
		paths[i] = "{path: " + p + "}"
	}
	at := d.at.Dot("machine.resourcePool")
	if !known && d.vsphere.Inventory.Server == "" {
		d.diags.Infof(diag.DefaultResourcePool, at, "nothing says which resource pool the machines use, and %s",
			"the inventory has no host in a compute cluster: if they do stand alone, each has its own, and CAPV, which does not choose, makes no machine").
			WithHint("if the hosts are in one compute cluster, say so: cluster: /DATACENTER/host/CLUSTER; if not, resourcePools: [%s]", diag.Choices(paths))
		return
	}
	d.diags.Warnf(diag.DefaultResourcePool, at, "nothing says which resource pool the machines use, and %s",
		"several compute clusters or hosts outside of one have their own: CAPV does not choose, and makes no machine").
		WithHint("list them in the inventory: resourcePools: [%s]", diag.Choices(paths))
}

// networks spells the networks and checks that the pool's host has them; where nothing names one, it is the only one.
func (d draft) networks(where site.Place) {
	const class = inventory.NetworkClass
	_, from := d.sources.value("network")
	devices := tree.List(d.spec, "network", "devices")
	for i, x := range devices {
		if ref := tree.String(x, "networkName"); ref != "" {
			here := from.at.Dot(from.networks).Index(i)
			tree.Set(x, codec.String(d.vsphere.Resolve(class, ref, where, here, d.diags)), "networkName")
			d.onHost(ref, where, here)
		}
	}
	if len(devices) > 0 {
		return
	}
	at := d.at.Dot("machine.networks")
	if s, ok := d.vsphere.Only(class, where, true, at, d.diags); ok {
		d.onHost(s, where, at)
		tree.Set(d.spec, &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq, Content: []*yaml.Node{device(s)}}, "network", "devices")
	}
}

// onHost reports a network that the pool's host does not have, where the inventory knows.
func (d draft) onHost(ref string, where site.Place, at diag.Where) {
	datastore := d.pool.Datastore
	found := d.vsphere.Find(inventory.NetworkClass, ref, where.Datacenter)
	if len(found) != 1 || d.vsphere.Inventory.IsGone(datastore) {
		return // a host that is gone has no networks, and its pool no machines
	}
	for _, n := range d.vsphere.Inventory.Networks {
		if (inventory.Object{Name: n.Name, Path: n.Path, ID: n.ID}) != found[0] || len(n.Hosts) == 0 {
			continue
		}
		for _, h := range datastore.Hosts {
			if !slices.Contains(n.Hosts, h) {
				d.diags.Errorf(diag.UnknownReference, at, "host %s of datastore %s has no network %s", h, datastore.Name, found[0].Spelling()).
					WithHint("name one that it has in an override for the datastore, or leave the datastore out")
			}
		}
	}
}
