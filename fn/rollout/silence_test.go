// SPDX-License-Identifier: Apache-2.0

package rollout_test

import (
	"strings"
	"testing"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/rollout"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// TestNothingIsSilent holds the worst mistake away that a plan can make: to say that nothing moves where machines go.
func TestNothingIsSilent(t *testing.T) {
	t.Parallel()
	elastic := func(least, most string, pairs ...string) string {
		return edit(t, edit(t, base, autoscaled(least, most)...), pairs...)
	}
	fixed := func(n string) string { return edit(t, base, "replicas: 2", "replicas: "+n) }
	unsaid := edit(t, base, "  replicas: 2\n", "")
	gone := strings.Replace(known, "esxi01, memoryMiB: 32768", "esxi01, state: gone", 1)
	cluster := "spec:\n  controlPlaneRef"
	paused := edit(t, base, cluster, "spec:\n  paused: true\n  controlPlaneRef")
	annotated := edit(t, base, "metadata: {name: apple-a, ", "metadata: {name: apple-a, annotations: {cluster.x-k8s.io/paused: \"\"}, ")
	held := edit(t, base, "  replicas: 2\n", "  replicas: 2\n  paused: true\n")
	onDelete := edit(t, base, "{type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}", "{type: OnDelete}")
	as := func(text, paused string) string { return edit(t, text, "paused: true", "paused: "+paused) }
	rolled := func(after string) string {
		return edit(t, base, "rollout: {strategy: {type: RollingUpdate,", "rollout: {after: "+after+", strategy: {type: RollingUpdate,")
	}
	newer := func(text string) string {
		return edit(t, text, "      version: v1.35.4", "      version: v1.35.5")
	}
	for _, c := range []struct {
		name, before, after string
		inv                 string
		want                string
		kinds               []rollout.Kind
	}{
		{name: "none or some, drained", before: elastic("0", "3"), after: fixed("0"), want: "Up to 3 machines on esxi01 are deleted, nothing else moves.", kinds: []rollout.Kind{rollout.Drain}},
		{name: "the least is the number", before: elastic("1", "3"), after: fixed("1"), want: "Up to 2 machines on esxi01 are deleted, nothing else moves.", kinds: []rollout.Kind{rollout.Scale}},
		{name: "a host is gone", before: elastic("0", "3"), after: fixed("0"), inv: gone, want: "Up to 3 machines on esxi01 are deleted, nothing else moves.", kinds: []rollout.Kind{rollout.Drain}},
		{name: "removed", before: elastic("0", "1"), after: without(t, base, "MachineDeployment", "apple-a"), want: "Up to 1 machine on esxi01 is deleted, nothing else moves.", kinds: []rollout.Kind{rollout.Remove}},
		// The number that an autoscaler has chosen is its own, and stays as it is.
		{name: "no number and no autoscaler", before: elastic("0", "3"), after: unsaid, want: "No machine moves, 1 pool changes in place.", kinds: []rollout.Kind{rollout.InPlace}},
		{name: "a smaller range", before: elastic("3", "9"), after: elastic("3", "3"), want: "No machine moves, 1 pool changes in place.", kinds: []rollout.Kind{rollout.InPlace}},
		{name: "a range elsewhere", before: elastic("1", "3"), after: elastic("5", "6"), want: "No machine moves, 1 pool changes in place.", kinds: []rollout.Kind{rollout.InPlace}},
		// A number that was git's is not: the webhook fills in another, within the range.
		{name: "a larger range", before: elastic("1", "3"), after: elastic("1", "6"), want: "No machine moves, 1 pool changes in place.", kinds: []rollout.Kind{rollout.InPlace}},
		{name: "a range for a number", before: fixed("5"), after: elastic("1", "3"), want: "2 machines on esxi01 are deleted, nothing else moves.", kinds: []rollout.Kind{rollout.Scale}},
		{name: "replaced, none or some", before: elastic("0", "3"), after: newer(elastic("0", "3")), want: "Up to 3 machines on esxi01 are replaced, nothing else moves.", kinds: []rollout.Kind{rollout.Replace}},
		{
			name: "bootstrap template edited, none or some", before: elastic("0", "3"), after: elastic("0", "3", "{spec: {preKubeadmCommands: [echo secret]", "{spec: {preKubeadmCommands: [echo other]"),
			want: "No machine moves, 1 pool has a change that replaces no machine.", kinds: []rollout.Kind{rollout.NoEffect},
		},
		// What git held back happens when git lets go.
		{name: "the Cluster is resumed", before: newer(paused), after: newer(base), want: "The control plane of apple may roll, pool apple-a may roll, nothing else moves.", kinds: []rollout.Kind{rollout.MayReplace}},
		{name: "the pool is resumed", before: newer(annotated), after: newer(base), want: "Pool apple-a may roll, nothing else moves.", kinds: []rollout.Kind{rollout.MayReplace, rollout.InPlace}},
		{name: "its rollouts are resumed", before: newer(held), after: newer(base), want: "Pool apple-a may roll, nothing else moves.", kinds: []rollout.Kind{rollout.MayReplace, rollout.InPlace}},
		// A value means what the API server makes of it.
		{name: "the pool is resumed from yes", before: newer(as(held, "yes")), after: newer(base), want: "Pool apple-a may roll, nothing else moves.", kinds: []rollout.Kind{rollout.MayReplace, rollout.InPlace}},
		{name: "rollouts wait while On", before: held, after: newer(as(held, "On")), want: "2 machines on esxi01 are replaced when the pause ends, nothing else moves.", kinds: []rollout.Kind{rollout.Replace}},
		{name: "yes is true", before: held, after: as(held, "YES"), want: "Nothing changes."},
		{name: "no is false", before: newer(held), after: newer(as(held, "no")), want: "Pool apple-a may roll, nothing else moves.", kinds: []rollout.Kind{rollout.MayReplace, rollout.InPlace}},
		{name: "the Cluster is resumed from on", before: newer(edit(t, paused, "paused: true", "paused: on")), after: newer(base), want: "The control plane of apple may roll, pool apple-a may roll, nothing else moves.", kinds: []rollout.Kind{rollout.MayReplace}},
		{name: "a pause that is not known ends", before: newer(as(held, "${PAUSED}")), after: newer(base), want: "Pool apple-a may roll, nothing else moves.", kinds: []rollout.Kind{rollout.MayReplace, rollout.InPlace}},
		{name: "a pause becomes not known", before: newer(held), after: newer(as(held, "${PAUSED}")), want: "Pool apple-a may roll, nothing else moves.", kinds: []rollout.Kind{rollout.MayReplace, rollout.InPlace}},
		{name: "a pause stays not known", before: as(held, "${PAUSED}"), after: newer(as(held, "${PAUSED}")), want: "2 machines on esxi01 are replaced, nothing else moves.", kinds: []rollout.Kind{rollout.Replace}},
		{name: "one instant", before: rolled("2026-01-01T00:00:00Z"), after: rolled("\"2026-01-01T01:00:00+01:00\""), want: "Nothing changes."},
		{name: "another instant", before: rolled("2026-01-01T00:00:00Z"), after: rolled("2026-01-01T00:00:01Z"), want: "2 machines on esxi01 are replaced, nothing else moves.", kinds: []rollout.Kind{rollout.Replace}},
		{name: "OnDelete ends", before: newer(onDelete), after: newer(base), want: "Pool apple-a may roll, nothing else moves.", kinds: []rollout.Kind{rollout.MayReplace, rollout.InPlace}},
		{name: "a pause becomes OnDelete", before: newer(held), after: newer(onDelete), want: "No machine moves, 1 pool changes in place.", kinds: []rollout.Kind{rollout.InPlace}},
		{name: "resumed and rolled", before: held, after: newer(base), want: "2 machines on esxi01 are replaced, nothing else moves.", kinds: []rollout.Kind{rollout.Replace, rollout.InPlace}},
		{name: "paused and rolled", before: held, after: newer(held), want: "2 machines on esxi01 are replaced when the pause ends, nothing else moves.", kinds: []rollout.Kind{rollout.Replace}},
		{name: "paused and scaled", before: held, after: edit(t, held, "replicas: 2", "replicas: 1"), want: "1 machine on esxi01 is deleted, nothing else moves.", kinds: []rollout.Kind{rollout.Scale}},
		{name: "paused, a number that is not known", before: paused, after: edit(t, paused, "replicas: 2", "replicas: ${N}"), want: "The number of machines of pool apple-a may change when the pause ends, nothing else moves."},
		{name: "annotated and scaled", before: annotated, after: edit(t, annotated, "replicas: 2", "replicas: 1"), want: "1 machine on esxi01 is deleted when the pause ends, nothing else moves.", kinds: []rollout.Kind{rollout.Scale}},
		// What a Cluster owns goes with it.
		{name: "the Cluster goes, and its pools stay in git", before: base, after: without(t, base, "Cluster", "apple"), want: "2 machines on esxi01 and 3 on nas are deleted, nothing else moves.", kinds: []rollout.Kind{rollout.Remove}},
		{name: "removed while paused", before: paused, after: without(t, paused, "MachineDeployment", "apple-a"), want: "2 machines on esxi01 are deleted when the pause ends, nothing else moves."},
		{
			name: "certificates that expire", before: base, after: edit(t, base, "  replicas: 3\n  version: v1.35.4", "  replicas: 3\n  rollout: {before: {certificatesExpiryDays: 364}}\n  version: v1.35.4"),
			want: "The control plane of apple may roll, nothing else moves.",
		},
		{
			name: "no taints for the control plane", before: base, after: edit(t, base, "initConfiguration: {nodeRegistration: {name: x}}", "initConfiguration: {nodeRegistration: {name: x, taints: []}}"),
			want: "The control plane of apple may roll, nothing else moves.",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			inv := c.inv
			if inv == "" {
				inv = known
			}
			p := rollout.Compare(side(t, c.before, known), side(t, c.after, inv))
			if p.Sentence != c.want {
				t.Error(p.Sentence)
			}
			for _, pool := range p.Pools {
				if pool.Name == "apple-a" && c.kinds != nil && !equal(pool.Changes, c.kinds) {
					t.Errorf("%v, not %v", pool.Changes, c.kinds)
				}
			}
		})
	}
}

