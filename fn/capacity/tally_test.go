// SPDX-License-Identifier: Apache-2.0

package capacity_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/capacity"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// spread reads a ClusterSpread with a worker group md, or with those of the spec.
func spread(t interface{ Fatal(...any) }, name, spec string) *v1alpha1.ClusterSpread {
	if !strings.Contains(spec, "workers:") {
		spec = strings.TrimPrefix("workers: [{name: md, replicas: 3}], "+spec, ", ")
	}
	s, diags := v1alpha1.Decode(yaml.MustParse("apiVersion: vspread.dev/v1alpha1\nkind: ClusterSpread\nmetadata: {name: "+name+"}\nspec: {"+spec+"}\n").YNode(), ref(name))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return s
}

func ref(spread string) diag.Ref { return diag.Ref{Kind: v1alpha1.ClusterSpreadKind, Name: spread} }

// lab has hosts a, b and c, each with a datastore, and the datastore nas of all of them.
func lab() *inventory.Inventory {
	inv := &inventory.Inventory{}
	for _, name := range []string{"a", "b", "c"} {
		inv.Hosts = append(inv.Hosts, inventory.Host{Name: name, CPUs: 4, MemoryMiB: 32768})
		inv.Datastores = append(inv.Datastores, inventory.Datastore{Name: name + "1", Hosts: []string{name}, CapacityGiB: 100})
	}
	inv.Datastores = append(inv.Datastores, inventory.Datastore{Name: "nas", Type: "NFS", Hosts: []string{"a", "b", "c"}, CapacityGiB: 1000})
	return inv
}

// machine is small in all but what a test sets.
func machine(change func(*site.Footprint)) site.Footprint {
	f := site.Footprint{CPUs: 2, MemoryMiB: 1024, StorageMiB: 1024}
	change(&f)
	return f
}

func memory(mib int) site.Footprint {
	return machine(func(f *site.Footprint) { f.MemoryMiB = mib })
}

func cpus(n int) site.Footprint { return machine(func(f *site.Footprint) { f.CPUs = n }) }

func disk(gib int) site.Footprint {
	return machine(func(f *site.Footprint) { f.StorageMiB = gib * 1024 })
}

// pool is one of a group on a datastore of the inventory.
func pool(inv *inventory.Inventory, group, datastore string, n, surge int, f site.Footprint) site.Pool {
	for _, d := range inv.Datastores {
		if d.Name == datastore {
			return site.Pool{Group: group, Datastore: d, Replicas: n, Surge: surge, Footprint: f}
		}
	}
	panic(datastore)
}

func control(inv *inventory.Inventory, cluster, datastore string, n, surge int, f site.Footprint) *site.ControlMachines {
	return &site.ControlMachines{
		Datastore: pool(inv, "", datastore, 0, 0, f).Datastore, Replicas: n, Surge: surge, Footprint: f,
		At: diag.At(diag.Ref{Kind: "KubeadmControlPlane", Name: cluster}, "spec.replicas"), MemoryAt: diag.At(diag.Ref{Kind: "VSphereMachineTemplate", Name: cluster}, "spec.template.spec.memoryMiB"),
	}
}

func check(clusters ...capacity.Cluster) diag.List {
	var t capacity.Tally
	for _, c := range clusters {
		c.SpreadRef = ref(c.Spread.Name)
		t.Add(c)
	}
	return t.Check().Sorted()
}

