// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"path"
	"slices"
	"strings"
)

// moType is the managed object type that a reference "VirtualMachine:vm-42" begins with.
func (c Class) moTypes() []string {
	switch c {
	case DatacenterClass:
		return []string{"Datacenter"}
	case DatastoreClass:
		return []string{"Datastore"}
	case FolderClass:
		return []string{"Folder"}
	case NetworkClass:
		return []string{"Network", "DistributedVirtualPortgroup", "OpaqueNetwork"}
	case ResourcePoolClass:
		return []string{"ResourcePool"}
	case TemplateClass:
		return []string{"VirtualMachine"}
	}
	return nil
}

// Find gives the objects of a class that a reference can mean: the one with that path or id or, by
// name or by the end of its path (as govmomi's finder accepts "tkg/photon"), all that have it.
// A name is looked up below a path, such as that of a datacenter; what is said by path or id is meant wherever it is. A
// template of another datacenter can be cloned, so where none is below the path, others of the name count.
func (inv *Inventory) Find(class Class, ref, below string) []Object {
	return Among(inv.Objects(class), class, ref, below)
}

// Among is Find over a list of objects at hand.
func Among(objects []Object, class Class, ref, below string) []Object {
	for _, o := range objects {
		if o.Path != "" && o.Path == ref || o.ID != "" && isID(class, o.ID, ref) {
			return []Object{o}
		}
	}
	if class == ResourcePoolClass && strings.Contains(ref, "*") {
		return Within(matching(objects, ref), below)
	}
	if strings.HasPrefix(ref, "/") {
		return nil
	}
	var found []Object
	for _, o := range objects {
		if o.Name == ref || o.Path != "" && strings.HasSuffix(o.Path, "/"+ref) {
			found = append(found, o)
		}
	}
	inside := Within(found, below)
	if class == TemplateClass && len(inside) == 0 {
		return found
	}
	return inside
}

// Finder is Among for many references: it looks only at objects that have something of a reference in their names, paths or ids.
type Finder struct {
	class   Class
	objects []Object
	// at are positions of objects by their paths and ids, and by the last elements of their names and paths.
	at map[string][]int
}

// NewFinder makes the lookup over the objects of a class.
func NewFinder(objects []Object, class Class) *Finder {
	f := &Finder{class: class, objects: objects, at: map[string][]int{}}
	for i, o := range objects {
		for _, k := range []string{o.Path, o.ID, lastElement(o.Name), lastElement(o.Path)} {
			if at := f.at[k]; len(at) == 0 || at[len(at)-1] != i {
				f.at[k] = append(at, i)
			}
		}
	}
	return f
}

// Find gives what Among does.
func (f *Finder) Find(ref, below string) []Object {
	if f.class == ResourcePoolClass && strings.Contains(ref, "*") {
		return Among(f.objects, f.class, ref, below)
	}
	positions := slices.Concat(f.at[ref], f.at[lastElement(ref)])
	if _, id, ok := strings.Cut(ref, ":"); ok {
		positions = append(positions, f.at[id]...)
	}
	slices.Sort(positions)
	var candidates []Object
	for _, i := range slices.Compact(positions) {
		candidates = append(candidates, f.objects[i])
	}
	return Among(candidates, f.class, ref, below)
}

func lastElement(p string) string { return p[strings.LastIndexByte(p, '/')+1:] }

// matching gives the resource pools of a pattern such as */Resources, which CAPV looks up from the datacenter's folder of
// hosts: https://github.com/vmware/govmomi/blob/main/find/finder.go.
func matching(objects []Object, pattern string) []Object {
	var found []Object
	for _, o := range objects {
		p := o.Path
		if _, below, ok := strings.Cut(p, "/host/"); ok && !strings.HasPrefix(pattern, "/") {
			p = below
		}
		if ok, err := path.Match(pattern, p); err == nil && ok {
			found = append(found, o)
		}
	}
	return found
}

// Within narrows objects to those below a path; "" is everywhere. Of an object whose own path is not known nobody can tell,
// so it counts where no other one does.
func Within(objects []Object, below string) []Object {
	if below == "" {
		return objects
	}
	var inside, unknown []Object
	for _, o := range objects {
		switch {
		case o.IsBelow(below):
			inside = append(inside, o)
		case o.Path == "":
			unknown = append(unknown, o)
		}
	}
	if len(inside) == 0 {
		return unknown
	}
	return inside
}

// IsBelow tells whether the object is at a path or below it.
func (o Object) IsBelow(p string) bool { return o.Path == p || strings.HasPrefix(o.Path, p+"/") }

func isID(class Class, id, ref string) bool {
	if ref == id {
		return true
	}
	for _, t := range class.moTypes() {
		if ref == t+":"+id {
			return true
		}
	}
	return false
}
