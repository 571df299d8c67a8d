// SPDX-License-Identifier: Apache-2.0

package inventory_test

import (
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"github.com/vspread/vspread/inventory"
)

// world is a vCenter as it is: two datacenters with two compute clusters each.
type world struct {
	next       int
	hosts      []*worldHost
	datastores []*worldDatastore
	templates  []string // by datacenter, as "0/name"
}

type worldHost struct {
	id, name string
	dc       int
	cluster  string // empty is none
	cpus     int
	edge     bool // in a folder of hosts, where it stands alone
}

type worldDatastore struct {
	id, name, url string
	dc            int
	free          int
	mounts        map[*worldHost]bool
	// claims are of hosts that say they mount it, whatever it says.
	claims map[*worldHost]bool
}

func (d *worldDatastore) path() string { return fmt.Sprintf("/dc%d/datastore/%s", d.dc, d.name) }

func (w *world) id(kind string) string {
	w.next++
	return fmt.Sprintf("%s-%d", kind, w.next)
}

// change does one thing to the world.
func (w *world) change(t *rapid.T) {
	name := func(what string) string { return fmt.Sprint(what, rapid.IntRange(0, 5).Draw(t, "name")) }
	free := func(n string, dc int) bool {
		return !slices.ContainsFunc(w.datastores, func(d *worldDatastore) bool { return d.dc == dc && d.name == n })
	}
	switch rapid.IntRange(0, 9).Draw(t, "change") {
	case 0, 1: // a host joins, perhaps under the name of an earlier one
		n := name("host")
		if slices.ContainsFunc(w.hosts, func(h *worldHost) bool { return h.name == n }) {
			return
		}
		dc := rapid.IntRange(0, 1).Draw(t, "dc")
		w.hosts = append(w.hosts, &worldHost{w.id("host"), n, dc, rapid.SampledFrom([]string{"", "one", "two"}).Draw(t, "cluster"), 4, rapid.Bool().Draw(t, "edge")})
	case 2, 3, 4: // a datastore joins, perhaps a known disk
		dc := rapid.IntRange(0, 1).Draw(t, "dc")
		if n := name("disk"); free(n, dc) {
			url := fmt.Sprintf("ds:///vmfs/volumes/%d/", rapid.IntRange(0, 7).Draw(t, "url"))
			if slices.ContainsFunc(w.datastores, func(d *worldDatastore) bool { return d.url == url }) {
				return
			}
			w.datastores = append(w.datastores, &worldDatastore{w.id("datastore"), n, url, dc, 50, map[*worldHost]bool{}, map[*worldHost]bool{}})
		}
	case 5: // a host leaves
		if len(w.hosts) > 0 {
			i := rapid.IntRange(0, len(w.hosts)-1).Draw(t, "i")
			for _, d := range w.datastores {
				delete(d.mounts, w.hosts[i])
				delete(d.claims, w.hosts[i])
			}
			w.hosts = slices.Delete(w.hosts, i, i+1)
		}
	case 6: // a datastore leaves
		if len(w.datastores) > 0 {
			i := rapid.IntRange(0, len(w.datastores)-1).Draw(t, "i")
			w.datastores = slices.Delete(w.datastores, i, i+1)
		}
	case 7: // something is renamed
		if len(w.datastores) > 0 {
			d := rapid.SampledFrom(w.datastores).Draw(t, "datastore")
			if n := name("disk"); free(n, d.dc) {
				d.name = n
			}
		}
		if len(w.hosts) > 0 {
			h, n := rapid.SampledFrom(w.hosts).Draw(t, "host"), name("host")
			if !slices.ContainsFunc(w.hosts, func(h *worldHost) bool { return h.name == n }) {
				h.name = n
			}
		}
	case 8: // a mount comes or goes
		if len(w.datastores) > 0 && len(w.hosts) > 0 {
			d, h := rapid.SampledFrom(w.datastores).Draw(t, "datastore"), rapid.SampledFrom(w.hosts).Draw(t, "host")
			if d.dc == h.dc {
				side := d.mounts
				if rapid.IntRange(0, 2).Draw(t, "side") == 0 {
					side = d.claims
				}
				if side[h] {
					delete(side, h)
				} else {
					side[h] = true
				}
			}
		}
	case 9: // figures and templates
		for _, d := range w.datastores {
			d.free = rapid.IntRange(0, 100).Draw(t, "free")
		}
		w.templates = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"0/a", "0/b", "1/a"}), 0, 3, rapid.ID[string]).Draw(t, "templates")
	}
}

var scopes = []inventory.Scope{{}, {}, {Datacenters: []string{"/dc0"}}, {Datacenters: []string{"/dc1"}}, {Datacenters: []string{"/dc0"}, Cluster: "one"},
	{Datacenters: []string{"/dc0", "/dc1"}, Cluster: "t*"}}

