// SPDX-License-Identifier: Apache-2.0

package capacity_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/vspread/vspread/fn/capacity"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/inventory"
)

func TestLimits(t *testing.T) {
	t.Parallel()
	l := capacity.Limits{MemoryOvercommit: 1500, CPUOvercommit: 4000, ReserveMiB: 4096, ReservePercent: 10}
	for _, c := range []struct {
		name string
		got  func() (int, bool)
		want int
		ok   bool
	}{
		{"memory", func() (int, bool) { return l.OfHost(capacity.Memory, inventory.Host{MemoryMiB: 32768}) }, 43008, true},
		{"less memory than the reserve", func() (int, bool) { return l.OfHost(capacity.Memory, inventory.Host{MemoryMiB: 2048}) }, 0, true},
		{"CPUs", func() (int, bool) { return l.OfHost(capacity.CPU, inventory.Host{CPUs: 6}) }, 24, true},
		{"disk", func() (int, bool) { return l.OfDatastore(inventory.Datastore{CapacityGiB: 100}) }, 92160, true},
	} {
		if got, ok := c.got(); got != c.want || ok != c.ok {
			t.Errorf("%s: %d %t, want %d %t", c.name, got, ok, c.want, c.ok)
		}
	}
	for _, r := range []capacity.Resource{capacity.Memory, capacity.CPU} {
		if _, ok := l.OfHost(r, inventory.Host{Name: "a"}); ok {
			t.Errorf("resource %d of a host is known, and nothing says it", r)
		}
	}
	if _, ok := l.OfDatastore(inventory.Datastore{Name: "a"}); ok {
		t.Error("the capacity of a datastore is known, and nothing says it")
	}
}

// drawInventory gives hosts with up to two local datastores each, and one datastore that all mount.
func drawInventory(t *rapid.T, server string) *inventory.Inventory {
	inv := &inventory.Inventory{Server: server}
	shared := inventory.Datastore{Name: "nas", Type: "NFS", CapacityGiB: 1000}
	for i := range rapid.IntRange(1, 4).Draw(t, "hosts") {
		name := fmt.Sprintf("h%d", i)
		inv.Hosts = append(inv.Hosts, inventory.Host{
			Name: name, CPUs: rapid.IntRange(1, 16).Draw(t, "cpus"), MemoryMiB: rapid.IntRange(1, 65536).Draw(t, "memory"),
		})
		shared.Hosts = append(shared.Hosts, name)
		for j := range rapid.IntRange(1, 2).Draw(t, "disks") {
			inv.Datastores = append(inv.Datastores, inventory.Datastore{
				Name: fmt.Sprintf("%s-%d", name, j), Hosts: []string{name}, CapacityGiB: rapid.IntRange(1, 500).Draw(t, "capacity"),
			})
		}
	}
	inv.Datastores = append(inv.Datastores, shared)
	return inv
}

func drawLimits(t *rapid.T) capacity.Limits {
	return capacity.Limits{
		MemoryOvercommit: rapid.IntRange(100, 4000).Draw(t, "memory overcommit"), CPUOvercommit: rapid.IntRange(100, 8000).Draw(t, "CPU overcommit"),
		ReserveMiB: rapid.IntRange(0, 8192).Draw(t, "reserve"), ReservePercent: rapid.IntRange(0, 99).Draw(t, "reserved disk"),
	}
}

func drawFootprint(t *rapid.T) site.Footprint {
	return site.Footprint{
		CPUs: rapid.IntRange(1, 8).Draw(t, "cpus of a machine"), MemoryMiB: rapid.IntRange(1, 16384).Draw(t, "memory of a machine"),
		StorageMiB: rapid.IntRange(1, 100000).Draw(t, "disk of a machine"),
	}
}

func drawLoads(t *rapid.T, inv *inventory.Inventory) []capacity.Load {
	var out []capacity.Load
	for range rapid.IntRange(0, 8).Draw(t, "loads") {
		out = append(out, capacity.Load{
			Inventory: inv, Datastore: rapid.SampledFrom(inv.Datastores).Draw(t, "datastore").Object(),
			Machines: rapid.IntRange(0, 5).Draw(t, "machines"), Surge: rapid.IntRange(0, 2).Draw(t, "surge"), Footprint: drawFootprint(t),
		})
	}
	return out
}

