// SPDX-License-Identifier: Apache-2.0

package simulated

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/simulator/esx"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
)

// Ref names an object of the lab.
type Ref = types.ManagedObjectReference

const gib = 1 << 30

// Builder makes the inventory of a lab. Its methods panic where something cannot be made.
//
// Hosts and datastores are put into the registry directly: through the API a host takes 20 ms and gets an id
// that depends on all that was made before, and every datastore is mounted by every host.
type Builder struct {
	model    *simulator.Model
	ctx      *simulator.Context
	client   *vim25.Client
	facts    *facts
	tags     []tag
	policies []policy
	last     []func()
}

func newBuilder(model *simulator.Model) *Builder {
	client, err := vim25.NewClient(context.Background(), model.Service)
	must(err)
	b := &Builder{model: model, ctx: model.Service.Context, client: client,
		facts: &facts{urls: map[Ref]string{}}}
	b.facts.Self = factsRef
	b.ctx.Map.Put(b.facts)
	return b
}

// finish does what must come last.
func (b *Builder) finish() {
	for _, f := range b.last {
		f()
	}
	for _, e := range b.ctx.Map.All("") {
		// The simulator's views append to these lists for each request, which with room at their end would be a
		// data race between two of them.
		switch o := e.(type) {
		case *simulator.ClusterComputeResource:
			o.Host = slices.Clip(o.Host)
		case *mo.ComputeResource:
			o.Host = slices.Clip(o.Host)
		case *simulator.ResourcePool:
			o.ResourcePool.ResourcePool = slices.Clip(o.ResourcePool.ResourcePool)
		}
	}
}

// Datacenter makes a datacenter.
func (b *Builder) Datacenter(name string) Ref {
	dc, err := object.NewRootFolder(b.client).CreateDatacenter(b.ctx, name)
	must(err)
	return dc.Reference()
}

// Folder makes a folder in another, or in a datacenter's folder for machines.
func (b *Builder) Folder(parent Ref, name string) Ref {
	if dc, ok := b.ctx.Map.Get(parent).(*simulator.Datacenter); ok {
		parent = dc.VmFolder
	}
	f, err := object.NewFolder(b.client, parent).CreateFolder(b.ctx, name)
	must(err)
	return f.Reference()
}

// Cluster makes a compute cluster.
func (b *Builder) Cluster(datacenter Ref, name string, drs bool) Ref {
	dc := b.ctx.Map.Get(datacenter).(*simulator.Datacenter)
	spec := types.ClusterConfigSpecEx{DrsConfig: &types.ClusterDrsConfigInfo{Enabled: &drs}}
	c, err := object.NewFolder(b.client, dc.HostFolder).CreateCluster(b.ctx, name, spec)
	must(err)
	// The simulator leaves DRS on, whatever the specification says.
	own := b.ctx.Map.Get(c.Reference()).(*simulator.ClusterComputeResource)
	own.ConfigurationEx.(*types.ClusterConfigInfoEx).DrsConfig.Enabled = &drs
	return own.Self
}

// Pool makes a resource pool below another, or below a cluster's root pool.
func (b *Builder) Pool(parent Ref, name string) Ref {
	if c, ok := b.ctx.Map.Get(parent).(*simulator.ClusterComputeResource); ok {
		parent = *c.ResourcePool
	}
	p, err := object.NewResourcePool(b.client, parent).Create(b.ctx, name, types.DefaultResourceConfigSpec())
	must(err)
	return p.Reference()
}

// Host makes a host in a cluster, connected, with four cores and 32 GiB. An empty id is the simulator's choice.
func (b *Builder) Host(cluster Ref, name, id string) Ref {
	c := b.ctx.Map.Get(cluster).(*simulator.ClusterComputeResource)
	h := b.host(name, id)
	h.Network = slices.Clone(c.Network[:1])
	b.ctx.Map.PutEntity(c, h)
	c.Host = append(c.Host, h.Self)
	// The simulator's standard networks know none of their hosts.
	for _, ref := range h.Network {
		if n, ok := b.ctx.Map.Get(ref).(*mo.Network); ok {
			n.Host = append(n.Host, h.Self)
		}
	}
	if s, ok := c.Summary.(*types.ClusterComputeResourceSummary); ok {
		s.NumHosts++
		s.NumEffectiveHosts++
		s.NumCpuCores += h.Summary.Hardware.NumCpuCores
		s.TotalMemory += h.Summary.Hardware.MemorySize
	}
	return h.Self
}