// read reads the world, as far as scope and rights let it.
func (w *world) read(t *rapid.T, s inventory.Scope, dark bool) inventory.Reading {
	r := inventory.Reading{Scope: s, Outside: map[string]bool{}, Hidden: map[string]bool{}, Unread: map[string][]string{}, Crowded: map[string]bool{}}
	r.Limited = dark && rapid.Bool().Draw(t, "limited")
	hides := func() bool { return dark && rapid.IntRange(0, 3).Draw(t, "hidden") == 0 }
	unread := func(id string, fields ...string) {
		if hides() {
			r.Unread[id] = rapid.SliceOfNDistinct(rapid.SampledFrom(fields), 1, len(fields), rapid.ID[string]).Draw(t, "fields")
		}
	}
	known := func(id, field string) bool { return !slices.Contains(r.Unread[id], field) }
	in := func(dc int) bool {
		return len(s.Datacenters) == 0 || slices.Contains(s.Datacenters, fmt.Sprint("/dc", dc))
	}
	inCluster := func(c string) bool {
		return s.Cluster == "" || s.Cluster == "one" && c == "one" || s.Cluster == "t*" && c == "two"
	}
	r.Seen.InstanceID = "this"
	for dc := range 2 {
		path := fmt.Sprint("/dc", dc)
		for _, c := range []string{"one", "two"} {
			id := fmt.Sprint("domain-", dc, c)
			if !in(dc) || !inCluster(c) {
				r.Outside[id] = true
				continue
			}
			r.Seen.Clusters = append(r.Seen.Clusters, inventory.ComputeCluster{Name: c, Path: path + "/host/" + c, ID: id})
		}
		if in(dc) {
			r.Seen.Datacenters = append(r.Seen.Datacenters, inventory.Datacenter{Name: fmt.Sprint("dc", dc), Path: path, ID: path})
		} else {
			r.Outside[path] = true
		}
	}
	seen := map[*worldHost]bool{}
	for _, h := range w.hosts {
		if !in(h.dc) || !inCluster(h.cluster) {
			r.Outside[h.id] = true
			continue
		}
		if hides() {
			r.Hidden[h.id] = true
			continue
		}
		seen[h] = true
		unread(h.id, "cluster", "path", "cpus", "state", "tags", "datastores")
		x := inventory.Host{Name: h.name, ID: h.id}
		if h.cluster != "" && known(h.id, "cluster") {
			x.Cluster = fmt.Sprintf("/dc%d/host/%s", h.dc, h.cluster)
		}
		if h.cluster == "" && h.edge && known(h.id, "path") {
			x.Path = fmt.Sprintf("/dc%d/host/Edge/%s", h.dc, h.name)
		}
		if known(h.id, "cpus") {
			x.CPUs = h.cpus
		}
		if known(h.id, "state") {
			x.State = inventory.Connected
		}
		if known(h.id, "tags") {
			x.Tags = inventory.Tags{"host": h.id}
		}
		r.Seen.Hosts = append(r.Seen.Hosts, x)
	}
	policy := inventory.StoragePolicy{Name: "all", ID: "policy"}
	called := map[string]int{}
	for _, d := range w.datastores {
		called[d.name]++
	}
	// spelled is how lists have a datastore, by a path where the name is not unique.
	spelled := func(d *worldDatastore) string {
		if called[d.name] > 1 {
			return d.path()
		}
		return d.name
	}
	for _, d := range w.datastores {
		inside := in(d.dc) && (s.Cluster == "" || slices.ContainsFunc(slices.Collect(maps.Keys(d.mounts)), func(h *worldHost) bool { return inCluster(h.cluster) }))
		if !inside {
			r.Outside[d.id] = true
			if len(d.mounts) == 0 {
				r.Unread[d.id] = []string{"hosts"}
			}
			continue
		}
		if hides() {
			r.Hidden[d.id] = true
			continue
		}
		unread(d.id, "path", "url", "type", "capacityGiB", "freeGiB", "state", "hosts", "tags")
		x := inventory.Datastore{Name: d.name, ID: d.id}
		for h := range d.mounts {
			if seen[h] {
				x.Hosts = append(x.Hosts, h.name)
			} else {
				r.Crowded[d.id] = true
			}
		}
		label := d.name
		if called[d.name] > 1 {
			label = d.id
		}
		if known(d.id, "path") {
			x.Path = d.path()
			label = x.Path
		}
		for h := range d.claims {
			if d.mounts[h] {
				continue
			}
			r.Crowded[d.id] = true
			if seen[h] && known(d.id, "hosts") && known(h.id, "datastores") {
				r.Seen.Disagreements = append(r.Seen.Disagreements, fmt.Sprintf("datastore %s: host %s says that it mounts it, and it does not say so", label, h.name))
			}
		}
		if known(d.id, "url") {
			x.URL = d.url
		}
		if known(d.id, "capacityGiB") {
			x.CapacityGiB = 100
		}
		if known(d.id, "freeGiB") {
			x.FreeGiB = d.free
		}
		if known(d.id, "tags") {
			x.Tags = inventory.Tags{"datastore": d.id}
		}
		r.Seen.Datastores = append(r.Seen.Datastores, x)
		policy.Datastores = append(policy.Datastores, spelled(d))
	}
	slices.Sort(policy.Datastores)
	policy.Datastores = slices.Compact(policy.Datastores)
	r.Seen.StoragePolicies = []inventory.StoragePolicy{policy}
	for _, name := range w.templates {
		dc, id := int(name[0]-'0'), "vm-"+name
		switch {
		case !in(dc):
			r.Outside[id] = true
		case hides():
			r.Hidden[id] = true
		default:
			unread(id, "guestOS", "datastores", "diskGiB")
			x := inventory.Template{Name: name[2:], ID: id, Path: fmt.Sprintf("/dc%d/vm/%s", dc, name[2:])}
			if known(id, "guestOS") {
				x.GuestOS = "linux"
			}
			if known(id, "datastores") {
				for _, d := range w.datastores {
					if d.dc == dc && !r.Hidden[d.id] {
						x.Datastores = append(x.Datastores, spelled(d))
					}
				}
				if len(x.Datastores) < len(w.datastores) && slices.ContainsFunc(w.datastores, func(d *worldDatastore) bool { return d.dc == dc && r.Hidden[d.id] }) {
					r.Unread[id] = append(r.Unread[id], "datastores") // one of them is out of sight
				}
			}
			if known(id, "diskGiB") {
				x.DiskGiB = 20
			}
			r.Seen.Templates = append(r.Seen.Templates, x)
		}
	}
	return r
}
