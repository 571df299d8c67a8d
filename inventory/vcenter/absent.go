// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vspread/vspread/inventory"
)

// wanted is an object that is remembered and was not seen.
type wanted struct {
	ref   types.ManagedObjectReference
	label string
}

// lookFor asks for what is remembered and was not seen: a page of objects in a request. vCenter leaves out what it does not have.
// What it has is out of the user's sight, and its entry must stay.
func (s *Session) lookFor(ctx context.Context, t *tree, remembered inventory.Inventory) error {
	lost := unseen(t, remembered)
	for batch := range slices.Chunk(lost, page) {
		// Each type needs a specification of its own.
		filter := types.PropertyFilterSpec{ReportMissingObjectsInResults: types.NewBool(true)}
		specified := map[string]bool{}
		for _, w := range batch {
			if !specified[w.ref.Type] {
				specified[w.ref.Type] = true
				filter.PropSet = append(filter.PropSet, types.PropertySpec{Type: w.ref.Type, PathSet: []string{"name"}})
			}
			filter.ObjectSet = append(filter.ObjectSet, types.ObjectSpec{Obj: w.ref})
		}
		there := map[types.ManagedObjectReference]bool{}
		err := s.retrieve(ctx, filter, func(objects []types.ObjectContent) error {
			for _, o := range objects {
				there[o.Obj] = true
				for _, m := range o.MissingSet {
					switch m.Fault.Fault.(type) {
					case *types.NotAuthenticated:
						return errExpired
					case *types.ManagedObjectNotFound:
						there[o.Obj] = false
					}
				}
			}
			return nil
		})
		refused := isRefusal(err)
		if err != nil && !refused {
			return err
		}
		for _, w := range batch {
			// A refusal of the whole question says nothing of the single object.
			if there[w.ref] || refused {
				t.hidden[w.ref.Value] = true
			}
		}
	}
	t.unseen(lost)
	return nil
}

// unseen notes what is there and out of sight, by class.
func (t *tree) unseen(lost []wanted) {
	names := map[string][]string{}
	for _, w := range lost {
		if t.hidden[w.ref.Value] {
			names[w.ref.Type] = append(names[w.ref.Type], w.label)
		}
	}
	for kind, hidden := range names {
		slices.Sort(hidden)
		count := len(hidden)
		if count > 5 {
			hidden = append(hidden[:5], "…")
		}
		t.gaps = append(t.gaps, fmt.Sprintf("%ss: %d of the inventory are out of the user's sight: %s", words[kind], count, strings.Join(hidden, ", ")))
	}
}

// unseen lists what is remembered with an id that the tree does not have. What is gone already may stay so unasked.
func unseen(t *tree, inv inventory.Inventory) []wanted {
	var out []wanted
	add := func(id, label string, kinds ...string) {
		if id == "" {
			return
		}
		for _, kind := range kinds {
			if t.nodes[types.ManagedObjectReference{Type: kind, Value: id}] != nil {
				return
			}
		}
		out = append(out, wanted{types.ManagedObjectReference{Type: kinds[0], Value: id}, label})
	}
	for _, x := range inv.Datacenters {
		add(x.ID, cmp.Or(x.Path, x.Name), "Datacenter")
	}
	for _, x := range inv.Clusters {
		add(x.ID, cmp.Or(x.Path, x.Name), "ClusterComputeResource")
	}
	for _, x := range inv.Hosts {
		if x.State != inventory.Gone {
			add(x.ID, x.Name, "HostSystem")
		}
	}
	for _, x := range inv.Datastores {
		if x.State != inventory.Gone {
			add(x.ID, cmp.Or(x.Path, x.Name), "Datastore")
		}
	}
	for _, x := range inv.DatastoreClusters {
		add(x.ID, cmp.Or(x.Path, x.Name), "StoragePod")
	}
	for _, x := range inv.Networks {
		switch x.Type {
		case "DistributedVirtualPortgroup", "OpaqueNetwork":
			add(x.ID, cmp.Or(x.Path, x.Name), x.Type)
		default:
			add(x.ID, cmp.Or(x.Path, x.Name), "Network", "DistributedVirtualPortgroup", "OpaqueNetwork")
		}
	}
	for _, x := range inv.ResourcePools {
		add(x.ID, x.Path, "ResourcePool")
	}
	for _, x := range inv.Folders {
		add(x.ID, x.Path, "Folder")
	}
	for _, x := range inv.Templates {
		add(x.ID, cmp.Or(x.Path, x.Name), "VirtualMachine")
	}
	return out
}