func equal(a, b []rollout.Kind) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

const classy = `
apiVersion: cluster.x-k8s.io/v1beta2
kind: Cluster
metadata: {name: pear}
spec: {topology: {classRef: {name: lab}, version: v1.35.4, controlPlane: {replicas: 3}, workers: {machineDeployments: [{class: worker, name: md, replicas: 5}]}}}
---
apiVersion: cluster.x-k8s.io/v1beta2
kind: ClusterClass
metadata: {name: lab}
spec:
  controlPlane: {templateRef: {apiVersion: controlplane.cluster.x-k8s.io/v1beta2, kind: KubeadmControlPlaneTemplate, name: plane}}
  workers: {machineDeployments: [{class: worker, infrastructure: {templateRef: {apiVersion: infrastructure.cluster.x-k8s.io/v1beta2, kind: VSphereMachineTemplate, name: worker}}}]}
---
apiVersion: controlplane.cluster.x-k8s.io/v1beta2
kind: KubeadmControlPlaneTemplate
metadata: {name: plane}
spec: {template: {spec: {kubeadmConfigSpec: {preKubeadmCommands: [a]}}}}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: VSphereMachineTemplate
metadata: {name: worker}
spec: {template: {spec: {template: ubuntu, memoryMiB: 4096}}}
`

