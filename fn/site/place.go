// SPDX-License-Identifier: Apache-2.0

package site

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/vspread/vspread/inventory"
)

// Place is where the machines of a datastore run.
type Place struct {
	Datastore inventory.Datastore
	// Datacenter is the path below which names are looked up, or "" where nothing tells it.
	Datacenter string
	// Compute is the path below which the resource pools of the datastore's only host are: its compute cluster, or the host
	// itself outside of one. Where nothing tells it, it is the datacenter.
	Compute string
}

// PlaceOf tells where the machines of a datastore run, in a datacenter given by its path.
func (v *VSphere) PlaceOf(d inventory.Datastore, datacenter string) Place {
	p := Place{Datastore: d, Datacenter: datacenter, Compute: datacenter}
	if len(d.Hosts) != 1 {
		return p
	}
	h, _ := v.Inventory.Host(d.Hosts[0])
	switch {
	case h.Cluster != "":
		p.Compute = h.Cluster
	case datacenter != "":
		p.Compute = datacenter + "/host/" + h.Name
	}
	return p
}

// RootPools gives the paths of the resource pools at the top of a datacenter: one for each compute cluster and one for each
// host that stands alone. Known tells whether any host is in a compute cluster: where none is, clusters may only have
// been left out.
func (v *VSphere) RootPools(datacenter string) (paths []string, known bool) {
	clusters, alone := map[string]bool{}, []string{}
	for _, h := range v.Inventory.Hosts {
		switch {
		case h.State == inventory.Gone || !v.isIn(h, datacenter):
		case h.Cluster != "":
			clusters[h.Cluster] = true
		default:
			alone = append(alone, h.Name)
		}
	}
	for _, c := range slices.Sorted(maps.Keys(clusters)) {
		paths = append(paths, c+"/Resources")
	}
	for _, h := range alone {
		paths = append(paths, cmp.Or(datacenter, "/DATACENTER")+"/host/"+h+"/Resources")
	}
	return paths, len(clusters) > 0
}

// isIn tells whether a host is in a datacenter, as far as its cluster's path and its datastores' paths tell.
func (v *VSphere) isIn(h inventory.Host, datacenter string) bool {
	if datacenter == "" {
		return true
	}
	if h.Cluster != "" {
		return strings.HasPrefix(h.Cluster, datacenter+"/")
	}
	elsewhere := false
	for _, d := range v.Inventory.Datastores {
		if !slices.Contains(d.Hosts, h.Name) || d.Path == "" {
			continue
		}
		if strings.HasPrefix(d.Path, datacenter+"/") {
			return true
		}
		elsewhere = true
	}
	return !elsewhere
}
