// SPDX-License-Identifier: Apache-2.0

package expand_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vspread/vspread/fn/expand"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/tree"
)

// A group's bounds are split without loss: the pools' lower bounds sum to the group's, the upper ones as well, and none
// is upside down. What is drained has neither, and what is fixed counts towards both.
func TestBoundsAreSplitExactly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		disks := rapid.IntRange(1, 9).Draw(r, "disks")
		hosts := rapid.IntRange(1, disks).Draw(r, "hosts")
		levels := rapid.SampledFrom([]string{"", "spread: {levels: [datastore]}, "}).Draw(r, "levels")
		low := rapid.IntRange(0, 20).Draw(r, "min")
		high := rapid.IntRange(max(low, 1), 40).Draw(r, "max")
		var inv strings.Builder
		inv.WriteString("hosts: [")
		for i := range disks {
			fmt.Fprintf(&inv, "{name: h%d}, ", i)
		}
		inv.WriteString("]\ndatastores:\n")
		for i := range disks {
			fmt.Fprintf(&inv, "- {name: d%d, hosts: [h%d], ordinal: %d}\n", i, i%hosts, i+1)
		}
		overrides := ""
		if disks > 1 && rapid.Bool().Draw(r, "drain") {
			overrides += "{datastore: d0, drain: true}, "
		}
		fixed := rapid.IntRange(0, min(low, 3)).Draw(r, "fixed")
		if disks > 2 && fixed > 0 {
			overrides += fmt.Sprintf("{datastore: d1, replicas: %d}, ", fixed)
		}
		if disks > 3 {
			overrides += fmt.Sprintf("{datastore: d2, weight: %d}, ", rapid.IntRange(1, 5).Draw(r, "weight"))
		}
		spec := fmt.Sprintf("workers: [{name: md, version: v1.35.4, machine: {template: t, numCPUs: 2, memoryMiB: 1, networks: [n]}, %sautoscaling: {min: %d, max: %d}, overrides: [%s]}]", levels, low, high, overrides)
		out, diags := expand.Expand(input(t, spec, inv.String(), "apiVersion: cluster.x-k8s.io/v1beta2\nkind: Cluster\nmetadata: {name: apple}\n"))
		if diags.HasErrors() {
			r.Fatalf("%v", diags)
		}
		least, most := 0, 0
		for _, p := range out.Pools {
			switch {
			case p.Bounds == nil:
				least, most = least+p.Replicas, most+p.Replicas
			case p.Bounds.Min > p.Bounds.Max || p.Bounds.Max == 0 || p.Replicas != 0:
				r.Fatalf("%s has %d, between %d and %d", p.Name, p.Replicas, p.Bounds.Min, p.Bounds.Max)
			default:
				least, most = least+p.Bounds.Min, most+p.Bounds.Max
			}
		}
		if least != low || most != high || len(out.Pools) != disks {
			r.Fatalf("%d pools have between %d and %d machines, want %d pools with %d and %d", len(out.Pools), least, most, disks, low, high)
		}
	})
}

// What the autoscaler is told of an adopted pool's disk is that of the template in the pool's own datacenter, where another one has a
// template of the same name.
func TestAutoscalerKnowsTheOwnTemplate(t *testing.T) {
	t.Parallel()
	const inv = `
datacenters: [{name: a, path: /a}, {name: b, path: /b}]
hosts: [{name: h1, cluster: /a/host/c}, {name: h2, cluster: /b/host/c}]
datastores: [{name: d1, path: /a/datastore/d1, hosts: [h1]}, {name: d2, path: /b/datastore/d2, hosts: [h2]}]
templates: [{name: ubuntu, path: /a/vm/ubuntu, diskGiB: 20}, {name: ubuntu, path: /b/vm/ubuntu, diskGiB: 80}]
`
	const objects = `
apiVersion: cluster.x-k8s.io/v1beta2
kind: Cluster
metadata: {name: apple}
---
apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineDeployment
metadata: {name: mine}
spec:
  clusterName: apple
  replicas: 2
  selector: {matchLabels: {x: 'y'}}
  template:
    metadata: {labels: {x: 'y'}}
    spec:
      clusterName: apple
      version: v1.35.4
      bootstrap: {dataSecretName: join}
      infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: mine}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: VSphereMachineTemplate
metadata: {name: mine}
spec: {template: {spec: {template: ubuntu, datacenter: b, datastore: d2, numCPUs: 2, memoryMiB: 2048, network: {devices: [{networkName: 'n'}]}}}}
`
	out := mustExpand(t, input(t, "workers: [{name: md, version: v1.35.4, datastores: {include: [d2]}, autoscaling: {min: 2, max: 4}, overrides: [{datastore: d2, adopt: mine}]}]", inv, objects))
	if len(out.Adopted) != 1 {
		t.Fatalf("%d are adopted", len(out.Adopted))
	}
	if got := tree.String(out.Adopted[0].Node, "metadata", "annotations", object.CapacityAnnotation+"ephemeral-disk"); got != "80Gi" {
		t.Errorf("the disk is %q, want 80Gi", got)
	}
}
