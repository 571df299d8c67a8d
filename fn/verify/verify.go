// SPDX-License-Identifier: Apache-2.0

// Package verify compares what git says with the virtual machines that there are: values in, diagnostics
// out, nothing is changed.
//
// It checks, on every user's vCenter, the one assumption that no simulator can: that a machine on a local
// datastore runs on the datastore's host.
package verify

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// Machine is a virtual machine as vCenter has it.
type Machine struct {
	Name, Path string
	// Host is where it runs, Datastore where its home is, Disks where its disks are; by name.
	Host, Datastore string
	Disks           []string
}

// Report is the outcome of a comparison.
type Report struct {
	Pools []Pool
	Diags diag.List
	// Pinned counts the machines that run on the one host of their pool's datastore.
	Pinned int
}

// Pool is a pool of git with the machines that vCenter has for it.
type Pool struct {
	Name, Datastore string
	// Wanted is what git says; negative is not said.
	Wanted   int
	Machines []Machine
}

// machineName is what Cluster API calls the machines of a MachineDeployment: its name and two times five
// random characters.
var machineName = regexp.MustCompile(`^(.+)-[a-z0-9]{5}-[a-z0-9]{5}$`)

// Compare holds the objects of git, rendered, and the inventory against the machines.
func Compare(git *object.Set, inv *inventory.Inventory, machines []Machine) Report {
	c := comparison{inv: inv, pools: map[string]*Pool{}, at: map[string]diag.Where{}}
	clusters := c.readGit(git)
	for _, m := range machines {
		match := machineName.FindStringSubmatch(m.Name)
		if match == nil {
			continue
		}
		pool := c.pools[match[1]]
		if pool == nil {
			c.strange(m, match[1], clusters, git)
			continue
		}
		pool.Machines = append(pool.Machines, m)
		c.machine(pool, m)
	}
	for _, name := range c.names {
		pool := c.pools[name]
		if pool.Wanted >= 0 && len(pool.Machines) != pool.Wanted {
			c.diags.Infof(diag.MachineCount, c.at[name], "git says %d machines, vCenter has %d", pool.Wanted, len(pool.Machines)).
				WithHint("a rollout or a scaling may be under way, or git is not applied yet")
		}
		c.report.Pools = append(c.report.Pools, *pool)
	}
	c.unusedTemplates(git)
	c.report.Diags = c.diags
	return c.report
}

type comparison struct {
	inv    *inventory.Inventory
	names  []string
	pools  map[string]*Pool
	at     map[string]diag.Where
	diags  diag.List
	report Report
}

// readGit notes the pools that vspread wrote, and gives the names of their clusters.
func (c *comparison) readGit(git *object.Set) map[string]bool {
	clusters := map[string]bool{}
	for _, md := range git.All() {
		if md.Owner() == "" && md.Annotation(object.AdoptedAnnotation) == "" || md.Ref.Kind != "MachineDeployment" {
			continue
		}
		clusters[tree.String(md.Node, "spec", "clusterName")] = true
		pool := &Pool{Name: md.Ref.Name, Wanted: -1}
		if n, err := strconv.Atoi(tree.String(md.Node, "spec", "replicas")); err == nil {
			pool.Wanted = n
		}
		if t, _ := git.Follow(md, "spec", "template", "spec", "infrastructureRef"); t != nil {
			pool.Datastore = tree.String(t.Node, "spec", "template", "spec", "datastore")
		}
		c.names = append(c.names, pool.Name)
		c.pools[pool.Name] = pool
		c.at[pool.Name] = diag.At(md.Ref, "")
	}
	slices.Sort(c.names)
	return clusters
}

// machine holds one machine against its pool.
func (c *comparison) machine(pool *Pool, m Machine) {
	at := c.at[pool.Name]
	found := c.inv.Find(inventory.DatastoreClass, pool.Datastore, "")
	if len(found) != 1 {
		return // the inventory does not know the datastore, so there is nothing to hold against
	}
	i := slices.IndexFunc(c.inv.Datastores, func(d inventory.Datastore) bool { return d.Name == found[0].Name && d.Path == found[0].Path })
	d := c.inv.Datastores[i]
	elsewhere := false
	if m.Datastore != d.Name {
		elsewhere = true
		c.diags.Errorf(diag.MachineElsewhere, at, "machine %s is on datastore %s, not on %s", m.Name, m.Datastore, d.Name).
			WithHint("somebody moved it, or a rollout is under way; `kubectl delete machine %s` makes it anew in its place", m.Name)
	}
	for _, disk := range m.Disks {
		if disk != d.Name && disk != m.Datastore {
			elsewhere = true
			c.diags.Warnf(diag.MachineElsewhere, at, "machine %s has a disk on datastore %s, not on %s", m.Name, disk, d.Name).
				WithHint("a volume of the CSI driver is meant to be there; a disk of the machine itself was moved")
		}
	}
	switch {
	case m.Host == "" || elsewhere:
	case !slices.Contains(d.Hosts, m.Host):
		c.diags.Errorf(diag.MachineElsewhere, at, "machine %s runs on host %s, which does not mount %s according to the inventory", m.Name, m.Host, d.Name).
			WithHint("refresh the inventory; if it is right, please report this: a local datastore should pin its machines")
	case d.IsLocal():
		c.report.Pinned++
	}
}

// strange reports a machine of one of the clusters that belongs to no pool of git, unless a
// MachineDeployment or control plane of the user's has it.
func (c *comparison) strange(m Machine, parent string, clusters map[string]bool, git *object.Set) {
	for _, o := range git.All() {
		if o.Ref.Name == parent {
			return
		}
	}
	for cluster := range clusters {
		if cluster != "" && strings.HasPrefix(parent, cluster+"-") {
			c.diags.Warnf(diag.MachineUnknown, diag.Where{}, "machine %s (%s) looks like one of cluster %s, and git has no MachineDeployment %s", m.Name, m.Path, cluster, parent).
				WithHint("Argo CD does not delete a MachineDeployment that left git: `kubectl get machinedeployment %s`", parent)
			return
		}
	}
}

// unusedTemplates lists templates of ours that no MachineDeployment of git names.
func (c *comparison) unusedTemplates(git *object.Set) {
	used := map[object.Key]bool{}
	for _, md := range git.All() {
		for _, path := range [][]string{{"spec", "template", "spec", "infrastructureRef"}, {"spec", "template", "spec", "bootstrap", "configRef"}} {
			_, k := git.Follow(md, path...)
			used[k] = true
		}
	}
	for _, o := range git.All() {
		if o.Owner() != "" && strings.HasSuffix(o.Ref.Kind, "Template") && !used[o.Key()] {
			c.diags.Infof(diag.TemplateUnused, diag.At(o.Ref, ""), "no MachineDeployment in git names it").
				WithHint("it may be deleted once no rollout needs it any more")
		}
	}
}
