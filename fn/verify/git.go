// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// wanted is what git says of machines.
type wanted struct {
	git *object.Set
	// clusters are the names of those that are compared, the longest first.
	clusters []string
	pools    []*pool
	names    names
	// others are the names of everything in git.
	others map[string]bool
	// blind are clusters some of whose machines have names that are not understood.
	blind map[string]bool
}

// readGit finds the pools of the Clusters that have an inventory.
func readGit(git *object.Set, inventories map[object.Key]*inventory.Inventory) (wanted, diag.List) {
	var diags diag.List
	w := wanted{git: git, others: map[string]bool{}, blind: map[string]bool{}}
	controlPlanes := map[*object.Object]string{} // with the names of their Clusters
	for _, cluster := range git.Clusters() {
		if cp, _ := git.Follow(cluster, "spec", "controlPlaneRef"); cp != nil {
			controlPlanes[cp] = cluster.Ref.Name
		}
		inv := inventories[cluster.Key()]
		if inv == nil {
			continue
		}
		w.clusters = append(w.clusters, cluster.Ref.Name)
		for _, md := range w.git.MachineDeployments(cluster) {
			if md.Owner() != "" || md.Annotation(object.AdoptedAnnotation) != "" {
				diags.Append(w.add(md, inv, cluster.Ref.Name)...)
			}
		}
	}
	// Of clusters apple and apple-pie the longer name is the likelier one.
	slices.SortFunc(w.clusters, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	w.clusters = slices.Compact(w.clusters)
	for _, o := range w.git.All() {
		w.others[o.Ref.Name] = true
		cluster := cmp.Or(tree.String(o.Node, "spec", "clusterName"), controlPlanes[o])
		if text, err := otherNames(o, git, cluster); err != nil {
			w.blind[cluster] = true
		} else if text != "" {
			w.names.add(text, nil)
		}
	}
	return w, diags
}

func (w *wanted) add(md *object.Object, inv *inventory.Inventory, cluster string) (diags diag.List) {
	p := &pool{ref: md.Ref, Pool: Pool{Namespace: md.Ref.Namespace, Name: md.Ref.Name, Wanted: -1}}
	if n, err := strconv.Atoi(tree.String(md.Node, "spec", "replicas")); err == nil {
		p.Wanted = n
	}
	w.pools = append(w.pools, p)
	field := func(...string) string { return "" }
	t, _ := w.git.Follow(md, "spec", "template", "spec", "infrastructureRef")
	if t != nil {
		field = func(path ...string) string {
			return tree.String(t.Node, append([]string{"spec", "template", "spec"}, path...)...)
		}
	}
	var problem *unreadable
	if p.machineName, p.vmName, problem = namesOf(md, t, cluster); problem != nil {
		w.blind[cluster], p.Unrecognised = true, true
		diags.Warnf(diag.MachinesUnrecognised, problem.at, "the machines of MachineDeployment %s cannot be recognised by this template: %s", md.Ref.Name, problem.why).
			WithHint("they are neither counted nor compared; text around %s can be read", problem.like)
	} else {
		w.names.add(p.vmName, p)
	}

	// only is the path of what a reference means, or nothing.
	only := func(class inventory.Class, datacenter string) inventory.Object {
		ref := field(string(references[class]))
		if found := inv.Find(class, ref, datacenter); ref != "" && len(found) == 1 {
			return found[0]
		}
		return inventory.Object{}
	}
	datacenter := only(inventory.DatacenterClass, "").Path
	p.folder = only(inventory.FolderClass, datacenter).Path
	p.resourcePool = only(inventory.ResourcePoolClass, datacenter).Path
	p.Datastore = field("datastore")
	home := only(inventory.DatastoreClass, datacenter)
	i := slices.IndexFunc(inv.Datastores, func(d inventory.Datastore) bool { return d.Name == home.Name && d.Path == home.Path })
	if home.Name == "" || i < 0 {
		diags.Warnf(diag.InventoryStale, diag.At(md.Ref, ""), "the inventory does not know which datastore %q is, so the machines are not compared", p.Datastore).
			WithHint("refresh the inventory, or write the full path of the datastore")
		return diags
	}
	p.datastore = &inv.Datastores[i]
	p.Datastore = home.Name
	if len(p.datastore.Hosts) == 1 {
		p.Host = p.datastore.Hosts[0]
	}
	return diags
}

// references are the fields of a VSphereMachineTemplate that name objects of these classes.
var references = map[inventory.Class]string{
	inventory.DatacenterClass: "datacenter", inventory.FolderClass: "folder",
	inventory.ResourcePoolClass: "resourcePool", inventory.DatastoreClass: "datastore",
}