// What is said of one Cluster: the severity, place, code, numbers, where there is room, and the fix.
func TestDiagnostics(t *testing.T) {
	t.Parallel()
	const over, peak = "HostMemoryOvercommitted", "; or set rollout: {maxSurge: 0, maxUnavailable: 1}, which needs no room for one more"
	for _, c := range []struct {
		name, spec string
		change     func(*inventory.Inventory)
		pools      func(*inventory.Inventory) []site.Pool
		control    func(*inventory.Inventory) *site.ControlMachines
		want       []string
	}{
		{
			name:  "all fits, to the last MiB, CPU and GiB",
			spec:  "capacity: {check: Error, reserve: {diskPercent: 0}}",
			pools: only("md", "a1", 7, 1, site.Footprint{CPUs: 2, MemoryMiB: 3584, StorageMiB: 12800}),
		},
		{
			name: "memory", pools: only("md", "a1", 4, 1, memory(8192)),
			want: []string{"warning ClusterSpread s spec.workers[0].replicas: host a has memory for 3 machines of group md (8192 MiB a machine), and 1 more would be there: 32768 MiB needed, 28672 MiB usable; " +
				"there is room on b (3 more), c (3 more): put more there by weight or replicas in overrides; or raise spec.capacity.memoryOvercommit [HostMemoryOvercommitted]"},
		},
		{
			name: "memory only while machines are replaced", pools: only("md", "a1", 3, 1, memory(8192)),
			want: []string{"warning ClusterSpread s spec.workers[0].replicas: host a has memory for 3 machines of group md (8192 MiB a machine), and 1 more would be there while machines are replaced: 32768 MiB needed, 28672 MiB usable; " +
				"there is room on b (3 more), c (3 more): put more there by weight or replicas in overrides" + peak + "; or raise spec.capacity.memoryOvercommit [HostMemoryOvercommitted]"},
		},
		{name: "overcommitted memory is meant", spec: "capacity: {memoryOvercommit: 1.5}", pools: only("md", "a1", 4, 1, memory(8192))},
		{name: "no reserve", spec: "capacity: {reserve: {memoryMiB: 0}}", pools: only("md", "a1", 3, 1, memory(8192))},
		{name: "nothing is checked", spec: `capacity: {check: "Off"}`, pools: only("md", "a1", 40, 1, memory(8192))},
		{
			name: "CPUs, as an error", spec: "capacity: {check: Error}", pools: only("md", "a1", 5, 0, cpus(4)),
			want: []string{"error ClusterSpread s spec.workers[0].replicas: host a has CPUs for 4 machines of group md (4 CPUs a machine), and 1 more would be there: 20 CPUs needed, 16 CPUs usable; " +
				"there is room on b (4 more), c (4 more): put more there by weight or replicas in overrides; or raise spec.capacity.cpuOvercommit [HostCPUOvercommitted]"},
		},
		{
			name: "disk", spec: "workers: [{name: md, perDatastore: 3}]", pools: only("md", "a1", 3, 1, disk(40)),
			want: []string{"warning ClusterSpread s spec.workers[0].perDatastore: datastore a1 of a has room for 2 machines of group md (40 GiB a machine), and 1 more would be there: 120 GiB needed, 90 GiB usable; " +
				"there is room on b (2 more), c (2 more): put more there by weight or replicas in overrides; or lower spec.capacity.reserve.diskPercent [DatastoreTooSmall]"},
		},
		{
			name: "the autoscaler's maximum", spec: "workers: [{name: md, autoscaling: {min: 1, max: 4}}]",
			pools: func(inv *inventory.Inventory) []site.Pool {
				p := pool(inv, "md", "a1", 1, 0, memory(8192))
				p.Bounds = &v1alpha1.Autoscaling{Min: 1, Max: 4}
				return []site.Pool{p}
			},
			want: []string{"warning ClusterSpread s spec.workers[0].autoscaling.max: host a has memory for 3 machines of group md (8192 MiB a machine), and 1 more would be there: 32768 MiB needed, 28672 MiB usable; " +
				"there is room on b (3 more), c (3 more): put more there by weight or replicas in overrides; or raise spec.capacity.memoryOvercommit [HostMemoryOvercommitted]"},
		},
		{
			name: "two disks of one host, several hosts of one word, and no room",
			change: func(inv *inventory.Inventory) {
				for _, h := range []string{"a", "b", "c"} {
					inv.Datastores = append(inv.Datastores, inventory.Datastore{Name: h + "2", Hosts: []string{h}})
				}
			},
			pools: func(inv *inventory.Inventory) (out []site.Pool) {
				for _, d := range []string{"a1", "a2", "b1", "b2", "c1", "c2"} {
					out = append(out, pool(inv, "md", d, 2, 0, memory(8192)))
				}
				return out
			},
			want: []string{"warning ClusterSpread s spec.workers[0].replicas: hosts a, b, c each have memory for 3 machines of group md (8192 MiB a machine), and 1 more would be there: 32768 MiB needed, 28672 MiB usable; " +
				"no host has room for another one: ask for fewer or smaller machines, or add a host; or raise spec.capacity.memoryOvercommit [HostMemoryOvercommitted]"},
		},
		{
			name: "the group that takes most is named",
			spec: "workers: [{name: md, replicas: 1}, {name: big, replicas: 2}]",
			pools: func(inv *inventory.Inventory) []site.Pool {
				return []site.Pool{pool(inv, "md", "a1", 1, 0, memory(8192)), pool(inv, "big", "a1", 2, 0, memory(16384))}
			},
			want: []string{"warning ClusterSpread s spec.workers[1].replicas: host a has memory for 1 machine of group big (16384 MiB a machine) next to 8192 MiB of others, and 1 more would be there: 40960 MiB needed, 28672 MiB usable; " +
				"there is room on b (1 more), c (1 more): put more there by weight or replicas in overrides; or raise spec.capacity.memoryOvercommit [HostMemoryOvercommitted]"},
		},
		{
			name: "a control plane",
			control: func(inv *inventory.Inventory) *site.ControlMachines {
				return control(inv, "apple", "a1", 3, 1, disk(40))
			},
			want: []string{"warning KubeadmControlPlane apple spec.replicas: datastore a1 of a has room for 2 machines of the control plane of apple (40 GiB a machine), and 1 more would be there: 120 GiB needed, 90 GiB usable; " +
				"there is room on b (2 more), c (2 more): name a datastore there in its VSphereMachineTemplate; or lower spec.capacity.reserve.diskPercent [DatastoreTooSmall]"},
		},
		{
			name: "a control plane on a shared datastore is on no host that is known",
			control: func(inv *inventory.Inventory) *site.ControlMachines {
				return control(inv, "apple", "nas", 9, 1, memory(16384))
			},
		},
		{
			name: "larger than the host, though nothing is checked", spec: `workers: [{name: md, replicas: 3, machine: {memoryMiB: 65536}}], capacity: {check: "Off"}`, pools: only("md", "a1", 1, 1, memory(65536)),
			want: []string{"error ClusterSpread s spec.workers[0].machine.memoryMiB: machines of group md have 65536 MiB of memory, and host a has 32768 MiB, so none can start there; no host of the inventory has as much: set less [MachineTooLarge]"},
		},
		{
			name: "larger than the host, by an override", spec: "workers: [{name: md, replicas: 3, overrides: [{datastore: a1, machine: {memoryMiB: 65536}}]}], capacity: {memoryOvercommit: 10}", pools: only("md", "a1", 1, 0, memory(65536)),
			change: func(inv *inventory.Inventory) { inv.Hosts[1].MemoryMiB = 131072 },
			want:   []string{"error ClusterSpread s spec.workers[0].overrides[0].machine.memoryMiB: machines of group md have 65536 MiB of memory, and host a has 32768 MiB, so none can start there; large enough are b: leave the datastores of the others out, or set less in overrides for them [MachineTooLarge]"},
		},
		{name: "as large as the host", spec: `capacity: {check: "Off"}`, pools: only("md", "a1", 1, 0, memory(32768))},
		{
			name: "a control plane that is larger than each host",
			control: func(inv *inventory.Inventory) *site.ControlMachines {
				return control(inv, "apple", "nas", 1, 0, memory(65536))
			},
			want: []string{"error VSphereMachineTemplate apple spec.template.spec.memoryMiB: machines of the control plane of apple have 65536 MiB of memory, and hosts a, b, c have at most 32768 MiB, so none can start there; no host of the inventory has as much: set less [MachineTooLarge]"},
		},
		{name: "no machine is too large", pools: only("md", "a1", 0, 0, memory(65536))},
		{
			name: "what is not known is not judged",
			change: func(inv *inventory.Inventory) {
				inv.Hosts[0], inv.Datastores[0].CapacityGiB = inventory.Host{Name: "a"}, 0
			},
			pools: only("md", "a1", 100, 1, site.Footprint{CPUs: 99, MemoryMiB: 65536, StorageMiB: 1 << 30}),
		},
		{
			name: "and said once where all is to be judged", spec: "capacity: {check: Error}",
			change: func(inv *inventory.Inventory) {
				inv.Hosts[0], inv.Hosts[1].MemoryMiB, inv.Datastores[0].CapacityGiB = inventory.Host{Name: "a"}, 0, 0
			},
			pools: func(inv *inventory.Inventory) []site.Pool {
				return []site.Pool{pool(inv, "md", "a1", 100, 1, memory(65536)), pool(inv, "md", "b1", 1, 1, machine(func(f *site.Footprint) { f.IsPartial = true }))}
			},
			want: []string{"warning ClusterSpread s spec.capacity.check: cannot judge what is not known: the size of machines of group md; memoryMiB of a, b; cpus of a; capacityGiB of a1; " +
				"`vspread inventory refresh` reads what hosts, datastores and templates have; in an inventory that is written by hand, add it [CapacityUnknown]"},
		},
		{
			name: "no other host is known to have room", change: func(inv *inventory.Inventory) { inv.Hosts[1].MemoryMiB, inv.Hosts[2].MemoryMiB = 0, 0 }, pools: only("md", "a1", 4, 0, memory(8192)),
			want: []string{"warning ClusterSpread s spec.workers[0].replicas: host a has memory for 3 machines of group md (8192 MiB a machine), and 1 more would be there: 32768 MiB needed, 28672 MiB usable; " +
				"no host is known to have room for another one: ask for fewer or smaller machines, or add a host; or raise spec.capacity.memoryOvercommit [" + over + "]"},
		},
	} {
		inv := lab()
		if c.change != nil {
			c.change(inv)
		}
		cluster := capacity.Cluster{Name: "apple", Spread: spread(t, "s", c.spec), Inventory: inv}
		if c.pools != nil {
			cluster.Pools = c.pools(inv)
		}
		if c.control != nil {
			cluster.ControlPlane = c.control(inv)
		}
		if d := cmp.Diff(c.want, lines(check(cluster))); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

func only(group, datastore string, n, surge int, f site.Footprint) func(*inventory.Inventory) []site.Pool {
	return func(inv *inventory.Inventory) []site.Pool {
		return []site.Pool{pool(inv, group, datastore, n, surge, f)}
	}
}

func lines(diags diag.List) []string {
	var out []string
	for _, d := range diags {
		out = append(out, strings.Replace(d.String(), ": ", " ", 1))
	}
	return out
}

// A host has the machines of all Clusters, and each ClusterSpread judges by its own settings the hosts that its own are on.
func TestEachSpreadJudgesTheSameHost(t *testing.T) {
	t.Parallel()
	inv := lab()
	strict, loose, off, elsewhere := spread(t, "strict", "capacity: {check: Error}"), spread(t, "loose", "capacity: {memoryOvercommit: 2}"), spread(t, "off", `capacity: {check: "Off"}`), spread(t, "elsewhere", "")
	one := func(name string, s *v1alpha1.ClusterSpread, datastore string, surge int) capacity.Cluster {
		return capacity.Cluster{Name: name, Spread: s, Inventory: inv, Pools: []site.Pool{pool(inv, "md", datastore, 1, surge, memory(8192))}}
	}
	got := lines(check(one("c1", strict, "a1", 0), one("c2", strict, "a1", 0), one("c3", loose, "a1", 0), one("c4", off, "a1", 0), one("c5", elsewhere, "b1", 0)))
	want := []string{"error ClusterSpread strict spec.workers[0].replicas: host a has memory for 1 machine of group md of 2 Clusters (8192 MiB a machine) next to 16384 MiB of others, and 1 more would be there: 32768 MiB needed, 28672 MiB usable; " +
		"there is room on b (2 more), c (3 more): put more there by weight or replicas in overrides; or raise spec.capacity.memoryOvercommit [HostMemoryOvercommitted]"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	got = lines(check(one("c1", strict, "a1", 0), one("c2", loose, "a1", 1), one("c3", off, "a1", 1)))
	want = []string{"error ClusterSpread strict spec.workers[0].replicas: host a has memory for 1 machine of group md (8192 MiB a machine) next to 16384 MiB of others, and not for what others have more while machines are replaced: 40960 MiB needed, 28672 MiB usable; " +
		"there is room on b (3 more), c (3 more): put more there by weight or replicas in overrides; or raise spec.capacity.memoryOvercommit [HostMemoryOvercommitted]"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("at the peak (-want +got):\n%s", d)
	}
}

// told gives what diagnostics say of which place, by ClusterSpread: "s HostMemoryOvercommitted a".
func told(t *rapid.T, diags diag.List, spreadOf map[string]string) map[string]bool {
	out := map[string]bool{}
	for _, d := range diags {
		m := regexp.MustCompile(`^(?:host|datastore)s? (.+?) (?:has|each have) `).FindStringSubmatch(d.Message)
		if m == nil {
			t.Fatalf("names no place: %s", d)
		}
		for _, place := range strings.Split(m[1], ", ") {
			name, _, _ := strings.Cut(place, " of ")
			spread := d.Object.Name
			if d.Object.Kind != v1alpha1.ClusterSpreadKind {
				spread = spreadOf[d.Object.Name]
			}
			out[fmt.Sprint(spread, " ", d.Code, " ", name)] = true
		}
	}
	return out
}

// Told is exactly where the sum is above the limit of a ClusterSpread that has machines there. The order of the Clusters does not show.
func TestCheckLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		inv := lab()
		var clusters []capacity.Cluster
		spreads := []*v1alpha1.ClusterSpread{spread(t, "s", "capacity: {check: Error}"), spread(t, "u", "capacity: {cpuOvercommit: 2, memoryOvercommit: 1.1, reserve: {diskPercent: 0}}")}
		limits := map[string][3]int{"s": {28672, 16, 92160}, "u": {31539, 8, 102400}}
		spreadOf, has, sums := map[string]string{}, map[string]bool{}, map[string][3]int{}
		count := func(spread, datastore string, n int, f site.Footprint) {
			has[spread+datastore] = has[spread+datastore] || n > 0
			x := sums[datastore]
			sums[datastore] = [3]int{x[0] + n*f.MemoryMiB, x[1] + n*f.CPUs, x[2] + n*f.StorageMiB}
		}
		for i := range rapid.IntRange(1, 6).Draw(t, "clusters") {
			c := capacity.Cluster{Name: fmt.Sprintf("c%d", i), Spread: rapid.SampledFrom(spreads).Draw(t, "spread"), Inventory: inv}
			spreadOf[c.Name] = c.Spread.Name
			for _, d := range []string{"a1", "b1", "c1"} {
				n := rapid.IntRange(0, 3).Draw(t, "machines")
				p := pool(inv, "md", d, n, min(n, rapid.IntRange(0, 1).Draw(t, "surge")), site.Footprint{
					CPUs: rapid.IntRange(1, 4).Draw(t, "cpus"), MemoryMiB: 2048 * rapid.IntRange(1, 4).Draw(t, "memory"), StorageMiB: 10240 * rapid.IntRange(1, 4).Draw(t, "disk"),
				})
				c.Pools = append(c.Pools, p)
				count(c.Spread.Name, d, n+p.Surge, p.Footprint)
			}
			if rapid.Bool().Draw(t, "control plane") {
				d := rapid.SampledFrom([]string{"a1", "nas"}).Draw(t, "datastore")
				c.ControlPlane = control(inv, c.Name, d, 3, 1, memory(4096))
				count(c.Spread.Name, d, 4, memory(4096))
			}
			clusters = append(clusters, c)
		}
		want := map[string]bool{}
		for name, l := range limits {
			for i, code := range []diag.Code{diag.HostMemoryOvercommitted, diag.HostCPUOvercommitted, diag.DatastoreTooSmall} {
				for _, host := range []string{"a", "b", "c"} {
					place := host
					if code == diag.DatastoreTooSmall {
						place += "1"
					}
					if has[name+host+"1"] && sums[host+"1"][i] > l[i] {
						want[fmt.Sprint(name, " ", code, " ", place)] = true
					}
				}
			}
		}
		got := check(clusters...)
		if d := cmp.Diff(want, told(t, got, spreadOf)); d != "" {
			t.Fatalf("(-want +got):\n%s\n%s", d, got)
		}
		order := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 0))
		order.Shuffle(len(clusters), func(i, j int) { clusters[i], clusters[j] = clusters[j], clusters[i] })
		if d := cmp.Diff(lines(got), lines(check(clusters...))); d != "" {
			t.Fatalf("another order (-first +second):\n%s", d)
		}
	})
}
