// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vspread/vspread/inventory"
)

// Scope limits what is read. Cluster is a glob over the names of compute clusters; empty is everything.
// Datacenter is a name or a path.
type Scope struct {
	Datacenter string
	Cluster    string
}

// selection is the part of a tree that an inventory is made of.
type selection struct {
	datacenters, clusters, hosts, datastores, pods, networks, pools, folders, templates []*node
	// machines are those virtual machines that are no templates.
	machines []*node
	// members are the datastores in datastore clusters.
	members map[types.ManagedObjectReference][]*node
	// within holds the hosts and datastores.
	within map[types.ManagedObjectReference]bool
	// outside are what the scope leaves out.
	outside []*node
	// scope is what was chosen, in the terms of an inventory.
	scope inventory.Scope
}

// choose applies a scope. One that matches nothing is an error, since an empty inventory would look like everything gone.
func (t *tree) choose(host string, scope Scope) (*selection, error) {
	if _, err := path.Match(scope.Cluster, ""); err != nil {
		return nil, failf("%s: %q is no pattern for clusters: escape [ by \\[", host, scope.Cluster)
	}
	s := &selection{within: map[types.ManagedObjectReference]bool{}, members: map[types.ManagedObjectReference][]*node{}}
	for _, n := range t.all("Datacenter") {
		if scope.Datacenter == "" || n.name == scope.Datacenter || t.pathOf(n) == "/"+strings.Trim(scope.Datacenter, "/") {
			s.datacenters = append(s.datacenters, n)
		}
	}
	if len(s.datacenters) == 0 {
		if scope.Datacenter == "" {
			return nil, failf("%s: the user sees no datacenter: give it Read-only on the vCenter, propagating", host)
		}
		return nil, failf("%s: there is no datacenter %q: the user sees %s", host, scope.Datacenter, list(t.all("Datacenter")))
	}
	chosen := map[*node]bool{}
	for _, dc := range s.datacenters {
		chosen[dc] = true
	}
	inside := func(n *node) bool {
		dc := t.above(n, "Datacenter")
		// Where the way up is not visible it may be inside: with a scope that counts as outside.
		return dc == nil && scope == Scope{} || chosen[dc]
	}
	keep := func(nodes []*node, and func(*node) bool) []*node {
		return slices.DeleteFunc(nodes, func(n *node) bool {
			out := !inside(n) || !and(n)
			if out {
				s.outside = append(s.outside, n)
			}
			return out
		})
	}
	always := func(*node) bool { return true }

	all := slices.DeleteFunc(t.all("ClusterComputeResource"), func(n *node) bool { return !inside(n) })
	matches := func(n *node) bool {
		matched, _ := path.Match(scope.Cluster, n.name)
		return scope.Cluster == "" || matched
	}
	if scope.Cluster != "" {
		if !slices.ContainsFunc(all, matches) {
			return nil, failf("%s: there is no cluster %q: the user sees %s", host, scope.Cluster, list(all))
		}
		clear(chosen)
		for _, c := range all {
			if matches(c) {
				chosen[t.above(c, "Datacenter")] = true
			}
		}
		s.datacenters = slices.DeleteFunc(s.datacenters, func(dc *node) bool { return !chosen[dc] })
	}
	if scope != (Scope{}) {
		s.scope.Cluster = scope.Cluster
		for _, dc := range s.datacenters {
			s.scope.Datacenters = append(s.scope.Datacenters, t.pathOf(dc))
		}
		for _, dc := range t.all("Datacenter") {
			if !chosen[dc] {
				s.outside = append(s.outside, dc)
			}
		}
	}
	s.clusters = keep(t.all("ClusterComputeResource"), matches)
	cluster := map[*node]bool{}
	for _, c := range s.clusters {
		cluster[c] = true
	}
	inClusters := func(n *node) bool {
		return scope.Cluster == "" || cluster[t.above(n, "ClusterComputeResource")]
	}

	s.hosts = keep(t.all("HostSystem"), inClusters)
	for _, n := range s.hosts {
		s.within[n.ref] = true
	}
	// Where a datastore does not say who mounts it, its hosts may.
	mounted := map[types.ManagedObjectReference]bool{}
	for _, h := range s.hosts {
		for _, ref := range references(h, "datastore") {
			mounted[ref] = true
		}
	}
	s.datastores = keep(t.all("Datastore"), func(n *node) bool {
		return scope.Cluster == "" || n.missing["host"] != "" && mounted[n.ref] ||
			slices.ContainsFunc(mounts(n), func(m hostMount) bool { return s.within[m.host] })
	})
	for _, n := range s.datastores {
		s.within[n.ref] = true
		if n.parent != nil {
			s.members[*n.parent] = append(s.members[*n.parent], n)
		}
	}
	s.pods = keep(t.all("StoragePod"), func(pod *node) bool {
		return scope.Cluster == "" || len(s.members[pod.ref]) > 0
	})
	// The ports towards the world are no networks for machines, wherever they are.
	s.networks = keep(slices.DeleteFunc(t.all("Network", "OpaqueNetwork", "DistributedVirtualPortgroup"), func(n *node) bool { return value[bool](n, "config.uplink") }),
		func(n *node) bool {
			return scope.Cluster == "" || slices.ContainsFunc(references(n, "host"), func(r types.ManagedObjectReference) bool { return s.within[r] })
		})
	s.pools = keep(t.all("ResourcePool"), inClusters)
	s.folders = keep(slices.DeleteFunc(t.all("Folder"), func(n *node) bool { return !t.holdsMachines(n) }), always)
	s.templates = keep(slices.DeleteFunc(t.all("VirtualMachine"), func(n *node) bool { return !value[bool](n, "config.template") }), always)
	s.machines = slices.DeleteFunc(t.all("VirtualMachine"), func(n *node) bool {
		host, ok := n.values["runtime.host"].(types.ManagedObjectReference)
		return !inside(n) || value[bool](n, "config.template") || scope.Cluster != "" && (!ok || !s.within[host])
	})
	return s, nil
}

// holdsMachines tells whether a folder is a datacenter's folder for machines, or lies in it.
func (t *tree) holdsMachines(n *node) bool {
	for n != nil && n.ref.Type == "Folder" {
		if n.parent == nil {
			return false
		}
		above := t.nodes[*n.parent]
		if above != nil && above.ref.Type == "Datacenter" {
			return value[types.ManagedObjectReference](above, "vmFolder") == n.ref
		}
		n = above
	}
	return false
}

// mounts lists the hosts that a datastore says mount it.
func mounts(n *node) []hostMount { return value[[]hostMount](n, "host") }

func references(n *node, path string) []types.ManagedObjectReference {
	return value[types.ArrayOfManagedObjectReference](n, path).ManagedObjectReference
}

func list(nodes []*node) string {
	var names []string
	for _, n := range nodes {
		names = append(names, n.name)
	}
	slices.Sort(names)
	if len(names) > 5 {
		names = append(names[:5], "…")
	}
	return cmp.Or(strings.Join(names, ", "), "none")
}
