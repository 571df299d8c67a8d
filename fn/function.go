// SPDX-License-Identifier: Apache-2.0

package fn

import (
	"bytes"
	"fmt"
	"io"
	"path"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/expand"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// Outcome is what Transform makes of an input.
type Outcome struct {
	// Items are those of the input in their order, changed where they must be, followed by new ones,
	// sorted by file. With errors they are exactly those of the input.
	Items []*yaml.RNode
	// Added are the new objects of Render, which follow the items, and Last is what follows these.
	Added []*object.Sealed
	Last  []*yaml.RNode
	// Pools are not told by Render.
	Pools []Pool
	// Inventories are those that Clusters were spread by, by the Cluster's key.
	Inventories map[object.Key]*inventory.Inventory
	// InventoryRefs say where these were written.
	InventoryRefs map[object.Key]diag.Ref
	Diags         diag.List
}

// Pool is a pool of a cluster, for reports.
type Pool struct {
	Cluster string
	site.Pool
}

// Run is the function from bytes to bytes: a ResourceList in, one out. With errors there is no output.
// A panic below is reported like an error of the input.
func Run(in []byte) ([]byte, diag.List) {
	var out bytes.Buffer
	diags, err := Stream(in, &out)
	if err != nil {
		panic(err) // memory takes everything
	}
	if diags.HasErrors() {
		return nil, diags
	}
	return out.Bytes(), diags
}

// Stream is Run for an output that is written as it is encoded. Nothing is written when there are errors; the error is that of
// writing.
func Stream(in []byte, out io.Writer) (diag.List, error) { return guarded(in, out, process) }

func guarded(in []byte, out io.Writer, process func(*ResourceList) diag.List) (diags diag.List, err error) {
	defer func() {
		if p := recover(); p != nil {
			diags = diag.List{}
			diags.Panicked(p)
		}
	}()
	rl, diags := ReadResourceList(in)
	if diags.HasErrors() {
		return diags, nil
	}
	diags.Append(process(rl)...)
	if diags.HasErrors() {
		return diags, nil
	}
	return diags, rl.Write(out)
}

func process(rl *ResourceList) diag.List {
	out := Render(rl.Items, rl.FunctionConfig)
	rl.Items, rl.Added, rl.Last = out.Items, out.Added, out.Last
	rl.Results = append(rl.Results, Results(out.Diags)...)
	return out.Diags
}

// Transform expands every ClusterSpread that the config or, without one, the items hold. The nodes of
// items may be changed in place, but not when there are errors.
func Transform(items []*yaml.RNode, config *yaml.RNode) Outcome {
	return transform(items, config, false)
}

// Render is Transform for an output that is only written: new objects are sealed. It takes a small part of the memory.
func Render(items []*yaml.RNode, config *yaml.RNode) Outcome { return transform(items, config, true) }

func transform(items []*yaml.RNode, config *yaml.RNode, seal bool) Outcome {
	opened, lists, unread := open(items)
	expanded, all, more := read(opened, lists)
	unread.Append(more...)
	r := run{items: expanded, packages: packagesOf(expanded...), inventories: map[*object.Object]*parsedInventory{}}
	for _, o := range all {
		r.packages.locate(o)
	}
	r.objects = object.NewSet(named(all, &unread))
	r.users = r.ofUsers()
	r.clusters = r.users.Clusters()
	r.refuseDuplicates()

	inventories, refs := map[object.Key]*inventory.Inventory{}, map[object.Key]diag.Ref{}
	spreads := r.spreads(config)
	inputs := r.bySpread(spreads)
	if config == nil { // otherwise the next function may be for them
		r.noteUnchosen(spreads)
		r.noteUnused()
	}
	for _, s := range inputs {
		inventories[s.Cluster.Key()], refs[s.Cluster.Key()] = s.Inventory, s.InventoryRef
	}
	outputs := r.expandAll(inputs, seal)
	for _, out := range outputs {
		r.diags.Append(out.made...)
	}
	hidden := r.onlyCopiedFrom(outputs)
	changed := r.apply(outputs, hidden)
	if unread.HasErrors() || r.duplicates {
		r.diags = r.diags.WithoutConsequences()
	}
	r.diags = append(unread, withoutNames(r.diags, unread).FirstOfEachField()...)
	if r.diags.HasErrors() {
		return Outcome{Items: items, Diags: r.diags.Sorted()}
	}
	kept, added, last := changed()
	result := Outcome{Items: lists.close(kept), Last: last, Inventories: inventories, InventoryRefs: refs, Diags: r.diags.Sorted()}
	for _, a := range added {
		if seal {
			result.Added = append(result.Added, &a.Sealed)
		} else {
			object.PlaceAt(a.node.YNode(), a.File, a.Position)
			result.Items = append(result.Items, a.node)
		}
	}
	if !seal {
		result.Items, result.Last = append(result.Items, last...), nil
	}
	for _, out := range outputs {
		for _, p := range out.Pools {
			result.Pools = append(result.Pools, Pool{Cluster: out.Owner, Pool: p})
		}
	}
	return result
}

// run is one call of Transform.
type run struct {
	items    []*yaml.RNode
	packages packages
	// objects are all of the input, users those that vspread did not write.
	objects, users *object.Set
	clusters       []*object.Object
	inventories    map[*object.Object]*parsedInventory
	diags          diag.List
	// duplicates tells that objects stand twice, so that what is ambiguous may only follow from that.
	duplicates bool
}

func (r *run) ofUsers() *object.Set {
	var users []*object.Object
	for _, o := range r.objects.All() {
		if o.Owner() == "" {
			users = append(users, o)
		}
	}
	return object.NewSet(users)
}

// refuseDuplicates reports objects that stand twice: which one counts would depend on their order. What
// is applied nowhere may, unless it is ours to read; of inventories in several directories the nearest counts.
func (r *run) refuseDuplicates() {
	type place struct {
		object.Key
		directory string
	}
	first := map[place]*object.Object{}
	for _, o := range r.objects.All() {
		if o.Ref.Name == "" || o.IsLocalConfig() && !o.IsRead() {
			continue
		}
		at := place{Key: o.Key()}
		if o.IsInventory() && o.IsLocalConfig() {
			at.directory = path.Dir(o.Place)
		}
		x, ok := first[at]
		if ok {
			r.duplicates = true
			r.diags.Errorf(diag.DuplicateObject, diag.At(o.Ref, ""), "stands twice in the input").
				WithHint("the other one is %s; delete one of the two, or give it another name or namespace", position(x))
			continue
		}
		first[at] = o
	}
}

func position(o *object.Object) string {
	if o.Ref.File == "" {
		return fmt.Sprintf("item %d of the stream", o.Item+1)
	}
	return "in " + o.Ref.File
}

// bySpread finds each spread's Cluster and inventory. Spreads without them have been reported.
func (r *run) bySpread(spreads []spread) []expand.Input {
	byCluster := map[*object.Object]spread{}
	var taken rivals
	var inputs []expand.Input
	for _, s := range spreads {
		clusters := r.clustersOfSpread(s)
		inv := r.inventory(s)
		for _, cluster := range clusters {
			if other, ok := byCluster[cluster]; ok {
				taken.add(s.ref, other.ref, cluster)
				continue
			}
			byCluster[cluster] = s
			if inv == nil || !inv.valid {
				continue
			}
			inputs = append(inputs, expand.Input{
				Spread: s.ClusterSpread, SpreadRef: s.ref, Cluster: cluster,
				Inventory: &inv.Inventory, InventoryRef: inv.ref, Objects: r.objects,
			})
		}
	}
	r.findOtherSpreads(byCluster, &taken)
	taken.report(&r.diags)
	return inputs
}

// findOtherSpreads looks for a second ClusterSpread of a Cluster among the items, which is not run when
// there is a functionConfig.
func (r *run) findOtherSpreads(byCluster map[*object.Object]spread, taken *rivals) {
	reported := map[diag.Ref]bool{}
	for _, second := range taken.order {
		reported[second] = true
	}
	for _, o := range r.objects.OfGroup(v1alpha1.Group) {
		if !o.IsSpread() || reported[o.Ref] {
			continue
		}
		meant := nearest(r.clustersOf(o.Ref.Namespace, tree.String(o.Node, "spec", "cluster")), o.Place)
		if selector := tree.Get(o.Node, "spec", "clusterSelector"); selector != nil {
			var s metav1.LabelSelector
			codec.Decode(selector, "", &s) // what is wrong with it is for the run that it configures
			meant = selected(meant, &s)
		} else if len(meant) != 1 {
			continue
		}
		for _, cluster := range meant {
			s, ok := byCluster[cluster]
			if ok && (o.Ref.Name != s.ref.Name || o.Ref.Namespace != s.ref.Namespace) {
				taken.add(o.Ref, s.ref, cluster)
			}
		}
	}
}