// HostFolder makes a folder for hosts.
func (b *Builder) HostFolder(datacenter Ref, name string) Ref {
	return b.Folder(b.ctx.Map.Get(datacenter).(*simulator.Datacenter).HostFolder, name)
}

// Standalone makes a host that is in no cluster, in a datacenter or in a folder for hosts.
func (b *Builder) Standalone(parent Ref, name string) Ref {
	if dc, ok := b.ctx.Map.Get(parent).(*simulator.Datacenter); ok {
		parent = dc.HostFolder
	}
	task, err := object.NewFolder(b.client, parent).AddStandaloneHost(b.ctx, types.HostConnectSpec{HostName: name}, true, nil, nil)
	must(err)
	info, err := task.WaitForResult(context.Background())
	must(err)
	return info.Result.(Ref)
}

func (b *Builder) host(name, id string) *simulator.HostSystem {
	template := esx.HostSystem
	// A tenth of the size of the simulator's, which it copies for each host.
	config := esx.HostConfigInfo
	template.Config = &types.HostConfigInfo{
		Product: config.Product, Network: config.Network, VirtualNicManagerInfo: config.VirtualNicManagerInfo, Vmotion: config.Vmotion,
	}
	template.Summary.Config.Name = name
	h := simulator.NewHostSystem(b.ctx, template)
	h.Summary.Hardware.NumCpuCores = 4
	h.Summary.Hardware.NumCpuThreads = 8
	h.Summary.Hardware.MemorySize = 32 * gib
	h.Summary.Hardware.Uuid = hardwareID(name)
	h.Hardware.SystemInfo.Uuid = h.Summary.Hardware.Uuid
	h.Runtime.ConnectionState = types.HostSystemConnectionStateConnected
	h.Vm, h.Datastore = nil, nil
	h.Self = Ref{Type: "HostSystem", Value: id}
	if id == "" {
		b.ctx.Map.NewEntity(h)
	}
	h.Summary.Host = &h.Self
	h.Config.Host = h.Self
	return h
}

// Datastore is what a datastore is made of.
type Datastore struct {
	Name, ID, URL string
	// Type is VMFS if empty.
	Type              string
	Capacity, FreeGiB int64
	Hosts             []Ref
	// Pod is the datastore cluster, if any.
	Pod Ref
}

// Datastore makes a datastore and mounts it.
func (b *Builder) Datastore(datacenter Ref, d Datastore) Ref {
	dc := b.ctx.Map.Get(datacenter).(*simulator.Datacenter)
	if d.Type == "" {
		d.Type = string(types.HostFileSystemVolumeFileSystemTypeVMFS)
	}
	ds := &simulator.Datastore{}
	ds.Self = Ref{Type: "Datastore", Value: d.ID}
	if d.ID == "" {
		b.ctx.Map.NewEntity(ds)
	}
	ds.Name = d.Name
	dir := filepath.Join(b.home(), ds.Self.Value)
	must(os.MkdirAll(dir, 0o700))
	info := types.DatastoreInfo{Name: d.Name, Url: dir, FreeSpace: d.FreeGiB * gib, MaxFileSize: 62 << 40}
	ds.Info = &types.LocalDatastoreInfo{DatastoreInfo: info, Path: dir}
	ds.Summary = types.DatastoreSummary{Datastore: &ds.Self, Name: d.Name, Url: dir, Type: d.Type,
		Accessible: true, Capacity: d.Capacity * gib, MaintenanceMode: string(types.DatastoreSummaryMaintenanceModeStateNormal),
		// Machines that are made now take of it; what shall be free is set in the end.
		FreeSpace: d.Capacity * gib}
	ds.Summary.MultipleHostAccess = types.NewBool(len(d.Hosts) > 1)
	ds.Capability = types.DatastoreCapability{DirectoryHierarchySupported: true, PerFileThinProvisioningSupported: true}
	b.last = append(b.last, func() { ds.Summary.FreeSpace = d.FreeGiB * gib })
	b.facts.urls[ds.Self] = d.URL

	if pod, ok := b.ctx.Map.Get(d.Pod).(*simulator.StoragePod); ok {
		b.ctx.Map.PutEntity(pod, ds)
		pod.ChildEntity = append(pod.ChildEntity, ds.Self)
	} else {
		folder := b.ctx.Map.Get(dc.DatastoreFolder).(*simulator.Folder)
		b.ctx.Map.PutEntity(folder, ds)
		folder.ChildEntity = append(folder.ChildEntity, ds.Self)
	}
	dc.Datastore = append(dc.Datastore, ds.Self)
	browser := &simulator.HostDatastoreBrowser{}
	browser.Datastore = []Ref{ds.Self}
	ds.Browser = b.ctx.Map.Put(browser).Reference()
	for _, h := range d.Hosts {
		b.Mount(ds.Self, h)
	}
	return ds.Self
}

