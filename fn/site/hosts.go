// SPDX-License-Identifier: Apache-2.0

package site

import (
	"slices"
	"strings"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// NodeHosts gives the hosts, apart from those that are gone, that may run a node of the Cluster: those of the datastores that
// its pools are on, and those that its control plane can be on. A volume can be attached everywhere only where all of them
// mount its datastore.
func (v *VSphere) NodeHosts(c Cluster, pools []inventory.Datastore, objects *object.Set) []string {
	may := v.controlPlaneHosts(c, objects)
	if may == nil {
		// Nothing tells, but a Cluster does not reach beyond the datacenters of its pools: no datastore does.
		may = v.hostsInDatacentersOf(pools)
	}
	for _, d := range pools {
		for _, h := range d.Hosts {
			may[h] = true
		}
	}
	return slices.DeleteFunc(v.Inventory.HostNames(), func(h string) bool { return !may[h] })
}

// controlPlaneHosts gives the hosts that the template of the control plane's machines allows; nil is that nothing tells.
func (v *VSphere) controlPlaneHosts(c Cluster, objects *object.Set) map[string]bool {
	t := c.ControlPlaneTemplate
	if t == nil || len(ReadZones(objects)) > 0 {
		return nil // failure domains put machines elsewhere
	}
	datacenter := v.datacenterIn(t)
	datastores := v.controlPlaneDatastores(t)
	compute := ""
	pool := v.Meant(inventory.ResourcePoolClass, tree.String(t.Node, "spec", "template", "spec", "resourcePool"), datacenter)
	if strings.HasPrefix(pool, "/") {
		compute, _, _ = strings.Cut(pool, "/Resources")
	}
	if len(datastores) != 1 && compute == "" {
		return nil
	}
	out := map[string]bool{}
	for _, h := range v.Inventory.Hosts {
		own, known := v.computeOf(h, datacenter)
		isIn := compute == "" || !known || own == compute
		if isIn && (len(datastores) != 1 || slices.Contains(datastores[0].Hosts, h.Name)) {
			out[h.Name] = true
		}
	}
	return out
}

func (v *VSphere) hostsInDatacentersOf(datastores []inventory.Datastore) map[string]bool {
	out := map[string]bool{}
	if len(datastores) == 0 {
		datastores = []inventory.Datastore{{}} // any
	}
	seen := map[string]bool{}
	for _, d := range datastores {
		dc, _ := v.Directory().DatacenterOf(d.Path)
		if seen[dc.Path] {
			continue
		}
		seen[dc.Path] = true
		for _, h := range v.Inventory.Hosts {
			out[h.Name] = out[h.Name] || v.isIn(h, dc.Path)
		}
	}
	return out
}
