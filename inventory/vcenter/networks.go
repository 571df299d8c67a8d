// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"slices"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vspread/vspread/inventory"
)

func (b *builder) network(n *node) inventory.Network {
	out := inventory.Network{Name: n.name, Path: b.pathOf(n), ID: n.ref.Value, Type: n.ref.Type, Tags: b.tags[n.ref]}
	refs := references(n, "host")
	for _, ref := range refs {
		h := b.nodes[ref]
		if h != nil && b.chosen.within[ref] {
			out.Hosts = append(out.Hosts, h.name)
		}
	}
	slices.Sort(out.Hosts)
	_, hidden := b.names(refs)
	b.outOfSight(n, hidden, "its hosts are")
	switch n.ref.Type {
	case "DistributedVirtualPortgroup":
		out.Security = value[*inventory.Security](n, "config.defaultPortConfig")
	case "Network":
		out.Security = b.standard(n, refs)
	}
	return out
}

// distributed is the policy of a distributed port group. Newer ones have it in the MAC management policy.
func distributed(c types.VMwareDVSPortSetting) *inventory.Security {
	out := &inventory.Security{}
	if p := c.SecurityPolicy; p != nil {
		out.Promiscuous, out.MACChanges, out.ForgedTransmits = set(p.AllowPromiscuous), set(p.MacChanges), set(p.ForgedTransmits)
	}
	if p := c.MacManagementPolicy; p != nil {
		out.Promiscuous, out.MACChanges, out.ForgedTransmits =
			or(p.AllowPromiscuous, out.Promiscuous), or(p.MacChanges, out.MACChanges), or(p.ForgedTransmits, out.ForgedTransmits)
	}
	if *out == (inventory.Security{}) {
		return nil
	}
	return out
}

// standard is the policy of a standard port group, which each of its hosts has for itself.
func (b *builder) standard(n *node, hosts []types.ManagedObjectReference) *inventory.Security {
	var out *inventory.Security
	for _, ref := range hosts {
		h := b.nodes[ref]
		if h == nil || h.values["config.network.portgroup"] == nil {
			// This one may have another.
			b.doubt(n, "security")
			continue
		}
		for _, security := range value[portGroups](h, "config.network.portgroup")[n.name] {
			if out == nil {
				out = &inventory.Security{Promiscuous: security.AllowPromiscuous, MACChanges: security.MacChanges, ForgedTransmits: security.ForgedTransmits}
				continue
			}
			for _, f := range []struct {
				name string
				all  **bool
				this *bool
			}{
				{"promiscuous mode", &out.Promiscuous, security.AllowPromiscuous},
				{"MAC address changes", &out.MACChanges, security.MacChanges},
				{"forged transmits", &out.ForgedTransmits, security.ForgedTransmits},
			} {
				if *f.all != nil && (f.this == nil || **f.all != *f.this) {
					*f.all = nil
					b.disagree(n, "its hosts disagree on %s", f.name)
				}
			}
		}
	}
	return out
}

func set(p *types.BoolPolicy) *bool {
	if p == nil {
		return nil
	}
	return p.Value
}

func or(first, second *bool) *bool {
	if first != nil {
		return first
	}
	return second
}
