// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vspread/vspread/inventory"
)

// Machine is a virtual machine that is no template.
type Machine struct {
	Name, Path, ID string
	// UUID is the BIOS UUID, which a node's provider id holds.
	UUID string
	// Host is where it runs or last ran.
	Host string
	// ResourcePool is the path of the pool that it is in.
	ResourcePool string
	// Datastore is its home: that of its configuration. It has only a name where the datastore itself is not visible.
	Datastore inventory.Object
	// Disks are the datastores of its own disks, each once. Volumes, which belong to nobody, are not among them.
	Disks []inventory.Object
	// PoweredOn tells whether it runs.
	PoweredOn bool
}

// Machines lists the virtual machines that are no templates, by path. Gaps are those that the user may not read.
// progress may be nil.
func (s *Session) Machines(ctx context.Context, scope Scope, progress func(string)) (machines []Machine, gaps []string, err error) {
	if progress == nil {
		progress = func(string) {}
	}
	err = s.read(ctx, progress, func() error {
		var err error
		machines, gaps, err = s.machines(ctx, scope, progress)
		return err
	})
	if err != nil {
		return nil, nil, s.explain(err)
	}
	return machines, gaps, nil
}

func (s *Session) machines(ctx context.Context, scope Scope, progress func(string)) ([]Machine, []string, error) {
	progress("reading the virtual machines")
	t, err := s.everything(ctx, machineProperties(), progress)
	if err != nil {
		return nil, nil, err
	}
	chosen, err := t.choose(s.url.Host, s.scope(scope))
	if err != nil {
		return nil, nil, err
	}
	if err := s.details(ctx, t, chosen.machines, "config.hardware.device"); err != nil {
		return nil, nil, err
	}
	chosen.machines = t.present(chosen.machines)
	t.unread(chosen.machines)
	t.nameless()
	homes := t.homes()
	var machines []Machine
	for _, n := range chosen.machines {
		m := Machine{Name: n.name, Path: t.pathOf(n), ID: n.ref.Value, UUID: value[string](n, "config.uuid"),
			PoweredOn: value[types.VirtualMachinePowerState](n, "runtime.powerState") == types.VirtualMachinePowerStatePoweredOn}
		if h := t.nodes[value[types.ManagedObjectReference](n, "runtime.host")]; h != nil {
			m.Host = h.name
		}
		if p := t.nodes[value[types.ManagedObjectReference](n, "resourcePool")]; p != nil {
			m.ResourcePool = t.pathOf(p)
		}
		if name := home(value[string](n, "config.files.vmPathName")); name != "" {
			m.Datastore = inventory.Object{Name: name}
			if d := homes[placeOf(t.above(n, "Datacenter"), name)]; d != nil {
				m.Datastore = t.object(d)
			}
		}
		told := map[types.ManagedObjectReference]bool{}
		for _, d := range value[[]disk](n, "config.hardware.device") {
			if d.datastore == nil || d.volume || t.nodes[*d.datastore] == nil || told[*d.datastore] {
				continue
			}
			told[*d.datastore] = true
			if o := t.object(t.nodes[*d.datastore]); o.Name != "" {
				m.Disks = append(m.Disks, o)
			}
		}
		slices.SortFunc(m.Disks, func(a, b inventory.Object) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
		machines = append(machines, m)
	}
	slices.SortFunc(machines, func(a, b Machine) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.ID, b.ID)) })
	slices.Sort(t.gaps)
	return machines, slices.Compact(t.gaps), nil
}

// machineProperties are those of Collect without what only an inventory needs.
func machineProperties() []types.PropertySpec {
	specs := properties("config.uuid", "config.files.vmPathName", "runtime.host", "runtime.powerState", "resourcePool")
	for i, spec := range specs {
		specs[i].PathSet = slices.DeleteFunc(spec.PathSet, func(path string) bool {
			switch path {
			case "config.network.portgroup", "configurationEx", "config.defaultPortConfig":
				return true
			}
			return false
		})
	}
	return specs
}

// place is a name in a datacenter, where it is unique among datastores.
type place struct {
	datacenter types.ManagedObjectReference
	name       string
}

// escapes are those of names in vCenter's inventory. A path on a datastore has the name without them.
var escapes = strings.NewReplacer("%2f", "/", "%2F", "/", "%5c", `\`, "%5C", `\`, "%25", "%")

func placeOf(datacenter *node, name string) place {
	p := place{name: escapes.Replace(name)}
	if datacenter != nil {
		p.datacenter = datacenter.ref
	}
	return p
}

// homes finds datastores by the names that paths on them begin with.
func (t *tree) homes() map[place]*node {
	out := map[place]*node{}
	for _, n := range t.all("Datastore") {
		out[placeOf(t.above(n, "Datacenter"), n.name)] = n
	}
	return out
}

func (t *tree) object(n *node) inventory.Object {
	return inventory.Object{Name: n.name, Path: t.pathOf(n), ID: n.ref.Value}
}
