// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"crypto/sha1" // the thumbprint that CAPV compares
	"encoding/pem"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/view"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vspread/vspread/inventory/vcenter/simulated"
)

// Clone is what a manager asked of vCenter.
type Clone struct {
	VM, Template, Folder, ResourcePool string
	// Datastores are those of the machine and of each of its disks, each once.
	Datastores                []string
	Networks                  []string
	NumCPUs                   int
	MemoryMiB, DiskGiB        int64
	HostNamed, SnapshotLinked bool
}

// VCenter is the simulated home lab with two templates of newer versions, whose clones are written down.
type VCenter struct {
	*simulated.Lab

	client *govmomi.Client
	mu     sync.Mutex
	clones []Clone
}

// The templates of the lab. Their names say what kubelet they hold.
var templates = []string{"ubuntu-2404-kube-v1.35.3", "ubuntu-2404-kube-v1.35.4"}

func startVCenter(ctx context.Context) (*VCenter, error) {
	lab, err := simulated.Start(simulated.Options{Build: func(b *simulated.Builder) {
		places := simulated.HomeLabPlaces(b)
		for _, name := range templates {
			b.Machine(simulated.Machine{Name: name, Folder: places.Folder, Pool: places.Pool, Host: places.Hosts[0],
				Datastore: simulated.Ref{Type: "Datastore", Value: "datastore-34"}, DiskGiB: 20, GuestOS: "ubuntu64Guest", Template: true})
		}
	}})
	if err != nil {
		return nil, err
	}
	v := &VCenter{Lab: lab}
	placing := lab.Model.Map().Handler
	lab.Model.Map().Handler = func(ctx *simulator.Context, m *simulator.Method) (mo.Reference, types.BaseMethodFault) {
		if r, ok := m.Body.(*types.CloneVM_Task); ok {
			v.record(ctx, r)
		}
		return placing(ctx, m)
	}
	u := lab.URL
	u.User = url.UserPassword(simulated.Username, simulated.Password)
	if v.client, err = govmomi.NewClient(ctx, &u, true); err != nil {
		lab.Close()
		return nil, err
	}
	return v, nil
}

// Thumbprint is that of the certificate, as CAPV wants it.
func (v *VCenter) Thumbprint() string {
	block, _ := pem.Decode(v.Certificate())
	sum := sha1.Sum(block.Bytes)
	var pairs []string
	for _, b := range sum {
		pairs = append(pairs, fmt.Sprintf("%02X", b))
	}
	return strings.Join(pairs, ":")
}

