// SPDX-License-Identifier: Apache-2.0

package capacity

import (
	"maps"
	"slices"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// Cluster is what one Cluster of an input puts where.
type Cluster struct {
	Name      string
	Spread    *v1alpha1.ClusterSpread
	SpreadRef diag.Ref
	Inventory *inventory.Inventory
	Pools     []site.Pool
	// ControlPlane is nil where its place is not known.
	ControlPlane *site.ControlMachines
}

// Tally adds up Clusters and judges the sums. It keeps numbers for each worker group, datastore and size, not for each Cluster. Its
// zero value has none.
type Tally struct {
	sums Sums
	uses []*use
	of   map[spreadOn]*use
}

type spreadOn struct {
	spread *v1alpha1.ClusterSpread
	inv    *inventory.Inventory
}

// Add adds a Cluster.
func (t *Tally) Add(c Cluster) {
	on := spreadOn{c.Spread, c.Inventory}
	u := t.of[on]
	if u == nil {
		if t.of == nil {
			t.of = map[spreadOn]*use{}
		}
		u = newUse(c.Spread, diag.At(c.SpreadRef, "spec"), c.Inventory)
		t.of[on], t.uses = u, append(t.uses, u)
	}
	byName := map[string]int{}
	for i, g := range c.Spread.Spec.Workers {
		byName[g.Name] = i
		u.owners[i].clusters++
	}
	for _, p := range c.Pools {
		t.add(u, byName[p.Group], p.Datastore, p.Footprint, p.Most(), p.Surge)
	}
	if cp := c.ControlPlane; cp != nil {
		u.owners = append(u.owners, owner{group: -1, clusters: 1, cluster: c.Name, at: cp.At, memoryAt: cp.MemoryAt})
		t.add(u, len(u.owners)-1, cp.Datastore, cp.Footprint, cp.Replicas, cp.Surge)
	}
}

func (t *Tally) add(u *use, owner int, d inventory.Datastore, f site.Footprint, n, surge int) {
	i, ok := t.sums.world(u.inv).datastores[d.Object()]
	if !ok {
		return
	}
	u.add(machines{owner: owner, datastore: i, Footprint: f}, n, surge)
	t.sums.Add(Load{Inventory: u.inv, Datastore: d.Object(), Machines: n, Surge: surge, Footprint: f})
}

// Check judges each host and datastore, as the ClusterSpreads say whose machines are there.
func (t *Tally) Check() diag.List {
	var diags diag.List
	for _, u := range t.uses {
		own := u.sorted()
		tooSmall := u.refuseLarge(own, &diags)
		if u.spec.Capacity.Check == v1alpha1.CapacityOff {
			continue
		}
		var unseen unknown
		found := append(u.checkHosts(&t.sums, own, tooSmall, &unseen), u.checkDatastores(&t.sums, own, &unseen)...)
		severity := diag.Warning
		if u.spec.Capacity.Check == v1alpha1.CapacityError {
			severity = diag.Error
			unseen.note(u.at.Dot("capacity.check"), &diags)
		}
		for _, f := range grouped(found) {
			diags.Add(severity, codes[f.Resource], u.owners[f.owner].at, "%s", u.message(f)).Hint = u.hint(&t.sums, f)
		}
	}
	return diags
}

// checkHosts gives the hosts that have too little memory or too few CPUs.
func (u *use) checkHosts(s *Sums, own []machines, tooSmall map[string]bool, unseen *unknown) []finding {
	on := map[string][]machines{}
	for _, m := range own {
		if hosts := u.hostsOf(m); len(hosts) == 1 {
			on[hosts[0]] = append(on[hosts[0]], m)
		}
		if m.MemoryMiB == 0 || m.CPUs == 0 || m.IsPartial {
			unseen.add("the size of machines of", u.phrase(u.owners[m.owner]))
		}
	}
	var found []finding
	for _, name := range slices.Sorted(maps.Keys(on)) {
		h, _ := u.inv.Host(name)
		for _, r := range []Resource{Memory, CPU} {
			limit, ok := u.limits.OfHost(r, h)
			if !ok {
				unseen.add([...]string{Memory: "memoryMiB of", CPU: "cpus of"}[r], name)
				continue
			}
			if r == Memory && tooSmall[name] {
				continue // which has been reported
			}
			if short, ok := u.judge(r, s.Host(u.inv, name, r), limit, on[name]); ok {
				found = append(found, finding{short, []string{name}})
			}
		}
	}
	return found
}

// checkDatastores gives the datastores that are too small.
func (u *use) checkDatastores(s *Sums, own []machines, unseen *unknown) []finding {
	on := map[int][]machines{}
	for _, m := range own {
		on[m.datastore] = append(on[m.datastore], m)
	}
	var found []finding
	for _, i := range slices.Sorted(maps.Keys(on)) {
		d := u.inv.Datastores[i]
		limit, ok := u.limits.OfDatastore(d)
		if !ok {
			unseen.add("capacityGiB of", d.Object().Spelling())
			continue
		}
		if short, ok := u.judge(Disk, s.Datastore(u.inv, d.Object()), limit, on[i]); ok {
			name := d.Object().Spelling()
			if len(d.Hosts) == 1 {
				name += " of " + d.Hosts[0]
			}
			found = append(found, finding{short, []string{name}})
		}
	}
	return found
}