// Mount mounts a datastore on a host, as both sides see it.
func (b *Builder) Mount(datastore, host Ref) {
	ds := b.ctx.Map.Get(datastore).(*simulator.Datastore)
	h := b.ctx.Map.Get(host).(*simulator.HostSystem)
	ds.Host = append(ds.Host, types.DatastoreHostMount{Key: host, MountInfo: types.HostMountInfo{
		// The simulator leaves the path empty.
		Path:       "/vmfs/volumes/" + ds.Self.Value,
		AccessMode: string(types.HostMountModeReadWrite), Mounted: types.NewBool(true), Accessible: types.NewBool(true),
	}})
	h.Datastore = append(h.Datastore, datastore)
	dss := b.ctx.Map.Get(*h.ConfigManager.DatastoreSystem).(*simulator.HostDatastoreSystem)
	dss.Datastore = h.Datastore
	if c, ok := b.ctx.Map.Get(*h.Parent).(*simulator.ClusterComputeResource); ok && !slices.Contains(c.Datastore, datastore) {
		c.Datastore = append(c.Datastore, datastore)
	}
}

// Claim has a host say that it mounts a datastore, which does not say so, as until its storage is scanned again.
func (b *Builder) Claim(datastore, host Ref) {
	h := b.ctx.Map.Get(host).(*simulator.HostSystem)
	h.Datastore = append(h.Datastore, datastore)
}

// DatastoreCluster makes a datastore cluster.
func (b *Builder) DatastoreCluster(datacenter Ref, name string) Ref {
	dc := b.ctx.Map.Get(datacenter).(*simulator.Datacenter)
	pod, err := object.NewFolder(b.client, dc.DatastoreFolder).CreateStoragePod(b.ctx, name)
	must(err)
	return pod.Reference()
}

// Policy makes a storage policy that these datastores satisfy.
func (b *Builder) Policy(name, id string, datastores ...Ref) {
	b.policies = append(b.policies, policy{name, id, datastores})
}

// Next makes the simulator's choices of ids begin at n, if they are not beyond it.
func (b *Builder) Next(n int) {
	for {
		// Asking is taking: an id that is not used is lost.
		f := &mo.Folder{}
		b.ctx.Map.NewEntity(f)
		var at int
		_, err := fmt.Sscanf(f.Self.Value, "group-%d", &at)
		must(err)
		if at >= n-1 {
			return
		}
	}
}

func (b *Builder) home() string {
	for _, s := range b.ctx.Map.OptionManager().Setting {
		if v := s.GetOptionValue(); v.Key == "vcsim.home" {
			return v.Value.(string)
		}
	}
	panic("the simulator has no directory")
}

// hardwareID makes up the id of a host's hardware.
func hardwareID(name string) string {
	sum := sha256.Sum256([]byte(name))
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

func nameOf(e mo.Entity) string {
	switch o := e.(type) {
	// These have a name of their own beside that of every entity.
	case *mo.Network:
		return o.Name
	case *simulator.DistributedVirtualPortgroup:
		return o.Name
	}
	return e.Entity().Name
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// SessionTimeout is how long a session may be idle.
func (b *Builder) SessionTimeout(d string) {
	m := b.ctx.Map.OptionManager()
	m.Setting = append(m.Setting, &types.OptionValue{Key: "config.vmacore.soap.sessionTimeout", Value: d})
}