// record takes down a request as it came, before the simulator chooses a host for it.
func (v *VCenter) record(ctx *simulator.Context, r *types.CloneVM_Task) {
	c := Clone{VM: r.Name, Template: pathOf(ctx, &r.This), Folder: pathOf(ctx, &r.Folder), ResourcePool: pathOf(ctx, r.Spec.Location.Pool),
		HostNamed: r.Spec.Location.Host != nil, SnapshotLinked: r.Spec.Snapshot != nil}
	if r.Spec.Location.Datastore != nil {
		c.Datastores = append(c.Datastores, path.Base(pathOf(ctx, r.Spec.Location.Datastore)))
	}
	for _, d := range r.Spec.Location.Disk {
		c.Datastores = append(c.Datastores, path.Base(pathOf(ctx, &d.Datastore)))
	}
	slices.Sort(c.Datastores)
	c.Datastores = slices.Compact(c.Datastores)
	if config := r.Spec.Config; config != nil {
		c.NumCPUs, c.MemoryMiB = int(config.NumCPUs), config.MemoryMB
		for _, change := range config.DeviceChange {
			spec := change.GetVirtualDeviceConfigSpec()
			if disk, ok := spec.Device.(*types.VirtualDisk); ok {
				c.DiskGiB = disk.CapacityInKB >> 20
			}
			// The template's own cards are removed.
			if card, ok := spec.Device.(types.BaseVirtualEthernetCard); ok && spec.Operation == types.VirtualDeviceConfigSpecOperationAdd {
				c.Networks = append(c.Networks, networkOf(ctx, card.GetVirtualEthernetCard()))
			}
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.clones = append(v.clones, c)
}

// Clones are the requests so far, in their order.
func (v *VCenter) Clones() []Clone {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.clones)
}

func networkOf(ctx *simulator.Context, card *types.VirtualEthernetCard) string {
	switch b := card.Backing.(type) {
	case *types.VirtualEthernetCardNetworkBackingInfo:
		if b.Network != nil {
			return path.Base(pathOf(ctx, b.Network))
		}
		return b.DeviceName
	case *types.VirtualEthernetCardDistributedVirtualPortBackingInfo:
		return path.Base(pathOf(ctx, &types.ManagedObjectReference{Type: "DistributedVirtualPortgroup", Value: b.Port.PortgroupKey}))
	}
	return fmt.Sprintf("%T", card.Backing)
}

// pathOf is an object's inventory path.
func pathOf(ctx *simulator.Context, ref *types.ManagedObjectReference) string {
	var names []string
	for ref != nil {
		e, ok := ctx.Map.Get(*ref).(mo.Entity)
		if !ok {
			return ref.String()
		}
		name, parent := e.Entity().Name, e.Entity().Parent
		if n, ok := e.(*mo.Network); ok {
			name = n.Name
		}
		if pg, ok := e.(*simulator.DistributedVirtualPortgroup); ok {
			name = pg.Name
		}
		// The root folder is not part of a path.
		if parent != nil {
			names = append(names, name)
		}
		ref = parent
	}
	slices.Reverse(names)
	return "/" + strings.Join(names, "/")
}

// VM is a virtual machine as the simulator holds it.
type VM struct {
	Ref                   types.ManagedObjectReference
	Name, UUID, Host      string
	Datastore             string
	PoweredOn, HasAddress bool
	MACs                  []string
}

// VMs are the virtual machines that are no templates, by name.
func (v *VCenter) VMs(ctx context.Context) (map[string]VM, error) {
	manager := view.NewManager(v.client.Client)
	all, err := manager.CreateContainerView(ctx, v.client.ServiceContent.RootFolder, []string{"VirtualMachine", "HostSystem"}, true)
	if err != nil {
		return nil, err
	}
	defer func() { _ = all.Destroy(context.WithoutCancel(ctx)) }() // the session ends soon
	var hosts []mo.HostSystem
	if err := all.Retrieve(ctx, []string{"HostSystem"}, []string{"name"}, &hosts); err != nil {
		return nil, err
	}
	names := map[types.ManagedObjectReference]string{}
	for _, h := range hosts {
		names[h.Self] = h.Name
	}
	var vms []mo.VirtualMachine
	properties := []string{"name", "config.template", "config.uuid", "config.files.vmPathName", "config.hardware.device",
		"runtime.host", "runtime.powerState", "guest.ipAddress"}
	if err := all.Retrieve(ctx, []string{"VirtualMachine"}, properties, &vms); err != nil {
		return nil, err
	}
	found := map[string]VM{}
	for _, m := range vms {
		if m.Config == nil || m.Config.Template {
			continue
		}
		vm := VM{Ref: m.Self, Name: m.Name, UUID: m.Config.Uuid, PoweredOn: m.Runtime.PowerState == types.VirtualMachinePowerStatePoweredOn,
			HasAddress: m.Guest != nil && m.Guest.IpAddress != ""}
		if m.Runtime.Host != nil {
			vm.Host = names[*m.Runtime.Host]
		}
		var home object.DatastorePath
		if home.FromString(m.Config.Files.VmPathName) {
			vm.Datastore = home.Datastore
		}
		for _, d := range m.Config.Hardware.Device {
			if card, ok := d.(types.BaseVirtualEthernetCard); ok {
				vm.MACs = append(vm.MACs, card.GetVirtualEthernetCard().MacAddress)
			}
		}
		found[vm.Name] = vm
	}
	return found, nil
}

// GiveAddress does what the guest's tools do: they report an address for each card.
func (v *VCenter) GiveAddress(vm VM, address string) {
	var nics []types.GuestNicInfo
	for i, mac := range vm.MACs {
		ip := address
		if i > 0 {
			ip = fmt.Sprintf("172.16.%d.%s", i, address[strings.LastIndexByte(address, '.')+1:])
		}
		nics = append(nics, types.GuestNicInfo{MacAddress: mac, IpAddress: []string{ip}, Connected: true, DeviceConfigId: int32(4000 + i)})
	}
	v.Update(vm.Ref, types.PropertyChange{Name: "guest.net", Val: nics}, types.PropertyChange{Name: "guest.ipAddress", Val: address})
}

// Lose takes hosts out of the vCenter, as when one is removed that does not come back: their virtual machines and
// their local datastores go with them.
func (v *VCenter) Lose(ctx context.Context, hosts ...string) error {
	vms, err := v.VMs(ctx)
	if err != nil {
		return err
	}
	for _, vm := range vms {
		if !slices.Contains(hosts, vm.Host) {
			continue
		}
		o := object.NewVirtualMachine(v.client.Client, vm.Ref)
		if vm.PoweredOn {
			task, err := o.PowerOff(ctx)
			if err != nil {
				return err
			}
			if err := task.Wait(ctx); err != nil {
				return err
			}
		}
		if err := o.Unregister(ctx); err != nil {
			return err
		}
	}
	lost := map[types.ManagedObjectReference]bool{}
	for _, name := range hosts {
		lost[v.Find("HostSystem", name)] = true
	}
	isLost := func(host types.ManagedObjectReference) bool { return lost[host] }
	for _, e := range v.Model.Map().All("") {
		switch o := e.(type) {
		case *simulator.Datastore:
			mounts := slices.DeleteFunc(slices.Clone(o.Host), func(m types.DatastoreHostMount) bool { return lost[m.Key] })
			v.Update(o.Self, types.PropertyChange{Name: "host", Val: mounts})
			if len(mounts) == 0 {
				lost[o.Self] = true
			}
		case *mo.Network:
			v.Update(o.Self, types.PropertyChange{Name: "host", Val: slices.DeleteFunc(slices.Clone(o.Host), isLost)})
		case *simulator.DistributedVirtualPortgroup:
			v.Update(o.Self, types.PropertyChange{Name: "host", Val: slices.DeleteFunc(slices.Clone(o.Host), isLost)})
		case *simulator.ClusterComputeResource:
			v.Update(o.Self, types.PropertyChange{Name: "host", Val: slices.DeleteFunc(slices.Clone(o.Host), isLost)})
		}
	}
	// They stay in the simulator's registry, where too much refers to them.
	v.Remove(slices.Collect(maps.Keys(lost))...)
	return nil
}

// Close ends the simulator. It does not wait for connections that the managers hold.
func (v *VCenter) Close() {
	done := make(chan struct{})
	go func() { v.Lab.Close(); close(done) }()
	waitBriefly(done)
}
