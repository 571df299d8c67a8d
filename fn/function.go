// SPDX-License-Identifier: Apache-2.0

package fn

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	sdk "github.com/kptdev/krm-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/expand"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/ownership"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// Outcome is what Transform makes of an input.
type Outcome struct {
	// Items are those of the input in their order, changed where they must be, followed by new ones,
	// sorted by file. With errors they are exactly those of the input.
	Items []*yaml.RNode
	Pools []Pool
	Diags diag.List
}

// Pool is a pool of a cluster, for reports.
type Pool struct {
	Cluster string
	expand.Pool
}

// Process is the function for those who embed it with the kpt functions SDK. It reports success; what
// there is to say stands in the list's results.
func Process(rl *sdk.ResourceList) (bool, error) {
	return !process(rl).HasErrors(), nil
}

func process(rl *sdk.ResourceList) diag.List {
	items := make([]*yaml.RNode, len(rl.Items))
	for i, o := range rl.Items {
		items[i] = borrowed(o)
	}
	var config *yaml.RNode
	if rl.FunctionConfig != nil && !rl.FunctionConfig.IsEmpty() {
		config = borrowed(rl.FunctionConfig)
	}
	out := Transform(items, config)
	rl.Items = make(sdk.KubeObjects, len(out.Items))
	for i, n := range out.Items {
		rl.Items[i] = sdk.MoveToKubeObject(yaml.NewRNode(n.YNode()))
	}
	rl.Results = append(rl.Results, results(out.Diags)...)
	return out.Diags
}

// borrowed gives the node of an object, which keeps it: the SDK only moves or copies.
func borrowed(o *sdk.KubeObject) *yaml.RNode {
	n := o.MoveToResourceNode()
	*o = *sdk.MoveToKubeObject(yaml.NewRNode(n.YNode()))
	return n
}

// Run is the function from bytes to bytes: a ResourceList in, one out. With errors there is no output.
// A panic below is reported like an error of the input.
func Run(in []byte) ([]byte, diag.List) { return guarded(in, process) }

func guarded(in []byte, process func(*sdk.ResourceList) diag.List) (out []byte, diags diag.List) {
	defer func() {
		if p := recover(); p != nil {
			out, diags = nil, diag.List{}
			diags.Panicked(p)
		}
	}()
	rl, diags := ReadResourceList(in)
	if diags.HasErrors() {
		return nil, diags
	}
	diags.Append(process(rl)...)
	if diags.HasErrors() {
		return nil, diags
	}
	return WriteResourceList(rl), diags
}

// Transform expands every ClusterSpread that the config or, without one, the items hold. The nodes of
// items may be changed in place, but not when there are errors.
func Transform(items []*yaml.RNode, config *yaml.RNode) Outcome {
	expanded, all, unread := read(items)
	r := run{items: expanded, inventories: map[*object.Object]*parsedInventory{}}
	r.objects = object.NewSet(all)
	r.users = r.ofUsers()
	r.clusters = r.users.Clusters()
	r.refuseDuplicates()

	var outputs []expand.Output
	for _, s := range r.bySpread(r.spreads(config)) {
		out, diags := expand.Expand(s)
		r.diags.Append(diags...)
		outputs = append(outputs, out)
	}
	hidden := r.onlyCopiedFrom(outputs)
	changed := r.apply(outputs, hidden)
	if unread.HasErrors() || r.duplicates {
		r.diags = r.diags.WithoutConsequences()
	}
	r.diags = append(unread, r.diags.FirstOfEachField()...)
	if r.diags.HasErrors() {
		return Outcome{Items: items, Diags: r.diags.Sorted()}
	}
	result := Outcome{Items: changed(), Diags: r.diags.Sorted()}
	for _, out := range outputs {
		for _, p := range out.Pools {
			result.Pools = append(result.Pools, Pool{Cluster: out.Owner, Pool: p})
		}
	}
	return result
}