func pausedFleet(version string) string {
	var out []string
	for _, name := range []string{"a", "b", "c", "d"} {
		out = append(out, "apiVersion: cluster.x-k8s.io/v1beta2\nkind: Cluster\nmetadata: {name: "+name+"}\nspec: {paused: true, topology: {class: lab, version: "+version+"}}\n")
	}
	return strings.Join(out, "---\n")
}

// TestClassLeavesGit reports what a Cluster of a ClusterClass still needs.
func TestClassLeavesGit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, name, want string }{
		{"ClusterClass", "lab", "warning: ClusterClass lab: is removed, and Cluster pear still names it;"},
		{"VSphereMachineTemplate", "worker", "error: VSphereMachineTemplate worker: is removed, and ClusterClass lab still names it;"},
	} {
		p := rollout.Compare(side(t, classy, ""), side(t, without(t, classy, c.kind, c.name), ""))
		if len(p.Diags) != 1 || !strings.HasPrefix(p.Diags.String(), c.want) {
			t.Error(p.Diags)
		}
	}
	if p := rollout.Compare(side(t, classy, ""), side(t, "", "")); len(p.Diags) != 1 || p.Diags[0].Code != diag.ClusterRemoved {
		t.Error(p.Diags)
	}
}

const looseWorkers = `
apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineSet
metadata: {name: set}
spec: {clusterName: apple, replicas: 3, template: {spec: {clusterName: apple, version: v1.35.4, infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: t}}}}
---
apiVersion: cluster.x-k8s.io/v1beta2
kind: MachinePool
metadata: {name: pool}
spec: {clusterName: apple, replicas: 3, template: {spec: {clusterName: apple, version: v1.35.4, infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: FooMachinePool, name: p}}}}
---
apiVersion: cluster.x-k8s.io/v1beta2
kind: Machine
metadata: {name: one}
spec: {clusterName: apple, version: v1.35.4, infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachine, name: m}}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: VSphereMachineTemplate
metadata: {name: t}
spec: {template: {spec: {template: ubuntu, datastore: a1, memoryMiB: 4096}}}
`

