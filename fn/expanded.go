// SPDX-License-Identifier: Apache-2.0

package fn

import (
	"sync/atomic"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/capacity"
	"github.com/vspread/vspread/fn/expand"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/ownership"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/parallel"
)

// expanded is a Cluster whose objects have been made and compared with what is there.
type expanded struct {
	expand.Output
	changes ownership.Changes
	added   []addition
	// made are the diagnostics of the expansion, compared those of the comparison.
	made, compared diag.List
}

// addition is a new object. When it is not sealed, it has a node.
type addition struct {
	object.Sealed
	node *yaml.RNode
}

// expandAll expands Clusters side by side. Their objects are sealed one Cluster after the other when asked for, so that the nodes of a
// few are there at a time. The first Cluster that is too much, and all that follow, have nothing else to say. What machines take is
// added up while the pools are there, and judged at the end.
func (r *run) expandAll(inputs []expand.Input, seal bool) []expanded {
	out := make([]expanded, 0, len(inputs))
	var total expand.Total
	var isFull atomic.Bool // so that the work is bounded as well
	var tally capacity.Tally
	for i, x := range parallel.InOrder(len(inputs), func(i int) expanded {
		if isFull.Load() {
			return expanded{}
		}
		return r.expand(inputs[i], seal)
	}) {
		if total.IsExceeded() { // whether it has been expanded or not depends on who was first
			x = expanded{Output: expand.Output{Cluster: inputs[i].Cluster}}
		}
		tooMuch := total.Add(len(x.Pools), x.Weight, inputs[i].SpreadRef)
		isFull.Store(total.IsExceeded())
		if !total.IsExceeded() && !x.made.HasErrors() {
			tally.Add(capacity.Cluster{
				Name: inputs[i].Cluster.Ref.Name, Spread: inputs[i].Spread, SpreadRef: inputs[i].SpreadRef, Inventory: inputs[i].Inventory,
				Pools: x.Pools, ControlPlane: x.ControlPlane,
			})
		}
		if seal {
			x.Pools = nil
		}
		x.made.Append(tooMuch...)
		out = append(out, x)
	}
	r.diags.Append(tally.Check()...)
	return out
}

func (r *run) expand(in expand.Input, seal bool) expanded {
	var x expanded
	x.Output, x.made = expand.Expand(in)
	for _, d := range x.made {
		d.For = in.Cluster.Ref
	}
	x.changes, x.compared = ownership.Compare(x.Owner, x.Desired, r.objects, r.items)
	for i, pair := range x.changes.Kept {
		object.RefuseImmutableStorage(&x.compared, pair.Existing.Ref, pair.Existing.Node, pair.Desired.Node.YNode())
		x.changes.Kept[i].Desired.Node = nil
	}
	x.added = make([]addition, len(x.changes.Add))
	if seal {
		x.Weight = 0
	}
	var sealer object.Sealer
	for i, d := range x.changes.Add {
		if !seal {
			x.added[i] = addition{object.Head(d), d.Node}
			continue
		}
		x.added[i] = addition{Sealed: sealer.Seal(d)}
		x.Weight += x.added[i].Weight()
	}
	x.Desired, x.changes.Add = nil, nil
	return x
}