// run is one call of Transform.
type run struct {
	items []*yaml.RNode
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
// is applied nowhere may, unless it is ours to read.
func (r *run) refuseDuplicates() {
	first := map[object.Key]*object.Object{}
	for _, o := range r.objects.All() {
		if o.Ref.Name == "" || o.IsLocalConfig() && !concerns(o) {
			continue
		}
		x, ok := first[o.Key()]
		if ok {
			r.duplicates = true
			r.diags.Errorf(diag.DuplicateObject, diag.At(o.Ref, ""), "stands twice in the input").
				WithHint("the other one is %s", position(x))
		}
		if !ok {
			first[o.Key()] = o
		}
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
	var inputs []expand.Input
	for _, s := range spreads {
		cluster := r.cluster(s)
		inv := r.inventory(s)
		if cluster == nil {
			continue
		}
		if other, ok := byCluster[cluster]; ok {
			r.duplicateSpread(s.ref, other.ref, cluster)
			continue
		}
		byCluster[cluster] = s
		if inv == nil || !inv.valid {
			continue
		}
		inputs = append(inputs, expand.Input{
			Spread: s.ClusterSpread, SpreadRef: s.ref, Cluster: cluster,
			Inventory: &inv.Inventory, InventoryRef: inv.ref, Objects: r.users,
		})
	}
	r.refuseOtherSpreads(byCluster)
	return inputs
}

// refuseOtherSpreads looks for a second ClusterSpread of a Cluster among the items, which is not run when
// there is a functionConfig.
func (r *run) refuseOtherSpreads(byCluster map[*object.Object]spread) {
	for _, o := range r.objects.OfGroup(v1alpha1.Group) {
		meant := r.clustersOf(o.Ref.Namespace, tree.String(o.Node, "spec", "cluster"))
		if !isSpread(o) || len(meant) != 1 {
			continue
		}
		s, ok := byCluster[meant[0]]
		if ok && (o.Ref.Name != s.ref.Name || o.Ref.Namespace != s.ref.Namespace) {
			r.duplicateSpread(o.Ref, s.ref, meant[0])
		}
	}
}

func (r *run) duplicateSpread(second, first diag.Ref, cluster *object.Object) {
	r.diags.Errorf(diag.DuplicateSpread, diag.At(second, "spec.cluster"), "%s has a ClusterSpread already: %s", cluster.Ref, first.Name).
		WithHint("put all worker groups of a Cluster into one ClusterSpread")
}

// apply compares what is wanted with what is there. It changes nothing yet: the function it gives does,
// when there are no errors.
func (r *run) apply(outputs []expand.Output, hidden []*object.Object) func() []*yaml.RNode {
	var all []ownership.Changes
	for _, out := range outputs {
		changes, diags := ownership.Compare(out.Owner, out.Desired, r.objects, r.items)
		r.diags.Append(diags...)
		for _, pair := range changes.Kept {
			r.refuseImmutable(pair)
		}
		all = append(all, changes)
	}
	r.refuseCollisions(all)
	r.warnAbsentOwners()
	return func() []*yaml.RNode {
		items := r.items
		var added []object.Desired
		removed := map[int]bool{}
		replaced := map[int]*yaml.RNode{}
		moved := map[string]string{}
		for i, changes := range all {
			for item := range changes.Remove {
				removed[item] = true
			}
			for item, n := range changes.Replace {
				replaced[item] = n
			}
			added = append(added, changes.Add...)
			for _, pair := range changes.Kept {
				if !pair.Desired.Template && pair.Existing.Ref.File != "" {
					moved[pair.Desired.File] = pair.Existing.Ref.File
				}
			}
			for k, v := range outputs[i].ClusterLabels {
				edit(items[outputs[i].Cluster.Item], codec.String(v), "metadata", "labels", k)
			}
		}
		for _, o := range hidden {
			edit(items[o.Item], codec.String("true"), "metadata", "annotations", object.LocalConfig)
		}
		slices.SortStableFunc(added, func(a, b object.Desired) int {
			return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Node.GetNamespace(), b.Node.GetNamespace()))
		})
		out := make([]*yaml.RNode, 0, len(items)+len(added)+1)
		for i, item := range items {
			switch {
			case removed[i]:
			case replaced[i] != nil:
				out = append(out, replaced[i])
			default:
				out = append(out, item)
			}
		}
		return append(append(out, placed(added, out, moved)...), guard(items)...)
	}
}