// ranged hands the MachinePool to an autoscaler.
func ranged(least, most string) []string {
	return []string{"metadata: {name: pool}\nspec: {clusterName: apple, replicas: 3, ", "metadata: {name: pool, annotations: {cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size: '" + least +
		"', cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size: '" + most + "'}}\nspec: {clusterName: apple, "}
}

// TestOtherMakersOfMachines is about Clusters of a ClusterClass, and about what makes machines without rollouts.
func TestOtherMakersOfMachines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, before, after, want string }{
		{"a topology comes", base, base + "---" + classy, "The machines of Cluster pear are created, nothing else moves."},
		{"a topology goes", base + "---" + classy, base, "The machines of Cluster pear are deleted, nothing else moves."},
		{"as it was", classy, classy, "Nothing changes."},
		{"its topology", classy, edit(t, classy, "replicas: 5", "replicas: 4"), "Cluster pear may roll, nothing else moves."},
		{"its class", classy, edit(t, classy, "kind: VSphereMachineTemplate, name: worker", "kind: VSphereMachineTemplate, name: other"), "Cluster pear may roll, nothing else moves."},
		{"many topologies, paused", pausedFleet("v1.35.4"), pausedFleet("v1.35.5"), "4 pools may roll when the pause ends, nothing else moves."},
		{"a template of the class", classy, edit(t, classy, "preKubeadmCommands: [a]", "preKubeadmCommands: [b]"), "Cluster pear may roll, nothing else moves."},
		{"all of them removed", base + "---" + looseWorkers, base, "1 machine of one, 3 of pool and 3 on esxi01 are deleted, nothing else moves."},
		{"scaled", looseWorkers, edit(t, looseWorkers, "replicas: 3", "replicas: 1"), "2 machines of pool and 2 on a1 are deleted, nothing else moves."},
		{"as it was, paused", edit(t, classy, "spec: {topology:", "spec: {paused: true, topology:"), edit(t, classy, "spec: {topology:", "spec: {paused: true, topology:"), "Nothing changes."},
		{"resumed", edit(t, classy, "spec: {topology:", "spec: {paused: true, topology:"), classy, "Cluster pear may roll, nothing else moves."},
		{"another topology, paused", edit(t, classy, "spec: {topology:", "spec: {paused: true, topology:"), edit(t, classy, "spec: {topology:", "spec: {paused: true, topology:", "replicas: 5", "replicas: 4"), "Cluster pear may roll when the pause ends, nothing else moves."},
		{"a MachinePool's range", edit(t, looseWorkers, ranged("5", "9")...), edit(t, looseWorkers, ranged("1", "2")...), "No machine moves, 1 pool changes in place."},
		{"a MachinePool's number for a range", edit(t, looseWorkers, ranged("5", "9")...), looseWorkers, "2 to 6 machines of pool are deleted, nothing else moves."},
		{"a template edited under its name", looseWorkers, edit(t, looseWorkers, "memoryMiB: 4096", "memoryMiB: 8192"), "No machine moves, 1 pool has a change that replaces no machine."},
		{"a newer version", looseWorkers, edit(t, looseWorkers, "v1.35.4", "v1.35.5"), "Machine one may roll, MachinePool pool may roll, 1 pool changes in place, nothing else moves."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			inv := ""
			if strings.Contains(c.before, base) {
				inv = known
			}
			p := rollout.Compare(side(t, c.before, inv), side(t, c.after, inv))
			if p.Sentence != c.want {
				t.Errorf("%s\n%s", p.Sentence, told(p))
			}
			if text := p.Diags.String(); strings.Contains(text, "0 machines") {
				t.Error(text)
			}
		})
	}
}