func sum(loads ...capacity.Load) *capacity.Sums {
	var s capacity.Sums
	for _, l := range loads {
		s.Add(l)
	}
	return &s
}

// The sums are those of the machines taken one by one, whatever the order of the loads.
func TestSumsAreThoseOfSingleMachines(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		inv := drawInventory(t, rapid.SampledFrom([]string{"", "vcenter"}).Draw(t, "server"))
		loads := drawLoads(t, inv)
		order := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0))
		shuffled := append([]capacity.Load{}, loads...)
		order.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		got := sum(shuffled...)
		hosts, disks := map[string][2]capacity.Amount{}, map[string]capacity.Amount{}
		for _, l := range loads {
			for i := range l.Machines + l.Surge {
				isSteady := i < l.Machines
				count := func(a capacity.Amount, each int) capacity.Amount {
					a.Peak += each
					if isSteady {
						a.Steady += each
					}
					return a
				}
				disks[l.Datastore.Name] = count(disks[l.Datastore.Name], l.Footprint.StorageMiB)
				if l.Datastore.Name != "nas" || len(inv.Hosts) == 1 {
					host := "h0"
					if l.Datastore.Name != "nas" {
						host = l.Datastore.Name[:2]
					}
					h := hosts[host]
					h[capacity.Memory], h[capacity.CPU] = count(h[capacity.Memory], l.Footprint.MemoryMiB), count(h[capacity.CPU], l.Footprint.CPUs)
					hosts[host] = h
				}
			}
		}
		for _, h := range inv.Hosts {
			for _, r := range []capacity.Resource{capacity.Memory, capacity.CPU} {
				if a := got.Host(inv, h.Name, r); a != hosts[h.Name][r] {
					t.Fatalf("host %s resource %d: %v, want %v", h.Name, r, a, hosts[h.Name][r])
				}
			}
		}
		for _, d := range inv.Datastores {
			if a := got.Datastore(inv, d.Object()); a != disks[d.Name] {
				t.Fatalf("datastore %s: %v, want %v", d.Name, a, disks[d.Name])
			}
		}
	})
}

// within tells whether everything on a host, at the peak, is within the limits.
func within(s *capacity.Sums, inv *inventory.Inventory, l capacity.Limits, h inventory.Host, d inventory.Datastore) bool {
	memory, _ := l.OfHost(capacity.Memory, h)
	cpus, _ := l.OfHost(capacity.CPU, h)
	disk, _ := l.OfDatastore(d)
	return s.Host(inv, h.Name, capacity.Memory).Peak <= memory && s.Host(inv, h.Name, capacity.CPU).Peak <= cpus &&
		s.Datastore(inv, d.Object()).Peak <= disk
}

// Where there is room for some machines, these stay within the limits on one of the host's datastores, and one more does not on
// any. What is added lowers the room by as many.
func TestRoomIsExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		inv := drawInventory(t, "")
		loads, l, f := drawLoads(t, inv), drawLimits(t), drawFootprint(t)
		for _, h := range inv.Hosts {
			room, ok := sum(loads...).Room(inv, h, l, capacity.Memory, f)
			if !ok {
				t.Fatalf("the room on %s is not known", h.Name)
			}
			if f.MemoryMiB > h.MemoryMiB {
				if room != 0 {
					t.Fatalf("room for %d machines that are larger than the host", room)
				}
				continue
			}
			var stays, next bool
			disks := 0
			for _, d := range inv.Datastores {
				if !d.IsLocal() || d.Hosts[0] != h.Name {
					continue
				}
				with := func(n int) *capacity.Sums {
					return sum(append(append([]capacity.Load{}, loads...), capacity.Load{Inventory: inv, Datastore: d.Object(), Machines: n, Footprint: f})...)
				}
				stays = stays || within(with(room), inv, l, h, d)
				next = next || within(with(room+1), inv, l, h, d)
				disks++
				if left, _ := with(1).Room(inv, h, l, capacity.Memory, f); left > room || left == room && room > 0 && within(sum(loads...), inv, l, h, d) && onlyDisk(inv, h) {
					t.Fatalf("one machine on %s leaves room for %d of %d", d.Name, left, room)
				}
			}
			if disks == 0 {
				t.Fatal("nothing was tried")
			}
			if room > 0 && !stays || next {
				t.Fatalf("%s: room for %d: within the limits %t, and with one more %t", h.Name, room, stays, next)
			}
		}
	})
}

