// SPDX-License-Identifier: Apache-2.0

package simulated

import (
	"slices"
	"sync"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// facts is what clients are shown instead of what the simulator holds. It lives in the lab's own
// registry, since the simulator makes a collector of its own for each session, by reflection.
type facts struct {
	// The simulator's searches take apart every object of the registry and panic, their locks held, at one that does
	// not begin with a managed object of vSphere's.
	mo.CustomFieldsManager

	mu     sync.Mutex
	urls   map[types.ManagedObjectReference]string
	filter func(types.ObjectContent) (types.ObjectContent, bool)
	// lost are objects that nobody is shown any more.
	lost map[types.ManagedObjectReference]bool
}

var factsRef = types.ManagedObjectReference{Type: "VspreadFacts", Value: "facts"}

// show corrects the objects of an answer. Those that were asked for by name are refused where they are hidden, as a vCenter
// does; from a view they are left out.
func (f *facts) show(objects []types.ObjectContent, asked map[types.ManagedObjectReference]bool) []types.ObjectContent {
	f.mu.Lock()
	defer f.mu.Unlock()
	var shown []types.ObjectContent
	for _, o := range objects {
		if f.lost[o.Obj] {
			continue
		}
		o.PropSet = slices.Clone(o.PropSet)
		for i := range o.PropSet {
			if url, ok := f.urls[o.Obj]; ok {
				o.PropSet[i].Val = withURL(o.PropSet[i], url)
			}
			if len(f.lost) > 0 {
				o.PropSet[i].Val = without(o.PropSet[i].Val, f.lost)
			}
		}
		if f.filter != nil {
			ref := o.Obj
			var visible bool
			if o, visible = f.filter(o); !visible {
				if asked[ref] {
					shown = append(shown, refused(ref))
				}
				continue
			}
		}
		shown = append(shown, o)
	}
	return shown
}

func refused(ref types.ManagedObjectReference) types.ObjectContent {
	return types.ObjectContent{Obj: ref, MissingSet: []types.MissingProperty{{Path: "name",
		Fault: types.LocalizedMethodFault{Fault: &types.NoPermission{Object: &ref, PrivilegeId: "System.View"}}}}}
}

// named lists what a question asks for by name.
func named(specs []types.PropertyFilterSpec) map[types.ManagedObjectReference]bool {
	asked := map[types.ManagedObjectReference]bool{}
	for _, s := range specs {
		for _, o := range s.ObjectSet {
			asked[o.Obj] = len(o.SelectSet) == 0
		}
	}
	return asked
}

// withURL gives a datastore the url that a vCenter would show. The simulator's is the directory where it keeps
// the files of machines, and it needs that one for cloning.
func withURL(p types.DynamicProperty, url string) types.AnyType {
	switch v := p.Val.(type) {
	case types.DatastoreSummary:
		v.Url = url
		return v
	case types.LocalDatastoreInfo:
		v.Url = url
		return types.VmfsDatastoreInfo{DatastoreInfo: v.DatastoreInfo}
	case string:
		if p.Name == "summary.url" || p.Name == "info.url" {
			return url
		}
	}
	return p.Val
}

// collector is the simulator's property collector with its answers corrected, page by page.
type collector struct {
	simulator.PropertyCollector
}

func showFacts(reg *simulator.Registry) {
	for _, o := range reg.AllReference("PropertyCollector") {
		own := &collector{}
		// This keeps the reference under which clients know it.
		own.PropertyCollector.PropertyCollector = o.(*simulator.PropertyCollector).PropertyCollector
		reg.Put(own)
	}
}

// RetrievePropertiesEx overrides the simulator's.
func (c *collector) RetrievePropertiesEx(ctx *simulator.Context, r *types.RetrievePropertiesEx) soap.HasFault {
	res := c.PropertyCollector.RetrievePropertiesEx(ctx, r)
	if body, ok := res.(*methods.RetrievePropertiesExBody); ok && body.Res != nil && body.Res.Returnval != nil {
		body.Res.Returnval.Objects = c.facts(ctx).show(body.Res.Returnval.Objects, named(r.SpecSet))
	}
	return res
}

// ContinueRetrievePropertiesEx overrides the simulator's.
func (c *collector) ContinueRetrievePropertiesEx(ctx *simulator.Context, r *types.ContinueRetrievePropertiesEx) soap.HasFault {
	res := c.PropertyCollector.ContinueRetrievePropertiesEx(ctx, r)
	if body, ok := res.(*methods.ContinueRetrievePropertiesExBody); ok && body.Res != nil {
		body.Res.Returnval.Objects = c.facts(ctx).show(body.Res.Returnval.Objects, nil)
	}
	return res
}

// RetrieveProperties overrides the simulator's, which calls its own RetrievePropertiesEx.
func (c *collector) RetrieveProperties(ctx *simulator.Context, r *types.RetrieveProperties) soap.HasFault {
	res := c.PropertyCollector.RetrieveProperties(ctx, r)
	if body, ok := res.(*methods.RetrievePropertiesBody); ok && body.Res != nil {
		body.Res.Returnval = c.facts(ctx).show(body.Res.Returnval, named(r.SpecSet))
	}
	return res
}

func (c *collector) facts(ctx *simulator.Context) *facts {
	return ctx.Map.Get(factsRef).(*facts)
}
