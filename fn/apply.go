// SPDX-License-Identifier: Apache-2.0

package fn

import (
	"cmp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// apply compares what is wanted with what is there. It changes nothing yet: the function it gives does,
// when there are no errors, and returns the items by position, nil where one is removed, and the new ones.
func (r *run) apply(outputs []expanded, hidden []*object.Object) func() (kept []*yaml.RNode, added []*addition, last []*yaml.RNode) {
	for _, out := range outputs {
		r.diags.Append(out.compared...)
		r.refuseRemovalInBuild(out)
	}
	r.refuseCollisions(outputs)
	r.warnAbsentOwners()
	return func() ([]*yaml.RNode, []*addition, []*yaml.RNode) {
		items := r.items
		var added []*addition
		removed := map[int]bool{}
		replaced := map[int]*yaml.RNode{}
		moved := map[string]string{}
		for i, out := range outputs {
			changes := out.changes
			for item := range changes.Remove {
				removed[item] = true
			}
			for item, n := range changes.Replace {
				replaced[item] = n
			}
			for j := range out.added {
				added = append(added, &out.added[j])
			}
			for _, pair := range changes.Kept {
				if !pair.Desired.Template && pair.Existing.Place != "" {
					moved[pair.Desired.File] = pair.Existing.Place
				}
			}
			for _, a := range outputs[i].Adopted {
				replaced[a.Object.Item] = yaml.NewRNode(a.Node)
			}
			for k, v := range outputs[i].ClusterLabels {
				edit(items[outputs[i].Cluster.Item], codec.String(v), "metadata", "labels", k)
			}
			if outputs[i].ClusterLabels[object.ClusterLabel] == "" {
				unlabel(items[outputs[i].Cluster.Item], object.ClusterLabel)
			}
		}
		for _, o := range hidden {
			if tree.HasAliases(items[o.Item].YNode()) {
				items[o.Item] = yaml.NewRNode(tree.Clone(o.Node)) // what is edited must not share a node with anything else
			}
			edit(items[o.Item], codec.String("true"), "metadata", "annotations", object.LocalConfig)
		}
		slices.SortStableFunc(added, func(a, b *addition) int {
			return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Ref.Namespace, b.Ref.Namespace))
		})
		kept := make([]*yaml.RNode, len(items))
		for i, item := range items {
			if !removed[i] {
				kept[i] = cmp.Or(replaced[i], item)
			}
		}
		place(added, kept, moved)
		return kept, added, guard(items, outputs)
	}
}

// edit sets a value in an object of the user's, where it is not there already.
func edit(item *yaml.RNode, value *yaml.Node, path ...string) {
	if tree.String(item.YNode(), path...) == value.Value {
		return
	}
	tree.Set(item.YNode(), value, path...)
}

// unlabel takes a label of ours off an object of the user's, and the mapping when it was the only one.
func unlabel(item *yaml.RNode, label string) {
	if tree.Remove(item.YNode(), "metadata", "labels", label) == nil {
		return
	}
	if labels := tree.Get(item.YNode(), "metadata", "labels"); len(labels.Content) == 0 {
		tree.Remove(item.YNode(), "metadata", "labels")
	}
}

// onlyCopiedFrom gives the seeds that nothing else refers to: hiding another one would break what does.
func (r *run) onlyCopiedFrom(outputs []expanded) []*object.Object {
	isSeed := map[object.Key]bool{}
	var seeds []*object.Object
	for _, out := range outputs {
		for _, o := range out.Seeds {
			if !isSeed[o.Key()] {
				isSeed[o.Key()] = true
				seeds = append(seeds, o)
			}
		}
	}
	return slices.DeleteFunc(seeds, func(o *object.Object) bool {
		return o.Ref.Kind != "MachineDeployment" && slices.ContainsFunc(r.users.Referrers(o), func(by *object.Object) bool {
			return !isSeed[by.Key()] && !by.IsLocalConfig()
		})
	})
}

// refuseRemovalInBuild reports pools that an earlier transformer of the same kustomize build made and that this one would take
// away. kustomize runs one ClusterSpread at a time and shows no output of earlier builds, so only a second ClusterSpread of
// the Cluster, here or in a layer, does that.
func (r *run) refuseRemovalInBuild(out expanded) {
	changes := out.changes
	if len(changes.Remove) == 0 || !isBuild(r.items) {
		return
	}
	for _, o := range r.objects.OwnedBy(out.Owner) {
		if changes.Remove[o.Item] && o.Ref.Kind == "MachineDeployment" && tree.String(o.Node, "spec", "replicas") != "0" {
			r.diags.Errorf(diag.DuplicateSpread, diag.At(o.Ref, ""), "was made earlier in this build and would be taken away: %s has two ClusterSpreads", out.Cluster.Ref).
				WithHint("put all worker groups of a Cluster into one ClusterSpread, and list no earlier output under resources")
		}
	}
}

// refuseCollisions reports one name that two Clusters would write.
func (r *run) refuseCollisions(outputs []expanded) {
	inNamespace := map[string]int{}
	for _, out := range outputs {
		inNamespace[out.Cluster.Key().Namespace]++
	}
	first := map[object.Key]string{}
	for _, out := range outputs {
		own := out.Cluster.Ref.Namespace
		for i := range out.added {
			o := &out.added[i]
			if own != "" && o.Ref.Namespace == own && inNamespace[own] == 1 {
				continue // nobody else writes there
			}
			k := o.Key()
			if owner, ok := first[k]; ok && owner != o.Owner { // of one owner, they are pools of one name
				r.diags.Errorf(diag.ObjectInTheWay, diag.At(o.Ref, "metadata.name"), "would be written for %s and for %s", owner, o.Owner).
					WithHint("rename a worker group or the StorageClass of one of the two")
			}
			first[k] = o.Owner
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
		r.diags.Warnf(diag.OwnerAbsent, diag.At(o.Ref, ""), "was written for Cluster %s, which is not in the input (%s)", owner, diag.Count(count[owner], "object", "objects")).
			WithHint("delete them if the Cluster is gone")
	}
}
