// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"cmp"
	"context"
	"slices"

	"github.com/vmware/govmomi/vim25/types"
)

// Machine is a virtual machine that is no template.
type Machine struct {
	Name, Path, ID string
	// UUID is the BIOS UUID, which a node's provider id holds.
	UUID string
	// Host is where it runs or last ran.
	Host string
	// Datastore is its home: that of its configuration.
	Datastore string
	// DiskDatastores are those of its disks, each once.
	DiskDatastores []string
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
	b := builder{tree: t, chosen: chosen}
	var machines []Machine
	for _, n := range chosen.machines {
		m := Machine{Name: n.name, Path: t.pathOf(n), ID: n.ref.Value, UUID: value[string](n, "config.uuid"),
			Datastore: home(value[string](n, "config.files.vmPathName")),
			PoweredOn: value[types.VirtualMachinePowerState](n, "runtime.powerState") == types.VirtualMachinePowerStatePoweredOn}
		if h := t.nodes[value[types.ManagedObjectReference](n, "runtime.host")]; h != nil {
			m.Host = h.name
		}
		var refs []types.ManagedObjectReference
		for _, d := range value[[]disk](n, "config.hardware.device") {
			if d.datastore != nil {
				refs = append(refs, *d.datastore)
			}
		}
		m.DiskDatastores, _ = b.names(refs)
		m.DiskDatastores = slices.Compact(m.DiskDatastores)
		machines = append(machines, m)
	}
	slices.SortFunc(machines, func(a, b Machine) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.ID, b.ID)) })
	slices.Sort(t.gaps)
	return machines, slices.Compact(t.gaps), nil
}

// machineProperties are those of Collect without what only an inventory needs.
func machineProperties() []types.PropertySpec {
	specs := properties("config.uuid", "config.files.vmPathName", "runtime.host", "runtime.powerState")
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
