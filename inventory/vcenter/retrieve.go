// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/vmware/govmomi/view"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
)

// page is how many objects one answer holds. Without a number vCenter chooses one, often 100.
const page = 1000

// properties are what is asked of each type of object. A base type and those derived from it have full lists,
// since vCenter may answer by either.
func properties(machine ...string) []types.PropertySpec {
	entity := []string{"name", "parent"}
	spec := func(kind string, more ...string) types.PropertySpec {
		return types.PropertySpec{Type: kind, PathSet: append(append([]string(nil), entity...), more...)}
	}
	return []types.PropertySpec{
		spec("Folder"),
		spec("StoragePod"),
		spec("Datacenter", "vmFolder"),
		spec("ComputeResource"),
		spec("ClusterComputeResource", "configurationEx"),
		spec("HostSystem", "runtime.connectionState", "runtime.inMaintenanceMode", "summary.hardware.numCpuCores",
			"summary.hardware.memorySize", "datastore", "config.network.portgroup"),
		spec("Datastore", "summary", "host"),
		spec("Network", "host"),
		spec("OpaqueNetwork", "host"),
		spec("DistributedVirtualPortgroup", "host", "config.uplink", "config.defaultPortConfig"),
		spec("ResourcePool"),
		spec("VirtualApp"),
		spec("VirtualMachine", append([]string{"parentVApp", "config.template"}, machine...)...),
	}
}

// everything reads all objects of the vCenter through one view and one filter.
func (s *Session) everything(ctx context.Context, specs []types.PropertySpec, progress func(string)) (*tree, error) {
	v, err := view.NewManager(s.vim).CreateContainerView(ctx, s.vim.ServiceContent.RootFolder, nil, true)
	if err != nil {
		return nil, err
	}
	defer func() {
		// The view would go with the session as well.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = v.Destroy(once(ctx))
	}()
	t := newTree(s.vim.ServiceContent.RootFolder, s.intake.objects)
	err = s.retrieve(ctx, types.PropertyFilterSpec{
		ReportMissingObjectsInResults: types.NewBool(true),
		ObjectSet: []types.ObjectSpec{{Obj: v.Reference(), Skip: types.NewBool(true),
			SelectSet: []types.BaseSelectionSpec{&types.TraversalSpec{Type: "ContainerView", Path: "view"}}}},
		PropSet: specs,
	}, func(objects []types.ObjectContent) error {
		if err := t.add(objects); err != nil {
			return err
		}
		progress(fmt.Sprintf("read %d objects", len(t.nodes)))
		return nil
	})
	if err == nil {
		err = t.check()
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// details reads more properties of some objects, a page of them at a time. Those that were removed meanwhile leave the tree:
// vCenter leaves them out of its answer.
func (s *Session) details(ctx context.Context, t *tree, nodes []*node, paths ...string) error {
	for len(nodes) > 0 {
		batch := nodes[:min(int(cmp.Or(s.options.page, page)), len(nodes))]
		nodes = nodes[len(batch):]
		filter := types.PropertyFilterSpec{
			ReportMissingObjectsInResults: types.NewBool(true),
			PropSet:                       []types.PropertySpec{{Type: batch[0].ref.Type, PathSet: paths}},
		}
		for _, n := range batch {
			filter.ObjectSet = append(filter.ObjectSet, types.ObjectSpec{Obj: n.ref})
		}
		answered := map[types.ManagedObjectReference]bool{}
		err := s.retrieve(ctx, filter, func(objects []types.ObjectContent) error {
			for _, o := range objects {
				answered[o.Obj] = true
			}
			return t.add(objects)
		})
		if err != nil {
			return err
		}
		for _, n := range batch {
			if !answered[n.ref] {
				delete(t.nodes, n.ref)
			}
		}
	}
	return t.check()
}

// retrieve hands each page to f. An error in the middle is an error of the whole.
func (s *Session) retrieve(ctx context.Context, filter types.PropertyFilterSpec, f func([]types.ObjectContent) error) error {
	collector := s.vim.ServiceContent.PropertyCollector
	res, err := methods.RetrievePropertiesEx(ctx, s.vim, &types.RetrievePropertiesEx{
		This:    collector,
		SpecSet: []types.PropertyFilterSpec{filter},
		Options: types.RetrieveOptions{MaxObjects: cmp.Or(s.options.page, page)},
	})
	if err != nil {
		return err
	}
	result := res.Returnval
	for result != nil {
		if err := f(result.Objects); err != nil {
			return err
		}
		if result.Token == "" {
			return nil
		}
		next, err := methods.ContinueRetrievePropertiesEx(ctx, s.vim, &types.ContinueRetrievePropertiesEx{This: collector, Token: result.Token})
		if isLost(err) {
			return errLost
		}
		if err != nil {
			return err
		}
		result = &next.Returnval
	}
	return nil
}

func isLost(err error) bool {
	if err == nil {
		return false
	}
	f := faultOf(err)
	if f == nil {
		return false
	}
	switch f.BaseMethodFault.(type) {
	case *types.InvalidArgument, *types.InvalidPropertyFault:
		return true
	}
	return false
}
