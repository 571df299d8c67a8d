// SPDX-License-Identifier: Apache-2.0

package inventory

import "strings"

// HostPath is the path of a host, below which the resource pools of one that stands alone are: its own, where the inventory has
// it; else that of a listed root resource pool of its name in the datacenter, given by its path; else the place where hosts stand
// that nobody put into a folder. It is empty where nothing tells it.
func (inv *Inventory) HostPath(h Host, datacenter string) string {
	switch {
	case h.Path != "":
		return h.Path
	case h.Cluster != "":
		return h.Cluster + "/" + h.Name
	}
	// Of several, the shortest is the least nested: hosts have unique names, resource pools do not.
	found := ""
	for _, p := range inv.ResourcePools {
		above, isRoot := strings.CutSuffix(p.Path, "/Resources")
		if !isRoot || !strings.HasSuffix(above, "/"+h.Name) || !strings.Contains(above, "/host/") || strings.Contains(above, "/Resources/") {
			continue // the last is a pool that somebody called so
		}
		if (datacenter == "" || within(above, datacenter)) && (found == "" || len(above) < len(found)) {
			found = above
		}
	}
	if found == "" && datacenter != "" {
		found = datacenter + "/host/" + h.Name
	}
	return found
}