// onlyDisk tells whether a host has one local datastore.
func onlyDisk(inv *inventory.Inventory, h inventory.Host) bool {
	n := 0
	for _, d := range inv.Datastores {
		if d.IsLocal() && d.Hosts[0] == h.Name {
			n++
		}
	}
	return n == 1
}

func TestRoomWhereNotAllIsKnown(t *testing.T) {
	t.Parallel()
	l := capacity.Limits{MemoryOvercommit: 1000, CPUOvercommit: 1000}
	f := site.Footprint{CPUs: 2, MemoryMiB: 1024, StorageMiB: 10240}
	inv := &inventory.Inventory{
		Hosts: []inventory.Host{{Name: "a", MemoryMiB: 4096}, {Name: "b", CPUs: 6, State: inventory.Connected}, {Name: "c", MemoryMiB: 4096, CPUs: 4, State: inventory.Maintenance}, {Name: "d", MemoryMiB: 4096, CPUs: 4}, {Name: "e", MemoryMiB: 4096, CPUs: 4}},
		Datastores: []inventory.Datastore{
			{Name: "a1", Hosts: []string{"a"}}, {Name: "b1", Hosts: []string{"b"}, CapacityGiB: 20}, {Name: "b2", Hosts: []string{"b"}, CapacityGiB: 200, State: inventory.Inaccessible},
			{Name: "c1", Hosts: []string{"c"}}, {Name: "d1", Hosts: []string{"d"}, State: inventory.Gone}, {Name: "e1", Hosts: []string{"e"}, CapacityGiB: 5},
		},
	}
	for _, c := range []struct {
		host int
		of   capacity.Resource
		want int
		ok   bool
	}{
		{0, capacity.Memory, 4, true},
		{0, capacity.CPU, 4, false},
		{0, capacity.Disk, 4, false},
		{1, capacity.Memory, 2, false},
		{1, capacity.CPU, 2, true},
		{1, capacity.Disk, 2, true},
		{2, capacity.Memory, 0, false},
		{3, capacity.Memory, 0, false},
		{4, capacity.Memory, 0, true},
	} {
		if got, ok := new(capacity.Sums).Room(inv, inv.Hosts[c.host], l, c.of, f); got != c.want || ok != c.ok {
			t.Errorf("host %s, resource %d: %d %t, want %d %t", inv.Hosts[c.host].Name, c.of, got, ok, c.want, c.ok)
		}
	}
	if got, _ := new(capacity.Sums).Room(inv, inv.Hosts[0], l, capacity.Memory, site.Footprint{}); got != math.MaxInt {
		t.Errorf("machines of no known size: %d", got)
	}
}

// Two inventories of one vCenter have the same hosts, by id or by name and place; those of two vCenters do not, nor those that do
// not name theirs.
func TestOneHostOfTwoInventories(t *testing.T) {
	t.Parallel()
	one := func(server, id string) *inventory.Inventory {
		return &inventory.Inventory{
			Server: server, Hosts: []inventory.Host{{Name: "a", ID: id}},
			Datastores: []inventory.Datastore{{Name: "a1", Path: "/DC/datastore/a1", Hosts: []string{"a"}}},
		}
	}
	for _, c := range []struct {
		name          string
		first, second *inventory.Inventory
		want          int
	}{
		{"by name", one("v", ""), one("v", ""), 2},
		{"by id", one("v", "host-1"), one("v", "host-1"), 2},
		{"other ids", one("v", "host-1"), one("v", "host-2"), 1},
		{"other vCenters", one("v", "host-1"), one("w", "host-1"), 1},
		{"no vCenter", one("", "host-1"), one("", "host-1"), 1},
	} {
		var s capacity.Sums
		for _, inv := range []*inventory.Inventory{c.first, c.second} {
			s.Add(capacity.Load{Inventory: inv, Datastore: inv.Datastores[0].Object(), Machines: 1, Footprint: site.Footprint{CPUs: 1}})
		}
		if got := s.Host(c.first, "a", capacity.CPU); got != (capacity.Amount{Steady: c.want, Peak: c.want}) {
			t.Errorf("%s: %v, want %d", c.name, got, c.want)
		}
	}
}
