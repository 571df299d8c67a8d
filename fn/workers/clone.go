// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"slices"
	"strings"

	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// template checks that the machines can be cloned: that the template is not on lost disks alone.
func (d draft) template(where site.Place) {
	v, from := d.sources.value("template")
	t, ok := d.vsphere.Template(tree.String(d.spec, "template"), where.Datacenter)
	if !ok || d.pool.Draining != "" {
		return
	}
	lost := d.vsphere.LostTemplate(t)
	if lost == "" || d.said[lost] {
		return
	}
	d.said[lost] = true
	at := d.at.Dot("machine.template")
	if v != nil {
		at = from.at.Dot("template")
	}
	d.diags.Warnf(diag.TemplateLost, at, "no machine of group %s can be cloned: %s", d.pool.Group, lost).
		WithHint("put the template onto a datastore that is there, and refresh the inventory")
}

// storagePolicy checks that the pool's datastore satisfies the policy that a seed brings: CAPV looks at no other datastore than
// the one that is named, and makes no machine where that does not satisfy the policy.
// https://github.com/kubernetes-sigs/cluster-api-provider-vsphere/blob/main/pkg/services/govmomi/vcenter/clone.go
func (d draft) storagePolicy() {
	name := tree.String(d.spec, "storagePolicyName")
	inv := d.vsphere.Inventory
	if name == "" || strings.Contains(name, "${") || len(inv.StoragePolicies) == 0 || d.pool.Draining != "" {
		return
	}
	_, from := d.sources.value("storagePolicyName")
	at := from.at.Dot("storagePolicyName")
	var known []string
	for _, p := range inv.StoragePolicies {
		if p.Name == name || p.ID != "" && p.ID == name {
			if !d.vsphere.PolicyAllows(p, d.pool.Datastore) {
				d.diags.Errorf(diag.UnknownReference, at, "datastore %s does not satisfy storage policy %q, so no machine of pool %s can be made", d.pool.Datastore.Object().Spelling(), name, d.pool.Name).
					WithHint("take the policy out of the template, let the datastore satisfy it, or leave the datastore out of the group")
			}
			return
		}
		known = append(known, p.Name)
	}
	d.diags.Errorf(diag.UnknownReference, at, "there is no storage policy %q", name).DidYouMean(name, known, "the inventory has")
}

// linkedClone checks what a linked clone needs: its disks refer to the template's, so the pool's host
// must see a datastore of the template, which must have a snapshot.
func (d draft) linkedClone(where site.Place) {
	_, from := d.sources.value("cloneMode")
	at := from.at.Dot("cloneMode")
	t, ok := d.vsphere.Template(tree.String(d.spec, "template"), where.Datacenter)
	if !ok {
		return
	}
	if t.Snapshot != nil && !*t.Snapshot {
		d.diags.Warnf(diag.LinkedCloneOutOfReach, at, "template %s has no snapshot, so CAPV makes full clones of it", t.Name).
			WithHint("make a snapshot of the template, or set cloneMode: fullClone")
		return
	}
	if len(t.Datastores) == 0 {
		return
	}
	own := d.pool.Datastore
	visible := slices.ContainsFunc(d.vsphere.OfTemplate(t), func(x inventory.Datastore) bool { return x.MountedBy(own.Hosts) })
	if !visible {
		d.diags.Errorf(diag.LinkedCloneOutOfReach, at, "the host of %s sees no datastore of template %s (%s), so it cannot make linked clones of it",
			own.Name, t.Name, diag.Choices(t.Datastores)).
			WithHint("set cloneMode: fullClone, or keep a copy of the template on that datastore and name it in an override")
	}
}