// edit sets a value in an object of the user's, where it is not there already.
func edit(item *yaml.RNode, value *yaml.Node, path ...string) {
	if tree.String(item.YNode(), path...) == value.Value {
		return
	}
	tree.Set(item.YNode(), value, path...)
}

// onlyCopiedFrom gives the seeds that nothing else refers to: hiding another one would break what does.
func (r *run) onlyCopiedFrom(outputs []expand.Output) []*object.Object {
	isSeed := map[*object.Object]bool{}
	var seeds []*object.Object
	for _, out := range outputs {
		for _, o := range out.Seeds {
			if !isSeed[o] {
				isSeed[o] = true
				seeds = append(seeds, o)
			}
		}
	}
	return slices.DeleteFunc(seeds, func(o *object.Object) bool {
		return o.Ref.Kind != "MachineDeployment" && slices.ContainsFunc(r.users.Referrers(o), func(by *object.Object) bool {
			return !isSeed[by] && !by.IsLocalConfig()
		})
	})
}

// refuseImmutable reports a StorageClass that could not be applied.
func (r *run) refuseImmutable(pair ownership.Pair) {
	for _, field := range expand.ImmutableStorage(pair.Existing.Node, pair.Desired.Node.YNode()) {
		r.diags.Errorf(diag.StorageClassImmutable, diag.At(pair.Existing.Ref, ""), "changes %s of a StorageClass, which the API server refuses", field).
			WithHint("give storage.class a new name; volumes keep the class they were made with")
	}
}

// refuseCollisions reports one name that two Clusters would write.
func (r *run) refuseCollisions(all []ownership.Changes) {
	first := map[object.Key]*object.Object{}
	for _, changes := range all {
		for _, d := range changes.Add {
			o := object.New(d.Node.YNode(), -1)
			if x, ok := first[o.Key()]; ok && x.Owner() != o.Owner() { // of one owner, they are pools of one name
				r.diags.Errorf(diag.ObjectInTheWay, diag.At(o.Ref, "metadata.name"), "would be written for %s and for %s", x.Owner(), o.Owner()).
					WithHint("rename a worker group or the StorageClass of one of the two")
			}
			first[o.Key()] = o
		}
	}
}

// warnAbsentOwners reports objects that were written for a Cluster that is not in the input: nobody
// keeps them right any more, and nobody may remove them, since the Cluster may only be elsewhere.
func (r *run) warnAbsentOwners() {
	present := map[string]bool{}
	for _, c := range r.clusters {
		present[c.Key().Namespace+"/"+c.Ref.Name] = true
	}
	count := map[string]int{}
	first := map[string]*object.Object{}
	for _, o := range r.objects.All() {
		owner := o.Owner()
		if owner != "" && !strings.Contains(owner, "/") {
			owner = "default/" + owner
		}
		if owner == "" || present[owner] {
			continue
		}
		count[owner]++
		// The first by name, not by its place in the input.
		if f := first[owner]; f == nil || o.Ref.Kind+"/"+o.Ref.Name < f.Ref.Kind+"/"+f.Ref.Name {
			first[owner] = o
		}
	}
	for owner, o := range first {
		r.diags.Warnf(diag.OwnerAbsent, diag.At(o.Ref, ""), "was written for Cluster %s, which is not in the input (%d objects)", owner, count[owner]).
			WithHint("delete them if the Cluster is gone")
	}
}
