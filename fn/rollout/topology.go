// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"cmp"
	"fmt"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// topologies reports Clusters whose machines a ClusterClass makes: their MachineDeployments and control planes are in the
// management cluster and not in the files, so nothing of them is counted.
func (c *comparison) topologies() []Pool {
	var keys []object.Key
	for _, s := range []reading{c.before, c.after} {
		for _, o := range s.Objects.Clusters() {
			if topology(o) != nil {
				keys = append(keys, o.Key())
			}
		}
	}
	slices.SortFunc(keys, compareKeys)
	var out []Pool
	for _, k := range slices.Compact(keys) {
		before, after := c.before.Objects.Get(k), c.after.Objects.Get(k)
		p := Pool{Cluster: k.Name, Kind: clusterKind, Namespace: k.Namespace, Name: k.Name, Changes: []Kind{Untouched}}
		switch {
		case before == nil:
			p.Changes, p.Machines, p.Reasons = []Kind{Create}, Machines{NotKnown: true}, []Reason{{Text: "the Cluster is new"}}
		case after == nil:
			p.Changes, p.Machines, p.Reasons = []Kind{Remove}, Machines{NotKnown: true}, []Reason{{Text: "the Cluster is removed"}}
		default:
			if d := differences(topology(before), topology(after), "spec", "topology"); len(d) > 0 {
				p.Reasons = append(p.Reasons, Reason{Field: d[0].name(), Text: "the topology differs; what rolls is decided by its ClusterClass in the management cluster"})
			}
			p.Reasons = append(p.Reasons, c.classReasons(before, after)...)
			switch {
			case isHeld(after.Node, after):
			case isHeld(before.Node, before):
				p.Reasons = append(p.Reasons, Reason{Text: "was paused, and what was held back meanwhile happens now"})
			case isUnclear(before) && !isUnclear(after):
				p.Reasons = append(p.Reasons, Reason{Text: "may have been paused, and what was held back meanwhile happens now"})
			}
			if len(p.Reasons) > 0 {
				p.Changes = []Kind{MayReplace}
			}
			if isHeld(after.Node, after) {
				p.Waits = ForResume
				delays(&p)
			}
		}
		out = append(out, p)
	}
	return out
}

func topology(cluster *object.Object) *yaml.Node {
	if cluster == nil {
		return nil
	}
	return tree.Get(cluster.Node, "spec", "topology")
}

// classReasons compares the ClusterClasses of a Cluster, and the templates that they are made of: the topology controller
// copies an edited template under a new name, and machines roll.
func (c *comparison) classReasons(before, after *object.Object) []Reason {
	was, is := c.before.class(before), c.after.class(after)
	switch {
	case was == nil:
		return nil
	case is == nil:
		if classOf(after) == was.Key() {
			c.diags.Warnf(diag.TemplateRemoved, diag.At(was.Ref, ""), "is removed, and %s still names it", after.Ref).
				WithHint("keep it, unless it comes into the management cluster from elsewhere")
		}
		return nil
	}
	var out []Reason
	if d := differences(tree.Get(was.Node, "spec"), tree.Get(is.Node, "spec"), "spec"); len(d) > 0 {
		out = append(out, Reason{Object: "ClusterClass " + is.Ref.Name, Field: d[0].name(),
			Text: fmt.Sprintf("%s of ClusterClass %s differs", d[0].name(), is.Ref.Name)})
	}
	for _, k := range references(is) {
		template, old := c.after.Objects.Get(k), c.before.Objects.Get(k)
		switch {
		case old == nil:
			continue
		case template == nil:
			c.diags.Errorf(diag.TemplateRemoved, diag.At(old.Ref, ""), "is removed, and %s still names it", is.Ref).
				WithHint("keep it, or no machine of that class can be made any more")
			continue
		}
		if d := differences(tree.Get(old.Node, "spec"), tree.Get(template.Node, "spec"), "spec"); len(d) > 0 {
			out = append(out, Reason{Object: k.Kind + " " + k.Name, Field: d[0].name(),
				Text: fmt.Sprintf("%s %s, which ClusterClass %s names, is edited", k.Kind, k.Name, is.Ref.Name)})
		}
	}
	return out
}

// class gives the ClusterClass of a Cluster, or nil.
func (s *side) class(cluster *object.Object) *object.Object {
	return s.Objects.Get(classOf(cluster))
}

func classOf(cluster *object.Object) object.Key {
	t := topology(cluster)
	name := cmp.Or(tree.String(t, "classRef", "name"), tree.String(t, "class"))
	namespace := cmp.Or(tree.String(t, "classRef", "namespace"), tree.String(t, "classNamespace"), cluster.Ref.Namespace)
	return object.NewKey(object.CoreGroup, "ClusterClass", namespace, name)
}

// references lists what a ClusterClass refers to by kind and name, in its order.
func references(class *object.Object) []object.Key {
	var out []object.Key
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Kind == yaml.MappingNode {
			if r := referenceAt(n); r.kind != "" && r.name != "" {
				out = append(out, object.NewKey(r.group, r.kind, class.Ref.Namespace, r.name))
			}
		}
		for _, child := range n.Content {
			walk(child)
		}
	}
	walk(class.Node)
	return out
}
