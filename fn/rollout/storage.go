// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/tree"
)

const addonsGroup = "addons.cluster.x-k8s.io"

// fieldsOf names the fields that differ, without values: there may be secrets among them. Where a key of a ConfigMap carries
// StorageClasses, what differs in them stands in place of the key.
func fieldsOf(before, after *object.Object, diffs []field) []string {
	var out []string
	was, is := storageByKey(before), storageByKey(after)
	for _, d := range diffs {
		var classes []string
		if len(d.path) == 2 && d.path[0] == "data" {
			classes = storageFields(was[d.path[1]], is[d.path[1]])
		}
		if len(classes) == 0 {
			classes = []string{d.name()}
		}
		out = append(out, classes...)
	}
	return out
}

// storageByKey gives the StorageClasses that each key of a ConfigMap carries.
func storageByKey(o *object.Object) map[string][]object.StorageClass {
	out := map[string][]object.StorageClass{}
	for _, x := range object.StorageClasses(o.Node) {
		out[x.Key] = append(out[x.Key], x)
	}
	return out
}

func storageFields(before, after []object.StorageClass) []string {
	var out []string
	was, is := object.StorageByName(before), object.StorageByName(after)
	for _, x := range before {
		y, stays := is[x.Name]
		if !stays {
			out = append(out, "without StorageClass "+x.Name)
			continue
		}
		for _, d := range differences(x.Node, y.Node) {
			out = append(out, "StorageClass "+x.Name+" "+d.name())
		}
	}
	for _, x := range after {
		if _, wasThere := was[x.Name]; !wasThere {
			out = append(out, "StorageClass "+x.Name)
		}
	}
	return out
}

// leftStorage lists the StorageClasses that git no longer brings into a workload cluster, which deletes nothing there.
func (c *comparison) leftStorage() []Step {
	var out []Step
	was, is := c.before.carriers(), c.after.carriers()
	for _, cluster := range c.after.Objects.Clusters() {
		before := c.before.Objects.Get(cluster.Key())
		if before == nil {
			continue
		}
		brought := storageOf(cluster, is)
		for _, name := range storageOf(before, was) {
			if _, stays := slices.BinarySearch(brought, name); !stays {
				out = append(out, Step{Text: fmt.Sprintf("in cluster %s, delete StorageClass %s once no claim needs it, and see that it is not the default beside another: a ClusterResourceSet applies and never deletes",
					cluster.Ref.Name, name)})
			}
		}
	}
	return out
}

// carrier is a ClusterResourceSet that brings StorageClasses into the clusters that it selects.
type carrier struct {
	namespace string
	selector  labels.Selector
	classes   []string
}

func (s *side) carriers() []carrier {
	var out []carrier
	for _, set := range s.Objects.OfGroup(addonsGroup) {
		selector := object.Selector(tree.Get(set.Node, "spec", "clusterSelector"))
		if set.Ref.Kind != "ClusterResourceSet" || selector == nil {
			continue
		}
		x := carrier{namespace: set.Key().Namespace, selector: selector}
		for _, ref := range tree.List(set.Node, "spec", "resources") {
			config := s.Objects.Get(object.NewKey("", tree.String(ref, "kind"), set.Ref.Namespace, tree.String(ref, "name")))
			if config == nil {
				continue
			}
			for _, class := range object.StorageClasses(config.Node) {
				x.classes = append(x.classes, class.Name)
			}
		}
		if len(x.classes) > 0 {
			out = append(out, x)
		}
	}
	return out
}

// storageOf lists the StorageClasses that are brought into a cluster, in order.
func storageOf(cluster *object.Object, carriers []carrier) []string {
	var out []string
	has := labels.Set(tree.Strings(cluster.Node, "metadata", "labels"))
	for _, x := range carriers {
		if x.namespace == cluster.Key().Namespace && x.selector.Matches(has) {
			out = append(out, x.classes...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
