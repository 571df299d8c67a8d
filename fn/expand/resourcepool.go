// SPDX-License-Identifier: Apache-2.0

package expand

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// resourcePool looks for the pool where the datastore's host is: a compute cluster's machines cannot run in
// the resource pool of another, nor those of a stand-alone host.
func (e *expansion) resourcePool(spec *yaml.Node, layers []layer, pool Pool, datacenter string, at diag.Where) {
	where := e.placeOfHost(pool, datacenter)
	v, from := value(layers, "resourcePool")
	if v == nil {
		here := at.Dot("machine.resourcePool")
		if s, ok := e.only(inventory.ResourcePoolClass, where, here, false); ok {
			tree.Set(spec, codec.String(s), "resourcePool")
		} else if len(e.listed(inventory.ResourcePoolClass)) == 0 && pool.Draining == "" {
			e.noteDefaultPool(datacenter, here)
		}
		return
	}
	here := from.at.Dot("resourcePool")
	s := e.resolve(inventory.ResourcePoolClass, v.Value, where, here)
	tree.Set(spec, codec.String(s), "resourcePool")
	inside := strings.HasPrefix(s, where+"/")
	if strings.HasPrefix(s, "/") && !inside && where != datacenter && len(inventory.Within(e.listed(inventory.ResourcePoolClass), where)) > 0 {
		e.diags.Errorf(diag.UnknownReference, here, "resource pool %s is not where the host of datastore %s is, %s", s, pool.Datastore.Name, where).
			WithHint("name the resource pool of that host in an override for the datastore, or by a name that each place has")
	}
}

// placeOfHost is the path below which the resource pools of the pool's host are.
func (e *expansion) placeOfHost(pool Pool, datacenter string) string {
	if len(pool.Datastore.Hosts) != 1 {
		return datacenter
	}
	h, _ := e.Inventory.Host(pool.Datastore.Hosts[0])
	switch {
	case h.Cluster != "":
		return h.Cluster
	case datacenter != "":
		return datacenter + "/host/" + h.Name
	}
	return datacenter
}

// noteDefaultPool tells of machines for which nobody names a resource pool. CAPV then takes the only one that the datacenter has
// at the top, and there is one for each compute cluster and for each host outside of them: with several it makes no machine. We do
// not make the choice: a host whose cluster was only left out has no resource pool of its own.
func (e *expansion) noteDefaultPool(datacenter string, at diag.Where) {
	once := "resource pool of " + at.Field + " in " + datacenter
	if e.said[once] {
		return // of another pool
	}
	e.said[once] = true
	clusters, alone := map[string]bool{}, []string{}
	for _, h := range e.Inventory.Hosts {
		switch {
		case h.State == inventory.Gone || !e.isIn(h, datacenter):
		case h.Cluster != "":
			clusters[h.Cluster] = true
		default:
			alone = append(alone, h.Name)
		}
	}
	if len(clusters)+len(alone) < 2 {
		return
	}
	var paths []string
	for _, c := range slices.Sorted(maps.Keys(clusters)) {
		paths = append(paths, "{path: "+c+"/Resources}")
	}
	for _, h := range alone {
		paths = append(paths, "{path: "+cmp.Or(datacenter, "/DATACENTER")+"/host/"+h+"/Resources}")
	}
	severity, where := diag.Warning, "several compute clusters or hosts outside of one have their own: CAPV does not choose, and makes no machine"
	if len(clusters) == 0 && e.Inventory.Server == "" {
		severity, where = diag.Info, "the inventory has no host in a compute cluster: if they do stand alone, each has its own, and CAPV, which does not choose, makes no machine"
	}
	d := e.diags.Add(severity, diag.DefaultResourcePool, at, "nothing says which resource pool the machines use, and %s", where)
	if severity == diag.Info {
		d.WithHint("if the hosts are in one compute cluster, say so: cluster: /DATACENTER/host/CLUSTER; if not, resourcePools: [%s]", diag.Choices(paths))
	} else {
		d.WithHint("list them in the inventory: resourcePools: [%s]", diag.Choices(paths))
	}
}

// isIn tells whether a host is in a datacenter, as far as its cluster's path and its datastores' paths tell.
func (e *expansion) isIn(h inventory.Host, datacenter string) bool {
	if datacenter == "" {
		return true
	}
	if h.Cluster != "" {
		return strings.HasPrefix(h.Cluster, datacenter+"/")
	}
	elsewhere := false
	for _, d := range e.Inventory.Datastores {
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
