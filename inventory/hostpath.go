// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"slices"
	"strings"
)

// RootPools finds the paths of hosts and compute clusters by the resource pools that are below them.
type RootPools struct {
	// paths are those of all resource pools, in order.
	paths []string
	// above are the paths of what has a root resource pool, by their last elements.
	above map[string][]string
}

// RootPools makes the lookup, once for many hosts.
func (inv *Inventory) RootPools() *RootPools {
	r := &RootPools{above: map[string][]string{}}
	for _, p := range inv.ResourcePools {
		r.paths = append(r.paths, p.Path)
		above, isRoot := strings.CutSuffix(p.Path, "/Resources")
		if !isRoot || !strings.Contains(above, "/host/") || strings.Contains(above, "/Resources/") {
			continue // the last is a pool that somebody called so
		}
		r.above[lastElement(above)] = append(r.above[lastElement(above)], above)
	}
	slices.Sort(r.paths)
	return r
}

// HasBelow tells whether a resource pool is at a path or below it.
func (r *RootPools) HasBelow(p string) bool {
	if _, ok := slices.BinarySearch(r.paths, p); ok {
		return true
	}
	i, _ := slices.BinarySearch(r.paths, p+"/")
	return i < len(r.paths) && strings.HasPrefix(r.paths[i], p+"/")
}

// HostPath is the path of a host, below which the resource pools of one that stands alone are: its own, where the inventory has
// it; else that of a listed root resource pool of its name in the datacenter, given by its path; else the place where hosts stand
// that nobody put into a folder. It is empty where nothing tells it.
func (r *RootPools) HostPath(h Host, datacenter string) string {
	switch {
	case h.Path != "":
		return h.Path
	case h.Cluster != "":
		return h.Cluster + "/" + h.Name
	}
	// Of several, the shortest is the least nested: hosts have unique names, resource pools do not.
	found := ""
	for _, above := range r.above[lastElement(h.Name)] {
		if strings.HasSuffix(above, "/"+h.Name) && (datacenter == "" || within(above, datacenter)) && (found == "" || len(above) < len(found)) {
			found = above
		}
	}
	if found == "" && datacenter != "" {
		found = datacenter + "/host/" + h.Name
	}
	return found
}

// HostPath is that of RootPools, for one host.
func (inv *Inventory) HostPath(h Host, datacenter string) string {
	return inv.RootPools().HostPath(h, datacenter)
}
