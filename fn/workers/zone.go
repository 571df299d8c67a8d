// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

var failureDomain = []string{"spec", "template", "spec", "failureDomain"}

// zoneOf gives the zone that a MachineDeployment's machines are in; nil is none, or one that has been reported.
func zoneOf(md *object.Object, in Input, diags *diag.List) *site.Zone {
	v := tree.Get(md.Node, failureDomain...)
	if v == nil || v.Kind == yaml.ScalarNode && v.Value == "" {
		return nil
	}
	if z, ok := site.ReadZones(in.Objects)[v.Value]; ok {
		return &z
	}
	diags.Errorf(diag.InvalidValue, diag.At(md.Ref, joinPath(failureDomain)), "zone %q is not in the input, and it may put the machines onto another datastore than the pool's", v.Value).
		WithHint("give its VSphereDeploymentZone and VSphereFailureDomain to vspread, or keep the MachineDeployment beside the pools with the annotation %s: \"true\"; do not take the field out of one that runs, for that replaces its machines", object.ExcludeAnnotation)
	return nil
}

// otherPlace says where a zone puts the machines of a pool, when that is not where the pool is: CAPV takes the zone's datastore,
// datacenter and resource pool in place of the template's.
func otherPlace(z site.Zone, d inventory.Datastore, v *site.VSphere) string {
	where := v.PlaceOf(d, "")
	datacenter := where.Datacenter
	own := v.Meant(inventory.DatacenterClass, z.Datacenter, "")
	if datacenter != "" && strings.HasPrefix(own, "/") && own != datacenter {
		return "into datacenter " + own
	}
	if z.Datastore != "" {
		found := v.Find(inventory.DatastoreClass, z.Datastore, datacenter)
		if !slices.Contains(found, d.Object()) && (len(found) > 0 || z.Datastore != d.Name) {
			return "onto datastore " + z.Datastore
		}
	}
	pools := v.Find(inventory.ResourcePoolClass, z.ResourcePool, datacenter)
	isThere := func(o inventory.Object) bool { return o.Path == "" || o.IsBelow(where.Compute) }
	if z.ResourcePool != "" && len(pools) > 0 && !slices.ContainsFunc(pools, isThere) {
		return "into resource pool " + z.ResourcePool
	}
	return ""
}

// leaveZone takes the failure domain out of a copy of the seed when it would put the pool's machines elsewhere.
func leaveZone(node *yaml.Node, p pool, g group, v *site.VSphere, diags *diag.List) {
	if g.seed.zone == nil {
		return
	}
	elsewhere := otherPlace(*g.seed.zone, p.Datastore, v)
	if elsewhere == "" {
		return
	}
	zone := tree.Remove(node, failureDomain...)
	message := fmt.Sprintf("zone %s puts machines %s, so pools of group %s on other datastores do without it", zone.Value, elsewhere, g.Name)
	if !g.said[message] {
		g.said[message] = true
		diags.Infof(diag.FailureDomainDropped, diag.At(g.seed.deployment.Ref, joinPath(failureDomain)), "%s", message)
	}
}

// refuseOtherZone reports a MachineDeployment to be adopted whose machines are elsewhere than the pool.
func refuseOtherZone(md *object.Object, z *site.Zone, d inventory.Datastore, v *site.VSphere, diags *diag.List) {
	if z == nil {
		return
	}
	if elsewhere := otherPlace(*z, d, v); elsewhere != "" {
		diags.Errorf(diag.InvalidValue, diag.At(md.Ref, joinPath(failureDomain)), "its zone puts the machines %s, and the override is for datastore %s", elsewhere, d.Object().Spelling()).
			WithHint("adopt it in an override for the datastore that its machines are on, or keep it beside the pools with the annotation %s: \"true\"; do not take the field out, for that replaces its machines", object.ExcludeAnnotation)
	}
}
