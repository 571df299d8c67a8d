// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/vmware/govmomi/vim25/types"
)

// node is an object of vCenter with the properties that were asked for.
type node struct {
	ref    types.ManagedObjectReference
	name   string
	parent *types.ManagedObjectReference
	values map[string]types.AnyType
	// missing are the properties that could not be read, with why.
	missing map[string]string

	path     string
	resolved bool
}

// tree is all that the user sees of a vCenter.
type tree struct {
	root types.ManagedObjectReference
	// most is how many objects there may be.
	most  int
	nodes map[types.ManagedObjectReference]*node
	gaps  []string
	// disagreements are where what was read contradicts itself.
	disagreements []string
	// hidden are the ids of objects that are there, or may be, and of which nothing can be told.
	hidden map[string]bool
	// limited tells that the user does not see everything.
	limited bool
	// named counts the datastores of a name.
	named map[string]int
}

func newTree(root types.ManagedObjectReference, most int) *tree {
	return &tree{root: root, most: most, nodes: map[types.ManagedObjectReference]*node{}, hidden: map[string]bool{}}
}

// add takes a page of objects. Of large properties it keeps what matters, so that pages don't pile up.
func (t *tree) add(objects []types.ObjectContent) error {
	if len(t.nodes)+len(objects) > t.most {
		return errTooMuch
	}
	for _, o := range objects {
		if err := t.addObject(o); err != nil {
			return err
		}
	}
	return nil
}

func (t *tree) addObject(o types.ObjectContent) error {
	n := t.nodes[o.Obj]
	if n == nil {
		n = &node{ref: o.Obj, values: map[string]types.AnyType{}}
	}
	for _, m := range o.MissingSet {
		switch f := m.Fault.Fault.(type) {
		case *types.NotAuthenticated:
			// vCenter shows nothing to a session that has ended, and calls that an answer.
			return errExpired
		case *types.ManagedObjectNotFound:
			// Removed since the view was made: it is not there, and that is no gap.
			delete(t.nodes, o.Obj)
			return nil
		default:
			if n.missing == nil {
				n.missing = map[string]string{}
			}
			n.missing[m.Path] = why(f)
		}
	}
	for _, p := range o.PropSet {
		n.values[p.Name] = reduce(p.Val)
	}
	if name := value[string](n, "name"); name != "" {
		n.name = name
	}
	if parent, ok := n.values["parent"].(types.ManagedObjectReference); ok {
		n.parent = &parent
	} else if app, ok := n.values["parentVApp"].(types.ManagedObjectReference); ok {
		n.parent = &app
	}
	if len(n.name) > longestName {
		return errNonsense
	}
	t.nodes[o.Obj] = n
	return nil
}

func why(f types.AnyType) string {
	switch v := f.(type) {
	case *types.NoPermission:
		return "the privilege " + cmp.Or(v.PrivilegeId, "System.Read") + " is missing"
	case nil:
		return "vCenter does not say why"
	}
	return "vCenter says " + reflect.Indirect(reflect.ValueOf(f)).Type().Name()
}

// value is a property, or the zero value where it is unset.
func value[T any](n *node, path string) T {
	v, _ := n.values[path].(T)
	return v
}

// all lists the objects of these types in the order of their ids, those without a name left out.
func (t *tree) all(kinds ...string) []*node {
	var list []*node
	for _, n := range t.nodes {
		if n.name != "" && slices.Contains(kinds, n.ref.Type) {
			list = append(list, n)
		}
	}
	slices.SortFunc(list, func(a, b *node) int {
		return cmp.Or(cmp.Compare(a.ref.Type, b.ref.Type), cmp.Compare(a.ref.Value, b.ref.Value))
	})
	return list
}

// pathOf gives the inventory path of an object as govc prints it, or nothing where an ancestor is not visible.
func (t *tree) pathOf(n *node) string {
	if n.resolved {
		return n.path
	}
	n.resolved = true
	switch {
	case n.name == "" || n.parent == nil:
	case *n.parent == t.root:
		n.path = "/" + n.name
	default:
		if p := t.nodes[*n.parent]; p != nil {
			if above := t.pathOf(p); above != "" {
				n.path = above + "/" + n.name
			}
		}
	}
	return n.path
}