// TestRenamedInVCenter follows hosts and datastores by what they are, not by what they are called.
func TestRenamedInVCenter(t *testing.T) {
	t.Parallel()
	host := edit(t, known, "esxi01", "esxi91")
	p := rollout.Compare(side(t, base, known), side(t, base, host))
	if p.Sentence != "Nothing changes." {
		t.Error(told(p))
	}
	for _, h := range p.Hosts {
		if !h.Untouched || h.Machines.Before != h.Machines.After {
			t.Errorf("%+v", h)
		}
	}
	// A datastore that is renamed makes another pool of another name.
	datastore := edit(t, known, "name: a1, path: /dc/datastore/a1", "name: ssd1, path: /dc/datastore/ssd1")
	owned := edit(t, base, "metadata: {name: apple-a, ", "metadata: {name: apple-a, annotations: {vspread.dev/owner: apple}, ")
	after := edit(t, owned, "name: apple-a,", "name: apple-ssd1,", "/dc/datastore/a1", "/dc/datastore/ssd1", "apple-a-1", "apple-ssd1-1")
	p = rollout.Compare(side(t, owned, known), side(t, after, datastore))
	text := told(p)
	if strings.Count(text, "  datastore a1 was renamed to ssd1 in vCenter, and a pool is called after its datastore\n") != 2 {
		t.Error(text)
	}
	if d := p.Diags.String(); !strings.Contains(d, "overrides: [{datastore: ssd1, name: a1}]") {
		t.Error(d)
	}
	// With that override it stays, and is replaced for the path in its template.
	p = rollout.Compare(side(t, owned, known), side(t, edit(t, owned, "/dc/datastore/a1", "/dc/datastore/ssd1", "apple-a-1", "apple-a-2"), datastore))
	if want := "2 machines on esxi01 are replaced, nothing else moves."; p.Sentence != want {
		t.Error(told(p))
	}
}

// TestTwoVCenters keeps what two sites call alike apart.
func TestTwoVCenters(t *testing.T) {
	t.Parallel()
	second := strings.ReplaceAll(base, "apple", "pear")
	both := func(replicas string) rollout.Side {
		s := side(t, edit(t, base, "replicas: 2", "replicas: "+replicas)+"---\n"+strings.TrimPrefix(edit(t, second, "replicas: 2", "replicas: "+replicas), "\n"), "")
		here, there := *side(t, base, "server: oslo\n"+known).Inventories[object.Key{}], *side(t, base, "server: rome\n"+known).Inventories[object.Key{}]
		s.Inventories = map[object.Key]*inventory.Inventory{
			object.NewKey(object.CoreGroup, "Cluster", "", "apple"): &here, object.NewKey(object.CoreGroup, "Cluster", "", "pear"): &there,
		}
		return s
	}
	p := rollout.Compare(both("2"), both("3"))
	n := 0
	for _, h := range p.Hosts {
		if h.Datastore == "a1" {
			n++
			if h.Machines.After != 3 || h.CapacityGiB != 400 || h.HostMemoryMiB != 32768 {
				t.Errorf("%+v", h)
			}
		}
	}
	if n != 2 {
		t.Errorf("%d rows of a1: %+v", n, p.Hosts)
	}
}

// TestPlacesOfTheSentence counts what is deleted where it was.
func TestPlacesOfTheSentence(t *testing.T) {
	t.Parallel()
	two := edit(t, known, "datastores: [", "datastores: [{name: b1, path: /dc/datastore/b1, id: d-2, hosts: [esxi02], capacityGiB: 400}, ")
	moved := edit(t, base, "VSphereMachineTemplate, name: apple-a-1", "VSphereMachineTemplate, name: apple-a-2", "replicas: 2", "replicas: 1") +
		"---\napiVersion: infrastructure.cluster.x-k8s.io/v1beta2\nkind: VSphereMachineTemplate\nmetadata: {name: apple-a-2}\nspec: {template: {spec: {template: ubuntu, datastore: /dc/datastore/b1, memoryMiB: 4096, diskGiB: 20}}}\n"
	p := rollout.Compare(side(t, base, two), side(t, moved, two))
	if want := "1 machine from esxi01 to esxi02 is replaced, 1 is deleted on esxi01, nothing else moves."; p.Sentence != want {
		t.Error(p.Sentence)
	}
}

