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

// pool is a Pool while it is compared.
type pool struct {
	Pool
	ref diag.Ref
	// datastore is nil where the inventory does not know it, folder and resourcePool are paths or nothing.
	datastore            *inventory.Datastore
	folder, resourcePool string
	// unnamed tells that its machines cannot be recognised by name.
	unnamed bool
}

func (p *pool) home() inventory.Object {
	return inventory.Object{Name: p.datastore.Name, Path: p.datastore.Path, ID: p.datastore.ID}
}

func (p *pool) label() string {
	if p.Namespace == "" {
		return p.Name
	}
	return p.Namespace + "/" + p.Name
}

// flag is what kubectl needs to find the pool's machines.
func (p *pool) flag() string {
	if p.Namespace == "" || p.Namespace == "default" {
		return ""
	}
	return "-n " + p.Namespace + " "
}

// isMachineName tells whether a virtual machine of the pool is called as its Machine.
func (p *pool) isMachineName(name string) bool {
	match := machineName.FindStringSubmatch(name)
	return match != nil && match[1] == p.Name
}

// readGit notes the pools of the Clusters that have an inventory.
func (c *comparison) readGit(inventories map[object.Key]*inventory.Inventory) {
	for _, cluster := range c.git.Clusters() {
		inv := inventories[cluster.Key()]
		if inv == nil {
			continue
		}
		c.clusters = append(c.clusters, cluster.Ref.Name)
		for _, md := range c.git.MachineDeployments(cluster) {
			if md.Owner() != "" || md.Annotation(object.AdoptedAnnotation) != "" {
				c.add(md, inv)
			}
		}
	}
	// Of clusters apple and apple-pie the longer name is the likelier one.
	slices.SortFunc(c.clusters, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	c.clusters = slices.Compact(c.clusters)
	c.names.others = map[string]bool{}
	for _, o := range c.git.All() {
		c.names.others[o.Ref.Name] = true
	}
}

func (c *comparison) add(md *object.Object, inv *inventory.Inventory) {
	p := &pool{ref: md.Ref, Pool: Pool{Namespace: md.Ref.Namespace, Name: md.Ref.Name, Wanted: -1}}
	if n, err := strconv.Atoi(tree.String(md.Node, "spec", "replicas")); err == nil {
		p.Wanted = n
	}
	c.pools = append(c.pools, p)
	field := func(...string) string { return "" }
	if t, _ := c.git.Follow(md, "spec", "template", "spec", "infrastructureRef"); t != nil {
		field = func(path ...string) string {
			return tree.String(t.Node, append([]string{"spec", "template", "spec"}, path...)...)
		}
	}
	c.names.add(p, field("os"), cmp.Or(field("naming", "template"), field("namingStrategy", "template")))

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
		c.diags.Warnf(diag.InventoryStale, diag.At(md.Ref, ""), "the inventory does not know which datastore %q is, so the machines are not compared", p.Datastore).
			WithHint("refresh the inventory, or write the full path of the datastore")
		return
	}
	p.datastore = &inv.Datastores[i]
	p.Datastore = home.Name
	if len(p.datastore.Hosts) == 1 {
		p.Host = p.datastore.Hosts[0]
	}
}

// references are the fields of a VSphereMachineTemplate that name objects of these classes.
var references = map[inventory.Class]string{
	inventory.DatacenterClass: "datacenter", inventory.FolderClass: "folder",
	inventory.ResourcePoolClass: "resourcePool", inventory.DatastoreClass: "datastore",
}