// spelled is how lists have a datastore.
func (t *tree) spelled(n *node) string {
	if t.named == nil {
		t.named = map[string]int{}
		for _, d := range t.all("Datastore") {
			t.named[d.name]++
		}
	}
	if t.named[n.name] == 1 {
		return n.name
	}
	return cmp.Or(t.pathOf(n), n.ref.Value)
}

// above gives the nearest ancestor of one of these types.
func (t *tree) above(n *node, kinds ...string) *node {
	for n.parent != nil {
		if n = t.nodes[*n.parent]; n == nil {
			return nil
		}
		if slices.Contains(kinds, n.ref.Type) {
			return n
		}
	}
	return nil
}

// label names an object in a gap.
func (t *tree) label(n *node) string {
	return words[n.ref.Type] + " " + cmp.Or(t.pathOf(n), n.name, n.ref.Value)
}

var words = map[string]string{
	"Folder": "folder", "StoragePod": "datastore cluster", "Datacenter": "datacenter", "ComputeResource": "compute resource",
	"ClusterComputeResource": "cluster", "HostSystem": "host", "Datastore": "datastore", "Network": "network",
	"OpaqueNetwork": "network", "DistributedVirtualPortgroup": "network", "ResourcePool": "resource pool",
	"VirtualApp": "vApp", "VirtualMachine": "virtual machine",
}

func (t *tree) gap(n *node, format string, args ...any) {
	t.gaps = append(t.gaps, t.label(n)+": "+fmt.Sprintf(format, args...))
}

func (t *tree) disagree(n *node, format string, args ...any) {
	label := t.label(n)
	if n.ref.Type == "Datastore" {
		// Without its path another may have the name.
		label = words[n.ref.Type] + " " + cmp.Or(t.pathOf(n), t.spelled(n))
	}
	t.disagreements = append(t.disagreements, label+": "+fmt.Sprintf(format, args...))
}

// outOfSight notes that objects which others refer to are not visible.
func (t *tree) outOfSight(n *node, count int, format string, args ...any) {
	if count > 0 {
		t.limited = true
		t.gap(n, "%d of %s not visible", count, fmt.Sprintf(format, args...))
	}
}

// unread notes what could not be read of these objects.
func (t *tree) unread(nodes []*node) {
	for _, n := range nodes {
		byReason := map[string][]string{}
		for path, why := range n.missing {
			byReason[why] = append(byReason[why], path)
		}
		for why, paths := range byReason {
			slices.Sort(paths)
			t.gap(n, "%s cannot be read: %s", strings.Join(paths, ", "), why)
		}
	}
}

// nameless notes the objects that do not even show their name, and so are left out, and the machines that may be templates.
func (t *tree) nameless() {
	hidden := map[string]int{}
	unconfigured := false
	for _, n := range t.nodes {
		_, told := n.values["config.template"]
		switch {
		case n.ref.Type == "VirtualMachine" && (n.name == "" || n.missing["config.template"] != ""):
			// There may be thousands, and each may be a template or not.
			hidden[n.missing["config.template"]]++
		case n.ref.Type == "VirtualMachine" && !told:
			unconfigured = true
		case n.name == "" && len(n.missing) == 0:
			t.gap(n, "has no name")
		case n.name == "":
			t.limited = true
			t.unread([]*node{n})
		default:
			continue
		}
		t.hidden[n.ref.Value] = true
	}
	for why, count := range hidden {
		t.gaps = append(t.gaps, fmt.Sprintf("virtual machines: %d cannot be told from templates: %s", count, cmp.Or(why, "they show no name")))
	}
	if unconfigured {
		// Without their number: machines come and go in this state.
		t.gaps = append(t.gaps, "virtual machines: some show no configuration, as inaccessible ones do, so templates among them are not seen")
	}
}

// severed notes where the way up to the root is not visible: once for each such place, not for all below it.
func (t *tree) severed() {
	for _, n := range t.nodes {
		switch {
		case n.name == "" || n.missing["parent"] != "":
			// noted already
		case n.ref.Type == "VirtualMachine" && !value[bool](n, "config.template"):
			// not in an inventory
		case n.parent == nil:
			t.limited = true
			t.gap(n, "what it lies in is not visible, so paths from here on are unknown")
		case *n.parent != t.root && t.nodes[*n.parent] == nil:
			t.limited = true
			t.gap(n, "the %s %s that it lies in is not visible, so paths from here on are unknown", words[n.parent.Type], n.parent.Value)
		}
	}
}
