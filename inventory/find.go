// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"path"
	"strings"
)

// Object is what the different vSphere objects have in common when a manifest refers to them.
type Object struct {
	// Name is the last element of the path where the kind has no name of its own.
	Name, Path, ID string
}

// Spelling is how the object is written into a manifest: by its full inventory path where that is
// known, which is unique in a vCenter as a name is not.
func (o Object) Spelling() string {
	if o.Path != "" {
		return o.Path
	}
	return o.Name
}

// Object is what identifies the datastore and how it is spelled.
func (d Datastore) Object() Object { return Object{d.Name, d.Path, d.ID} }

// Class is a kind of vSphere object that manifests refer to.
type Class string

// The classes, in the words of messages.
const (
	DatacenterClass   Class = "datacenter"
	DatastoreClass    Class = "datastore"
	FolderClass       Class = "folder"
	NetworkClass      Class = "network"
	ResourcePoolClass Class = "resource pool"
	TemplateClass     Class = "template"
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

// Objects lists all objects of a class.
func (inv *Inventory) Objects(class Class) []Object {
	var out []Object
	add := func(name, p, id string) {
		if name == "" {
			name = path.Base(p)
		}
		out = append(out, Object{name, p, id})
	}
	switch class {
	case DatacenterClass:
		for _, x := range inv.Datacenters {
			add(x.Name, x.Path, x.ID)
		}
	case DatastoreClass:
		for _, x := range inv.Datastores {
			add(x.Name, x.Path, x.ID)
		}
	case FolderClass:
		for _, x := range inv.Folders {
			add("", x.Path, x.ID)
		}
	case NetworkClass:
		for _, x := range inv.Networks {
			add(x.Name, x.Path, x.ID)
		}
	case ResourcePoolClass:
		for _, x := range inv.ResourcePools {
			add("", x.Path, x.ID)
		}
	case TemplateClass:
		for _, x := range inv.Templates {
			add(x.Name, x.Path, x.ID)
		}
	}
	return out
}

// Find gives the objects of a class that a reference can mean: the one with that path or id or, by
// name or by the end of its path (as govmomi's finder accepts "tkg/photon"), all that have it.
// Within a datacenter, given by its path, those of that datacenter come first: when there are any,
// others are not considered.
func (inv *Inventory) Find(class Class, ref, datacenter string) []Object {
	return Among(inv.Objects(class), class, ref, datacenter)
}

// Among is Find over a list of objects at hand.
func Among(objects []Object, class Class, ref, datacenter string) []Object {
	for _, o := range objects {
		if o.Path != "" && o.Path == ref || o.ID != "" && isID(class, o.ID, ref) {
			return []Object{o}
		}
	}
	if class == ResourcePoolClass && strings.Contains(ref, "*") {
		return Within(matching(objects, ref), datacenter)
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
	return Within(found, datacenter)
}

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

// Within narrows objects to a datacenter, given by its path, when it has any of them.
func Within(objects []Object, datacenter string) []Object {
	if datacenter == "" {
		return objects
	}
	var inside []Object
	for _, o := range objects {
		if o.Path == datacenter || strings.HasPrefix(o.Path, datacenter+"/") {
			inside = append(inside, o)
		}
	}
	if len(inside) == 0 {
		return objects
	}
	return inside
}

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

// DatacenterOf gives the datacenter that a path lies in, or false where the inventory has no such
// path.
func (inv *Inventory) DatacenterOf(p string) (Datacenter, bool) {
	best, found := Datacenter{}, false
	for _, dc := range inv.Datacenters {
		if dc.Path != "" && strings.HasPrefix(p, dc.Path+"/") && len(dc.Path) >= len(best.Path) {
			best, found = dc, true
		}
	}
	return best, found
}
