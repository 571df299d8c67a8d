// SPDX-License-Identifier: Apache-2.0

package rollout_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
	"pgregory.net/rapid"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/rollout"
	"github.com/vspread/vspread/internal/render"
)

// world draws manifests of some pools of one cluster, and shuffles them.
func world(t *rapid.T, label string) string {
	var documents []string
	for i := range 4 {
		if rapid.IntRange(0, 4).Draw(t, label+" has pool") == 0 {
			continue
		}
		template := fmt.Sprintf("apple-%d-%d", i, rapid.IntRange(0, 1).Draw(t, label+" template"))
		documents = append(documents, fmt.Sprintf(`apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineDeployment
metadata: {name: apple-%d%s}
spec:
  clusterName: apple
  replicas: %s
  rollout: {strategy: {rollingUpdate: {maxSurge: %s}}}
  template:
    metadata: {labels: {x: %q}}
    spec:
      clusterName: apple
      version: v1.35.%d
      infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: %s}
`, i, rapid.SampledFrom([]string{"", ", annotations: {vspread.dev/owner: apple}"}).Draw(t, label+" owner"),
			rapid.SampledFrom([]string{"0", "1", "2", "3", "5", "${WORKERS}", "010"}).Draw(t, label+" replicas"), rapid.SampledFrom([]string{"0", "2", "30%"}).Draw(t, label+" surge"),
			rapid.SampledFrom([]string{"a", "b", ""}).Draw(t, label+" label"), rapid.IntRange(4, 5).Draw(t, label+" version"), template))
		documents = append(documents, fmt.Sprintf(`apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: VSphereMachineTemplate
metadata: {name: %s}
spec: {template: {spec: {template: ubuntu, datastore: %s, memoryMiB: %d, diskGiB: %d}}}
`, template, rapid.SampledFrom([]string{"a1", "/dc/datastore/a1", "nas", "unknown"}).Draw(t, label+" datastore"),
			1024*rapid.IntRange(1, 4).Draw(t, label+" memory"), rapid.IntRange(1, 9).Draw(t, label+" disk")))
	}
	if rapid.Bool().Draw(t, label+" control plane") {
		documents = append(documents, strings.SplitAfterN(base, "---\n", 3)[:2]...)
	}
	for i := range documents {
		documents[i] = strings.TrimSuffix(documents[i], "---\n")
	}
	return strings.Join(documents, "---\n")
}

func TestLaws(t *testing.T) {
	t.Parallel()
	schema := &spec.Schema{}
	if err := json.Unmarshal(render.PlanSchema(), schema); err != nil {
		t.Fatal(err)
	}
	validator := validate.NewSchemaValidator(schema, nil, "plan", strfmt.Default)
	rapid.Check(t, func(rt *rapid.T) {
		before, after := side(t, world(rt, "before"), known), side(t, world(rt, "after"), "")
		p := rollout.Compare(before, after)

		// What does not change is not reported.
		for _, s := range []rollout.Side{before, after} {
			if same := rollout.Compare(s, s); same.Changed() || same.Sentence != "Nothing changes." || len(same.Diags) > 0 {
				rt.Fatalf("a side against itself: %s\n%v", same.Sentence, same.Diags)
			}
		}

		// Every plan is by the published schema.
		var text strings.Builder
		var value any
		if err := (&render.Plan{Plan: p}).JSON(&text); err != nil || json.Unmarshal([]byte(text.String()), &value) != nil {
			rt.Fatal(err, text.String())
		}
		if r := validator.Validate(value); !r.IsValid() {
			rt.Fatal(r.Errors)
		}

		// The order of the input does not matter.
		again := rollout.Compare(shuffled(rt, before), shuffled(rt, after))
		if d := cmp.Diff(p, again); d != "" {
			rt.Fatalf("another order, another plan:\n%s", d)
		}

		// Machines add up, in each pool and over all hosts.
		var machines, hosts rollout.Usage
		for _, pool := range p.Pools {
			m := pool.Machines
			if m.Before+m.Created-m.Removed != m.After || m.Created > 0 && m.Removed > 0 {
				rt.Fatalf("%s: %+v does not add up", pool.Name, m)
			}
			if m.Replaced+m.MayBeReplaced > min(m.Before, m.After) || m.Peak < max(m.Before, m.After) {
				rt.Fatalf("%s: %+v is impossible", pool.Name, m)
			}
			if m.NotKnown && m != (rollout.Machines{NotKnown: true}) {
				rt.Fatalf("%s: %+v invents numbers", pool.Name, m)
			}
			if m.NotKnown && pool.Has(rollout.Replace) && !strings.Contains(p.Sentence, "achines of ") {
				rt.Fatalf("%s: %v, and only %s", pool.Name, pool.Changes, p.Sentence)
			}
			if !m.NotKnown && pool.Has(rollout.Replace) != (m.Replaced > 0) || pool.Has(rollout.Untouched) != (len(pool.Reasons) == 0 && pool.Before != nil && pool.After != nil) {
				rt.Fatalf("%s: %v with %+v and %v", pool.Name, pool.Changes, m, pool.Reasons)
			}
			if !slices.IsSortedFunc(pool.Changes, func(a, b rollout.Kind) int {
				return slices.Index(rollout.Kinds(), a) - slices.Index(rollout.Kinds(), b)
			}) {
				rt.Fatalf("%s: %v is not in order", pool.Name, pool.Changes)
			}
			if !pool.Has(rollout.Untouched) && (len(pool.Reasons) == 0 || slices.ContainsFunc(pool.Reasons, func(r rollout.Reason) bool { return r.Text == "" })) {
				rt.Fatalf("%s: %v without a reason: %v", pool.Name, pool.Changes, pool.Reasons)
			}
			machines.Before, machines.After = machines.Before+m.Before, machines.After+m.After
		}
		for _, h := range p.Hosts {
			hosts.Before, hosts.After = hosts.Before+h.Machines.Before, hosts.After+h.Machines.After
			for _, u := range []rollout.Usage{h.Machines, h.MemoryMiB, h.DiskGiB} {
				if u.Peak < max(u.Before, u.After) {
					rt.Fatalf("%s %s: the peak of %+v is no peak", h.Host, h.Datastore, u)
				}
			}
		}
		if machines != hosts {
			rt.Fatalf("pools have %+v machines, hosts %+v", machines, hosts)
		}

		// Back again: what was created is removed. A Cluster that goes takes with it what git leaves there.
		if len(before.Objects.Clusters()) != len(after.Objects.Clusters()) {
			return
		}
		back := rollout.Compare(after, before)
		var there, here [4]int
		for i, plan := range []rollout.Plan{p, back} {
			sums := []*[4]int{&there, &here}[i]
			for _, pool := range plan.Pools {
				sums[0] += pool.Machines.Created
				sums[1] += pool.Machines.Removed
				sums[2] += pool.Machines.Replaced
				sums[3] += pool.Machines.MayBeReplaced
			}
		}
		if there[0] != here[1] || there[1] != here[0] || there[2] != here[2] || there[3] != here[3] {
			rt.Fatalf("%v there, %v back", there, here)
		}
	})
}

