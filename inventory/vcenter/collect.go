// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"cmp"
	"context"
	"slices"

	"github.com/vspread/vspread/inventory"
)

// Collect reads the inventory: all that the user may see, with what could not be read by name, or an error; never a part. What an
// inventory remembers and the reading does not show is asked for by its id, so that it can be told whether it is gone or out
// of sight; bringing the two together is for inventory.Merge. progress may be nil.
func (s *Session) Collect(ctx context.Context, scope Scope, remembered inventory.Inventory, progress func(string)) (inventory.Reading, error) {
	if progress == nil {
		progress = func(string) {}
	}
	var reading inventory.Reading
	err := s.read(ctx, progress, func() error {
		var err error
		reading, err = s.collect(ctx, scope, remembered, progress)
		return err
	})
	if err != nil {
		return inventory.Reading{}, s.explain(err)
	}
	return reading, nil
}

func (s *Session) collect(ctx context.Context, scope Scope, remembered inventory.Inventory, progress func(string)) (inventory.Reading, error) {
	progress("reading the inventory")
	t, err := s.everything(ctx, properties("config.guestId"), progress)
	if err != nil {
		return inventory.Reading{}, err
	}
	chosen, err := t.choose(s.url.Host, s.scope(scope))
	if err != nil {
		return inventory.Reading{}, err
	}
	// Of all machines this would be most of the traffic.
	if err := s.details(ctx, t, chosen.templates, "config.hardware.device", "datastore", "snapshot"); err != nil {
		return inventory.Reading{}, err
	}
	chosen.templates = t.present(chosen.templates)

	progress("reading tags")
	tagged := chosen.all()
	attached, err := s.tagsOf(ctx, t, tagged)
	if err != nil {
		return inventory.Reading{}, err
	}
	progress("reading storage policies")
	policies, err := s.storagePolicies(ctx, t, chosen, remembered.StoragePolicies)
	if err != nil {
		return inventory.Reading{}, err
	}
	about := s.vim.ServiceContent.About
	if remembered.InstanceID == "" || remembered.InstanceID == about.InstanceUuid {
		if err := s.lookFor(ctx, t, remembered); err != nil {
			return inventory.Reading{}, err
		}
	}
	if err := s.rights(ctx, t); err != nil {
		return inventory.Reading{}, err
	}

	t.unread(tagged)
	t.nameless()
	t.severed()
	b := builder{tree: t, chosen: chosen, tags: attached.tags, fields: map[string][]string{}, crowded: map[string]bool{}, sayers: t.sayersOf()}
	inv := b.inventory()
	b.unknown(tagged)
	b.unknown(chosen.outside)
	for _, n := range tagged {
		if attached.unread[n.ref] {
			b.doubt(n, "tags")
		}
	}
	inv.Server, inv.Version, inv.InstanceID, inv.Thumbprint = s.server(), about.Version, about.InstanceUuid, s.trust.thumbprint()
	inv.StoragePolicies = policies
	inv.Gaps, inv.Disagreements = sorted(t.gaps), sorted(t.disagreements)
	if !fits(inv) {
		return inventory.Reading{}, errTooMuch
	}
	reading := inventory.Reading{Seen: inv, Scope: chosen.scope, Outside: map[string]bool{}, Hidden: t.hidden,
		Unread: b.fields, Crowded: b.crowded, Limited: t.limited}
	for _, n := range chosen.outside {
		reading.Outside[n.ref.Value] = true
	}
	return reading, nil
}

func sorted(notes []string) []string {
	slices.Sort(notes)
	return slices.Compact(notes)
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
