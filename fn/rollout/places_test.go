// SPDX-License-Identifier: Apache-2.0

package rollout_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vspread/vspread/fn/rollout"
)

// TestHosts is about what machines take before, while they are replaced and after, and of what.
func TestHosts(t *testing.T) {
	t.Parallel()
	rows := func(p rollout.Plan) map[string]rollout.Host {
		out := map[string]rollout.Host{}
		for _, h := range p.Hosts {
			out[h.Host+"/"+h.Datastore] = h
		}
		return out
	}
	usage := func(before, peak, after int) rollout.Usage {
		return rollout.Usage{Before: before, Peak: peak, After: after}
	}
	onA1 := "template: /dc/vm/old/ubuntu, datastore: /dc/datastore/a1, memoryMiB: 4096, diskGiB: 20"
	for _, c := range []struct {
		name   string
		pairs  []string
		before string
		inv    string
		want   map[string]rollout.Host
	}{
		{
			name: "as it is", inv: known,
			want: map[string]rollout.Host{
				"/nas":      {Datastore: "nas", Untouched: true, Machines: usage(3, 3, 3), MemoryMiB: usage(12288, 12288, 12288), DiskGiB: usage(60, 60, 60)},
				"esxi01/a1": {Host: "esxi01", Datastore: "a1", Untouched: true, Machines: usage(2, 2, 2), MemoryMiB: usage(8192, 8192, 8192), DiskGiB: usage(40, 40, 40), HostMemoryMiB: 32768, CapacityGiB: 400},
			},
		},
		{
			// Without an inventory a datastore is known by its name only.
			name: "no inventory", pairs: []string{"      version: v1.35.4", "      version: v1.35.5"},
			want: map[string]rollout.Host{
				"/nas": {Datastore: "nas", Untouched: true, Machines: usage(3, 3, 3), MemoryMiB: usage(12288, 12288, 12288), DiskGiB: usage(60, 60, 60)},
				"/a1":  {Datastore: "a1", Machines: usage(2, 3, 2), MemoryMiB: usage(8192, 12288, 8192), DiskGiB: usage(40, 60, 40)},
			},
		},
		{
			// Two new ones of 8 GiB and one old one are the worst that can be there at a time.
			name: "larger machines", inv: known, pairs: []string{"VSphereMachineTemplate, name: apple-a-1", "VSphereMachineTemplate, name: cp", "datastore: nas, memoryMiB: 4096, diskGiB: 20", "datastore: a1, memoryMiB: 8192, diskGiB: 10, dataDisks: [{name: d, sizeGiB: 30}], additionalDisksGiB: [5]"},
			want: map[string]rollout.Host{
				"esxi01/a1": {Host: "esxi01", Datastore: "a1", Machines: usage(2, 6, 5), MemoryMiB: usage(8192, 3*8192+2*8192+4096, 5*8192), DiskGiB: usage(40, 5*45+20, 5*45), HostMemoryMiB: 32768, CapacityGiB: 400},
				"/nas":      {Datastore: "nas", Machines: usage(3, 3, 0), MemoryMiB: usage(12288, 12288, 0), DiskGiB: usage(60, 60, 0)},
			},
		},
		{
			// CAPV's own defaults, and the disk of the template.
			name: "defaults", inv: known, before: strings.Replace(base, onA1, "template: ubuntu, datastore: a1", 1), pairs: []string{onA1, "template: ubuntu, datastore: a1"},
			want: map[string]rollout.Host{
				"/nas":      {Datastore: "nas", Untouched: true, Machines: usage(3, 3, 3), MemoryMiB: usage(12288, 12288, 12288), DiskGiB: usage(60, 60, 60)},
				"esxi01/a1": {Host: "esxi01", Datastore: "a1", Untouched: true, Machines: usage(2, 2, 2), MemoryMiB: usage(4096, 4096, 4096), DiskGiB: usage(20, 20, 20), HostMemoryMiB: 32768, CapacityGiB: 400},
			},
		},
		{
			// A failure domain has a datastore of its own.
			name: "failure domain", inv: known, pairs: []string{"      version: v1.35.4", "      failureDomain: zone-b\n      version: v1.35.4", "kind: Cluster\nmetadata: {name: apple}\nspec:",
				"kind: VSphereX\nmetadata: {name: x}\n---\napiVersion: infrastructure.cluster.x-k8s.io/v1beta2\nkind: VSphereDeploymentZone\nmetadata: {name: zone-b}\nspec: {failureDomain: fd}\n---\n" +
					"apiVersion: infrastructure.cluster.x-k8s.io/v1beta2\nkind: VSphereFailureDomain\nmetadata: {name: fd}\nspec: {topology: {datastore: nas}}\n---\n" +
					"apiVersion: cluster.x-k8s.io/v1beta2\nkind: Cluster\nmetadata: {name: apple}\nspec:"},
			want: map[string]rollout.Host{
				"/nas":      {Datastore: "nas", Machines: usage(3, 5, 5), MemoryMiB: usage(12288, 20480, 20480), DiskGiB: usage(60, 100, 100)},
				"esxi01/a1": {Host: "esxi01", Datastore: "a1", Machines: usage(2, 2, 0), MemoryMiB: usage(8192, 8192, 0), DiskGiB: usage(40, 40, 0), HostMemoryMiB: 32768, CapacityGiB: 400},
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			before := base
			if c.before != "" {
				before = c.before
			}
			p := rollout.Compare(side(t, before, c.inv), side(t, edit(t, base, c.pairs...), c.inv))
			if d := cmp.Diff(c.want, rows(p)); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestVersionsOfTheAPI holds that another form of the same meaning is no change.
func TestVersionsOfTheAPI(t *testing.T) {
	t.Parallel()
	old := edit(t, base,
		"apiVersion: cluster.x-k8s.io/v1beta2\nkind: MachineDeployment", "apiVersion: cluster.x-k8s.io/v1beta1\nkind: MachineDeployment",
		"rollout: {strategy:", "strategy: {XX",
		"apiGroup: bootstrap.cluster.x-k8s.io", "apiVersion: bootstrap.cluster.x-k8s.io/v1beta1",
		"kind: VSphereMachineTemplate, name: apple-a-1", "kind: VSphereMachineTemplate, namespace: default, name: apple-a-1",
		"apiVersion: controlplane.cluster.x-k8s.io/v1beta2", "apiVersion: controlplane.cluster.x-k8s.io/v1beta1",
		"machineTemplate: {spec: {infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: cp}}}",
		"machineTemplate: {nodeDrainTimeout: 1m, infrastructureRef: {apiVersion: infrastructure.cluster.x-k8s.io/v1beta1, kind: VSphereMachineTemplate, name: cp}}",
		"apiVersion: infrastructure.cluster.x-k8s.io/v1beta2\nkind: VSphereMachineTemplate\nmetadata: {name: apple-a-1}", "apiVersion: infrastructure.cluster.x-k8s.io/v1beta1\nkind: VSphereMachineTemplate\nmetadata: {name: apple-a-1}",
	)
	old = edit(t, old, "strategy: {XX {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}}", "strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}")
	for _, pair := range [][2]string{{base, old}, {old, base}} {
		p := rollout.Compare(side(t, pair[0], known), side(t, pair[1], known))
		if p.Sentence != "Nothing changes." || len(p.Diags) > 0 {
			t.Error(told(p))
		}
	}
	rolled := rollout.Compare(side(t, old, known), side(t, edit(t, base, "v1.35.4", "v1.35.5"), known))
	if want := "2 machines on esxi01 are replaced, the control plane of apple rolls (3 machines), nothing else moves."; rolled.Sentence != want {
		t.Error(told(rolled))
	}
}

// TestRemovedCluster is about what is left to do by hand.
func TestRemovedCluster(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		more   string
		routed bool
	}{
		"alone":               {"", false},
		"an annotation":       {"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, annotations: {lab.local/routable-pods: 'true'}}\n", true},
		"it says no":          {"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, annotations: {lab.local/routable-pods: 'false'}}\n", false},
		"the cloud provider":  {"---\napiVersion: cpi.tanzu.vmware.com/v1alpha1\nkind: VSphereCPIConfig\nmetadata: {name: x}\nspec: {vsphereCPI: {nsxt: {podRoutingEnabled: true}}}\n", true},
		"its configuration":   {"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {vsphere.conf: \"route:\\n  routerPath: /infra/tier-1s/k8s\\n\"}\n", true},
		"in another tenant's": {"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: other, annotations: {lab.local/routable-pods: 'true'}}\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := rollout.Compare(side(t, base+c.more, known), side(t, "", known))
			text := told(p)
			if !strings.Contains(text, "by hand: kubectl delete cluster --namespace default apple\n") || strings.Contains(text, "delete machinedeployment") {
				t.Error(text)
			}
			if routed := len(p.Steps) == 2 && strings.Contains(p.Steps[1].Text, "static routes"); routed != c.routed {
				t.Errorf("%+v", p.Steps)
			}
		})
	}
}
