// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"path"
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