// TestSumOfAHost holds the machines of all datastores of a host against its memory, once.
func TestSumOfAHost(t *testing.T) {
	t.Parallel()
	inv := edit(t, known, "datastores: [", "datastores: [{name: a2, path: /dc/datastore/a2, id: d-2, hosts: [esxi01], capacityGiB: 100}, ")
	more := "---\napiVersion: infrastructure.cluster.x-k8s.io/v1beta2\nkind: VSphereMachineTemplate\nmetadata: {name: second}\nspec: {template: {spec: {template: ubuntu, datastore: a2, memoryMiB: 8192, diskGiB: 20}}}\n---\n" +
		"apiVersion: cluster.x-k8s.io/v1beta2\nkind: MachineDeployment\nmetadata: {name: apple-second}\nspec: {clusterName: apple, replicas: 3, template: {spec: {clusterName: apple, version: v1.35.4, infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: second}}}}\n"
	p := rollout.Compare(side(t, base, inv), side(t, base+more, inv))
	want := []rollout.Host{
		{Datastore: "nas", Untouched: true},
		{Host: "esxi01", HostMemoryMiB: 32768, CapacityGiB: 500, Machines: rollout.Usage{Before: 2, Peak: 5, After: 5}},
		{Host: "esxi01", Datastore: "a1", CapacityGiB: 400, Untouched: true, Machines: rollout.Usage{Before: 2, Peak: 2, After: 2}},
		{Host: "esxi01", Datastore: "a2", CapacityGiB: 100, Machines: rollout.Usage{Peak: 3, After: 3}},
	}
	if len(p.Hosts) != len(want) {
		t.Fatalf("%+v", p.Hosts)
	}
	for i, h := range p.Hosts {
		if i == 1 && h.MemoryMiB.After != 2*4096+3*8192 {
			t.Errorf("%+v", h)
		}
		if i == 0 {
			continue
		}
		if h.MemoryMiB, h.DiskGiB = (rollout.Usage{}), (rollout.Usage{}); h != want[i] {
			t.Errorf("%+v, not %+v", h, want[i])
		}
	}
}

// TestReasonsThatAreShown names a rollout on purpose, and keeps what machines are told out of comments.
func TestReasonsThatAreShown(t *testing.T) {
	t.Parallel()
	template := func(annotations, more string) string {
		return "---\napiVersion: infrastructure.cluster.x-k8s.io/v1beta2\nkind: VSphereMachineTemplate\nmetadata: {name: apple-a-2, annotations: {" + annotations + "}}\n" +
			"spec: {template: {spec: {template: /dc/vm/old/ubuntu, datastore: /dc/datastore/a1, memoryMiB: 4096, diskGiB: 20, network: {devices: [{networkName: lab}]}" + more + "}}}\n"
	}
	second := edit(t, base, "VSphereMachineTemplate, name: apple-a-1", "VSphereMachineTemplate, name: apple-a-2")
	p := rollout.Compare(side(t, base, known), side(t, second+template("vspread.dev/salt: again", ""), known))
	if text := told(p); !strings.Contains(text, "  replaced on purpose by the same again: salt none → again\n") {
		t.Error(text)
	}
	p = rollout.Compare(side(t, base, known), side(t, second+template("", ", customVMXKeys: {guestinfo.userdata: password}"), known))
	if text := told(p); strings.Contains(text, "password") || !strings.Contains(text, "  customVMXKeys of the VSphereMachineTemplate differs\n") {
		t.Error(text)
	}
}

// TestEditedTemplateOfAControlPlane is told what to mend where.
func TestEditedTemplateOfAControlPlane(t *testing.T) {
	t.Parallel()
	p := rollout.Compare(side(t, base, known), side(t, edit(t, base, "datastore: nas, memoryMiB: 4096", "datastore: nas, memoryMiB: 8192"), known))
	if len(p.Diags) != 1 || p.Diags[0].Code != diag.TemplateEdited || !strings.Contains(p.Diags[0].Hint, "name it in KubeadmControlPlane apple") {
		t.Error(p.Diags)
	}
	for _, h := range p.Hosts {
		if h.MemoryMiB.Before != h.MemoryMiB.After {
			t.Errorf("no machine gets it: %+v", h)
		}
	}
}
