// SPDX-License-Identifier: Apache-2.0

package simulated

import (
	"context"
	"slices"
	"strings"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// PortGroup makes a distributed port group on a switch of its own that these hosts belong to.
func (b *Builder) PortGroup(datacenter Ref, name string, security types.DVSSecurityPolicy, hosts ...Ref) Ref {
	dc := b.ctx.Map.Get(datacenter).(*simulator.Datacenter)
	spec := types.DVSCreateSpec{ConfigSpec: &types.VMwareDVSConfigSpec{DVSConfigSpec: types.DVSConfigSpec{Name: name + "-switch"}}}
	task, err := object.NewFolder(b.client, dc.NetworkFolder).CreateDVS(b.ctx, spec)
	must(err)
	info, err := task.WaitForResult(context.Background())
	must(err)
	dvs := object.NewDistributedVirtualSwitch(b.client, info.Result.(Ref))
	task, err = dvs.AddPortgroup(b.ctx, []types.DVPortgroupConfigSpec{{
		Name: name, Type: string(types.DistributedVirtualPortgroupPortgroupTypeEarlyBinding), NumPorts: 8,
		DefaultPortConfig: &types.VMwareDVSPortSetting{SecurityPolicy: &security},
	}})
	must(err)
	must(task.Wait(context.Background()))
	var made Ref
	own := b.ctx.Map.Get(dvs.Reference()).(*simulator.DistributedVirtualSwitch)
	// A machine gets no card on a switch that its host does not belong to.
	own.Summary.HostMember = slices.Clone(hosts)
	for _, ref := range own.Portgroup {
		pg := b.ctx.Map.Get(ref).(*simulator.DistributedVirtualPortgroup)
		pg.Host = slices.Concat(pg.Host, hosts)
		// The simulator does not say which are for uplinks.
		pg.Config.Uplink = types.NewBool(strings.Contains(pg.Name, "DVUplinks"))
		if pg.Name == name {
			made = ref
		}
		for _, h := range hosts {
			host := b.ctx.Map.Get(h).(*simulator.HostSystem)
			host.Network = append(host.Network, ref)
		}
	}
	return made
}

// Security is a security policy of a port group.
func Security(promiscuous, macChanges, forgedTransmits bool) types.DVSSecurityPolicy {
	return types.DVSSecurityPolicy{
		AllowPromiscuous: &types.BoolPolicy{Value: &promiscuous},
		MacChanges:       &types.BoolPolicy{Value: &macChanges},
		ForgedTransmits:  &types.BoolPolicy{Value: &forgedTransmits},
	}
}