func shuffled(t *rapid.T, s rollout.Side) rollout.Side {
	all := slices.Clone(s.Objects.All())
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return rollout.Side{Objects: object.NewSet(all), Inventories: s.Inventories}
}

// fleet is manifests of many clusters, of which each has a pool on each of many datastores.
func fleet(clusters, pools, memory int) string {
	var b strings.Builder
	for c := range clusters {
		for p := range pools {
			fmt.Fprintf(&b, `---
apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineDeployment
metadata: {name: c%[1]d-md-%[2]d, namespace: fleet}
spec:
  clusterName: c%[1]d
  replicas: 2
  selector: {matchLabels: {pool: c%[1]d-md-%[2]d}}
  template:
    metadata: {labels: {pool: c%[1]d-md-%[2]d}}
    spec:
      clusterName: c%[1]d
      version: v1.35.4
      bootstrap: {configRef: {apiGroup: bootstrap.cluster.x-k8s.io, kind: KubeadmConfigTemplate, name: c%[1]d}}
      infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: c%[1]d-md-%[2]d-%[3]d}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: VSphereMachineTemplate
metadata: {name: c%[1]d-md-%[2]d-%[3]d, namespace: fleet}
spec: {template: {spec: {template: ubuntu, datastore: /dc/datastore/local%[2]d, memoryMiB: %[3]d, diskGiB: 20, numCPUs: 4, network: {devices: [{networkName: lab}]}}}}
`, c, p, memory)
		}
	}
	return b.String()
}

// BenchmarkCompare rolls every pool of a fleet.
func BenchmarkCompare(b *testing.B) {
	var inv strings.Builder
	inv.WriteString("hosts:\n")
	for i := range 64 {
		fmt.Fprintf(&inv, "- {name: esxi%d}\n", i)
	}
	inv.WriteString("datastores:\n")
	for i := range 64 {
		fmt.Fprintf(&inv, "- {name: local%[1]d, path: /dc/datastore/local%[1]d, hosts: [esxi%[1]d]}\n", i)
	}
	for _, clusters := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("clusters=%d", clusters), func(b *testing.B) {
			before, after := side(b, fleet(clusters, 64, 4096), inv.String()), side(b, fleet(clusters, 64, 8192), inv.String())
			b.ReportAllocs()
			for b.Loop() {
				if p := rollout.Compare(before, after); len(p.Pools) != 64*clusters || p.Pools[0].Machines.Replaced != 2 {
					b.Fatal(p.Sentence)
				}
			}
		})
	}
}
