// SPDX-License-Identifier: Apache-2.0

// Package verify compares what git says with the virtual machines that there are. It takes rendered objects, the
// inventories of their Clusters and the machines that vCenter has, and gives a Report; nothing is changed.
//
// It checks, on every user's vCenter, the one assumption that no simulator can: that a machine on a local
// datastore runs on the datastore's host.
package verify

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// Compare holds the objects of git, rendered, against the machines. Each Cluster is compared by its inventory; one that has none here
// is left out.
func Compare(git *object.Set, inventories map[object.Key]*inventory.Inventory, machines []Machine) Report {
	wanted, diags := readGit(git, inventories)
	c := comparison{wanted: wanted, diags: diags, uncertain: map[string][]string{}}
	for _, m := range machines {
		c.find(m)
	}
	c.reportUncertain()
	slices.SortFunc(c.pools, func(a, b *pool) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	for _, p := range c.pools {
		c.count(p)
		c.report.Pools = append(c.report.Pools, p.Pool)
	}
	c.unusedTemplates()
	c.report.Diags = c.diags
	return c.report
}

type comparison struct {
	wanted
	// uncertain has, for each set of pools, the machines that may be of any of them.
	uncertain map[string][]string
	diags     diag.List
	report    Report
}

// find holds one machine against its pool.
func (c *comparison) find(m Machine) {
	candidates, known := c.names.find(m.Name)
	if len(candidates) == 0 {
		if !known {
			c.strange(m)
		}
		return
	}
	for _, tells := range []func(*pool) bool{
		func(p *pool) bool { return p.folder != "" && p.folder == path.Dir(m.Path) },
		func(p *pool) bool { return p.resourcePool != "" && p.resourcePool == m.ResourcePool },
		func(p *pool) bool { return p.datastore != nil && m.Datastore.Name != "" && same(p.home(), m.Datastore) },
	} {
		// What tells nothing about any of them leaves all.
		if fit := filter(candidates, tells); len(candidates) > 1 && len(fit) > 0 {
			candidates = fit
		}
	}
	c.report.Machines++
	p := candidates[0]
	if len(candidates) == 1 {
		where := c.judge(p, m, diag.At(p.ref, ""))
		if where == "" {
			p.InPlace++
		} else {
			p.Others = append(p.Others, where)
		}
		return
	}
	var all []string
	for _, p := range candidates {
		p.Uncertain++
		all = append(all, p.label())
	}
	if m.Datastore.Name != "" && !slices.ContainsFunc(candidates, func(p *pool) bool { return p.datastore != nil && same(p.home(), m.Datastore) }) {
		c.report.Elsewhere++
		c.diags.Errorf(diag.MachineElsewhere, diag.Where{}, "machine %s is on datastore %s, and none of the MachineDeployments that it may be of is: %s", m.Name, m.Datastore.Spelling(), strings.Join(all, ", ")).
			WithHint("somebody moved it, or a rollout is under way; deleting its Machine makes it anew in its place")
		return
	}
	// They agree about the datastore that it is on.
	c.judge(p, m, diag.Where{})
	slices.Sort(all)
	set := strings.Join(all, " or ")
	c.uncertain[set] = append(c.uncertain[set], m.Name)
}

func filter(pools []*pool, keep func(*pool) bool) []*pool {
	return slices.DeleteFunc(slices.Clone(pools), func(p *pool) bool { return !keep(p) })
}

// judge tells where a machine is when it is not in its place, and reports it.
func (c *comparison) judge(p *pool, m Machine, at diag.Where) (where string) {
	d := p.datastore
	if d == nil {
		return "on " + cmp.Or(m.Host, "a host that is not read")
	}
	again := "deleting its Machine makes it anew in its place"
	if p.isMachineName(m.Name) {
		again = "`kubectl delete machine " + p.flag() + m.Name + "` makes it anew in its place"
	}
	// A datastore that could not be read is a gap, which is reported as such, and no other place.
	if m.Datastore.Name != "" && !same(p.home(), m.Datastore) {
		here, there := apart(p.home(), m.Datastore)
		c.diags.Errorf(diag.MachineElsewhere, at, "machine %s is on datastore %s, not on %s", m.Name, there, here).
			WithHint("somebody moved it, or a rollout is under way; %s", again)
		where = "on datastore " + there
	}
	for _, disk := range m.Disks {
		if same(p.home(), disk) || same(m.Datastore, disk) {
			continue
		}
		here, there := apart(p.home(), disk)
		c.diags.Warnf(diag.MachineElsewhere, at, "machine %s has a disk on datastore %s, not on %s", m.Name, there, here).
			WithHint("somebody moved the disk; %s", again)
		where = cmp.Or(where, "with a disk on "+there)
	}
	switch {
	case where != "":
		c.report.Elsewhere++
	case m.Datastore.Name == "" || m.Host == "":
		c.report.Unread++
		where = "not read"
	case !slices.Contains(d.Hosts, m.Host):
		c.report.Elsewhere++
		where = "on host " + m.Host
		c.diags.Errorf(diag.MachineElsewhere, at, "machine %s runs on host %s, which does not mount %s according to the inventory", m.Name, m.Host, d.Name).
			WithHint("refresh the inventory; if it is right, please report this: a local datastore should pin its machines")
	case d.IsLocal():
		c.report.Pinned++
	default:
		where = "on " + m.Host
	}
	return where
}

// same tells whether two descriptions mean one datastore: by id or path, which are unique in a vCenter, and by name
// only where there is nothing better. A datastore that was added again has another id and the same path.
func same(a, b inventory.Object) bool {
	switch {
	case a.ID != "" && a.ID == b.ID:
		return true
	case a.Path != "" && b.Path != "":
		return a.Path == b.Path
	}
	return a.Name == b.Name
}

// apart gives two datastores by their names, or by their paths where they have one name.
func apart(a, b inventory.Object) (string, string) {
	if a.Name == b.Name {
		return a.Spelling(), b.Spelling()
	}
	return a.Name, b.Name
}

// count compares the number of machines with that in git.
func (c *comparison) count(p *pool) {
	found := p.InPlace + len(p.Others)
	if p.Unrecognised || p.Wanted < 0 || found <= p.Wanted && p.Wanted <= found+p.Uncertain {
		return
	}
	c.diags.Infof(diag.MachineCount, diag.At(p.ref, ""), "git says %s, vCenter has %d", diag.Count(p.Wanted, "machine", "machines"), found).
		WithHint("a rollout or a scaling may be under way, or git is not applied yet")
}

func (c *comparison) reportUncertain() {
	for set, machines := range c.uncertain {
		slices.Sort(machines)
		c.diags.Infof(diag.MachineAmbiguous, diag.Where{}, "may be of %s, and nothing in vCenter tells which: %s", set, diag.Choices(machines)).
			WithHint("their places are compared, their number is not; give one of them a folder or resource pool of its own")
	}
}

// strange reports a machine of one of the clusters that belongs to no pool of git, unless a
// MachineDeployment or control plane of the user's has it.
func (c *comparison) strange(m Machine) {
	match := machineName.FindStringSubmatch(m.Name)
	if match == nil {
		return
	}
	parent := match[1]
	if c.others[parent] {
		return
	}
	for _, cluster := range c.clusters {
		if strings.HasPrefix(parent, cluster+"-") && !c.blind[cluster] {
			c.diags.Warnf(diag.MachineUnknown, diag.Where{}, "machine %s (%s) looks like one of cluster %s, and git has no MachineDeployment %s", m.Name, m.Path, cluster, parent).
				WithHint("Argo CD does not delete a MachineDeployment that left git: `kubectl get machinedeployment -A | grep %s`", parent)
			return
		}
	}
}

// unusedTemplates lists templates of ours that no MachineDeployment of git names.
func (c *comparison) unusedTemplates() {
	used := map[object.Key]bool{}
	for _, md := range c.git.All() {
		for _, path := range [][]string{{"spec", "template", "spec", "infrastructureRef"}, {"spec", "template", "spec", "bootstrap", "configRef"}} {
			_, k := c.git.Follow(md, path...)
			used[k] = true
		}
	}
	for _, o := range c.git.All() {
		if o.Owner() != "" && strings.HasSuffix(o.Ref.Kind, "Template") && !used[o.Key()] {
			c.diags.Infof(diag.TemplateUnused, diag.At(o.Ref, ""), "no MachineDeployment in git names it").
				WithHint("it may be deleted once no rollout needs it any more")
		}
	}
}
