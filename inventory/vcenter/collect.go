// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"cmp"
	"context"
	"slices"

	"github.com/vspread/vspread/inventory"
)

// Collect reads the inventory. It gives all that the user may see, with the rest as gaps, or an error; never a part.
// Ordinals, and what earlier inventories remember, are for the caller to add. progress may be nil.
func (s *Session) Collect(ctx context.Context, scope Scope, progress func(string)) (inventory.Inventory, error) {
	if progress == nil {
		progress = func(string) {}
	}
	var inv inventory.Inventory
	err := s.read(ctx, progress, func() error {
		var err error
		inv, err = s.collect(ctx, scope, progress)
		return err
	})
	if err != nil {
		return inventory.Inventory{}, s.explain(err)
	}
	return inv, nil
}

func (s *Session) collect(ctx context.Context, scope Scope, progress func(string)) (inventory.Inventory, error) {
	progress("reading the inventory")
	t, err := s.everything(ctx, properties("config.guestId"), progress)
	if err != nil {
		return inventory.Inventory{}, err
	}
	chosen, err := t.choose(s.url.Host, s.scope(scope))
	if err != nil {
		return inventory.Inventory{}, err
	}
	// Of all machines this would be most of the traffic.
	if err := s.details(ctx, t, chosen.templates, "config.hardware.device", "datastore", "snapshot"); err != nil {
		return inventory.Inventory{}, err
	}
	chosen.templates = t.present(chosen.templates)

	progress("reading tags")
	tagged := chosen.all()
	tags, err := s.tagsOf(ctx, t, tagged)
	if err != nil {
		return inventory.Inventory{}, err
	}
	progress("reading storage policies")
	policies, err := s.storagePolicies(ctx, t, chosen)
	if err != nil {
		return inventory.Inventory{}, err
	}

	t.unread(tagged)
	t.nameless()
	t.severed()
	b := builder{t, chosen, tags}
	inv := b.inventory()
	about := s.vim.ServiceContent.About
	inv.Server, inv.Version, inv.InstanceID, inv.Thumbprint = s.server(), about.Version, about.InstanceUuid, s.trust.thumbprint()
	inv.StoragePolicies = policies
	slices.Sort(t.gaps)
	inv.Gaps = slices.Compact(t.gaps)
	return inv, nil
}

// all lists what an inventory holds.
func (c *selection) all() []*node {
	return slices.Concat(c.datacenters, c.clusters, c.hosts, c.datastores, c.pods, c.networks, c.pools, c.folders, c.templates)
}

// present leaves out what was removed between two reads.
func (t *tree) present(nodes []*node) []*node {
	return slices.DeleteFunc(nodes, func(n *node) bool { return t.nodes[n.ref] == nil })
}

func (s *Session) scope(scope Scope) Scope {
	scope.Datacenter = cmp.Or(scope.Datacenter, s.options.Datacenter)
	return scope
}

// server is the name under which vCenter was reached; the usual port goes without saying.
func (s *Session) server() string {
	if s.url.Port() == "" || s.url.Port() == "443" {
		return s.url.Hostname()
	}
	return s.url.Host
}
