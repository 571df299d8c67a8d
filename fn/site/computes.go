// SPDX-License-Identifier: Apache-2.0

package site

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/vspread/vspread/inventory"
)

// PlaceOf tells where the machines of a datastore run: in the datacenter that its path tells, or else in the given one, which may
// be "".
func (v *VSphere) PlaceOf(d inventory.Datastore, datacenter string) Place {
	if dc, ok := v.Directory().DatacenterOf(d.Path); ok {
		datacenter = dc.Path
	}
	p := Place{Datastore: d, Datacenter: datacenter, Compute: datacenter}
	if len(d.Hosts) != 1 {
		return p
	}
	h, _ := v.Inventory.Host(d.Hosts[0])
	if compute, known := v.computeOf(h, datacenter); known {
		p.Compute = compute
		return p
	}
	p.others = v.knownComputes(datacenter)
	return p
}

// knownComputes gives the paths of the compute clusters and of the hosts that stand alone, as far as they are known.
func (v *VSphere) knownComputes(datacenter string) []string {
	if known, ok := v.computes[datacenter]; ok {
		return known
	}
	var paths []string
	for _, h := range v.Inventory.Hosts {
		if compute, known := v.computeOf(h, datacenter); known {
			paths = append(paths, compute)
		}
	}
	slices.Sort(paths)
	v.computes[datacenter] = slices.Compact(paths)
	return v.computes[datacenter]
}

// computeOf gives the path of a host's compute cluster, or of a host that stands alone; false is that it is no more than the
// place where most of these stand.
func (v *VSphere) computeOf(h inventory.Host, datacenter string) (string, bool) {
	if h.Cluster != "" {
		return h.Cluster, true
	}
	p := v.rootPools().HostPath(h, datacenter)
	isTold := h.Path != "" || v.Inventory.Server != "" || v.rootPools().HasBelow(p)
	return p, p != "" && isTold
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
			compute, _ := v.computeOf(h, cmp.Or(datacenter, "/DATACENTER"))
			alone = append(alone, compute+"/Resources")
		}
	}
	for _, c := range slices.Sorted(maps.Keys(clusters)) {
		paths = append(paths, c+"/Resources")
	}
	return append(paths, alone...), len(clusters) > 0
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
	for _, p := range v.mountedPaths(h.Name) {
		if strings.HasPrefix(p, datacenter+"/") {
			return true
		}
		elsewhere = true
	}
	return !elsewhere
}
