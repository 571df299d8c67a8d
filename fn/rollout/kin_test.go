// SPDX-License-Identifier: Apache-2.0

package rollout_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/rollout"
)

// twoHosts has a local datastore on each of two hosts, a and b.
const twoHosts = `hosts: [{name: esxi01}, {name: esxi02}]
datastores: [{name: a, id: d-1, hosts: [esxi01]}, {name: b, id: d-2, hosts: [esxi02]}]
`

// pools writes pools of cluster/group/datastore/replicas, in which = before the name of a group means adopted, and no group a
// MachineDeployment of the user's.
func pools(all ...string) string {
	var b strings.Builder
	clusters := map[string]bool{}
	for _, p := range all {
		name, what, _ := strings.Cut(p, " ")
		parts := strings.Split(what, "/")
		cluster, group, datastore, replicas := parts[0], parts[1], parts[2], parts[3]
		if !clusters[cluster] {
			clusters[cluster] = true
			fmt.Fprintf(&b, "---\napiVersion: cluster.x-k8s.io/v1beta2\nkind: Cluster\nmetadata: {name: %s}\n", cluster)
		}
		keeper := "vspread.dev/owner: " + cluster
		if strings.HasPrefix(group, "=") {
			keeper = "vspread.dev/adopted-by: " + cluster
		}
		if group == "" {
			keeper = ""
		}
		fmt.Fprintf(&b, `---
apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineDeployment
metadata: {name: %[1]s, annotations: {%[2]s}}
spec:
  clusterName: %[3]s
  replicas: %[4]s
  template:
    metadata: {labels: {node.cluster.x-k8s.io/worker-group: "%[5]s"}}
    spec:
      version: v1.35.4
      infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: %[1]s-t}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: VSphereMachineTemplate
metadata: {name: %[1]s-t, annotations: {kustomize.toolkit.fluxcd.io/prune: disabled}}
spec: {template: {spec: {template: ubuntu, datastore: %[6]s, memoryMiB: 4096}}}
`, name, keeper, cluster, replicas, strings.TrimPrefix(group, "="), datastore)
	}
	return b.String()
}

// TestWhyPoolsComeAndGo holds the reasons of what is removed and created, and the hints, which must be of use.
func TestWhyPoolsComeAndGo(t *testing.T) {
	t.Parallel()
	const drain = "to move its machines first, keep it and set state: gone in the inventory or drain: true in an override"
	for _, c := range []struct {
		name          string
		before, after string
		// hidden is applied nowhere in the second side.
		hidden    string
		inventory string
		reasons   map[string]string
		hints     map[string]string
	}{
		{
			name:   "a renamed group",
			before: pools("apple-md-a apple/md/a/2", "apple-md-b apple/md/b/1"), after: pools("apple-web-a apple/web/a/2", "apple-web-b apple/web/b/1"),
			reasons: map[string]string{
				"apple-md-a": "the group md is now called web: the same 2 machines are made again", "apple-web-a": "the group md is now called web: the same 2 machines are made again",
				"apple-md-b": "the group md is now called web: the same machine is made again", "apple-web-b": "the group md is now called web: the same machine is made again",
			},
			hints: map[string]string{
				"apple-md-a": "to keep the machines, keep the group's name md, which is a part of the names of its pools",
				"apple-md-b": "to keep the machines, keep the group's name md, which is a part of the names of its pools",
			},
		},
		{
			name:   "a renamed group that has an adopted pool, and another number",
			before: pools("own apple/=md/a/2", "apple-md-b apple/md/b/1"), after: pools("own apple/=web/a/2", "apple-web-b apple/web/b/3"),
			reasons: map[string]string{
				"own":        "machines' label node.cluster.x-k8s.io/worker-group md → web",
				"apple-md-b": "the group md is now called web: machines are made again", "apple-web-b": "the group md is now called web: machines are made again",
			},
			hints: map[string]string{"apple-md-b": "to keep the machines, keep the group's name md, which is a part of the names of its pools"},
		},
		{
			name:   "a datastore changes its group",
			before: pools("apple-md-a apple/md/a/2", "apple-md-b apple/md/b/1"), after: pools("apple-md-a apple/md/a/2", "apple-web-b apple/web/b/1"),
			reasons: map[string]string{
				"apple-md-b":  "datastore b is now in group web and no longer in md: the same machine is made again",
				"apple-web-b": "datastore b is now in group web and no longer in md: the same machine is made again",
			},
			hints: map[string]string{"apple-md-b": drain},
		},
		{
			name:   "another name in an override",
			before: pools("apple-md-a apple/md/a/2"), after: pools("apple-md-fast apple/md/a/2"),
			reasons: map[string]string{
				"apple-md-a":    "apple-md-a is now called apple-md-fast: the same 2 machines are made again",
				"apple-md-fast": "apple-md-a is now called apple-md-fast: the same 2 machines are made again",
			},
			hints: map[string]string{"apple-md-a": "to keep it and its machines, leave name in the override for datastore a of group md as it was"},
		},
		{
			name:   "a renamed Cluster",
			before: pools("apple-md-a apple/md/a/2", "apple-md-b apple/md/b/0"), after: pools("pear-md-a pear/md/a/2", "pear-md-b pear/md/b/0"),
			reasons: map[string]string{
				"apple-md-a": "Cluster apple is now called pear: the same 2 machines are made again", "pear-md-a": "Cluster apple is now called pear: the same 2 machines are made again",
				"apple-md-b": "Cluster apple is now called pear", "pear-md-b": "Cluster apple is now called pear",
			},
			hints: map[string]string{},
		},
		{
			name:   "one Cluster of two goes, and another one comes",
			before: pools("apple-md-a apple/md/a/2", "fig-md-a fig/md/a/2"), after: pools("fig-md-a fig/md/a/2", "pear-md-b pear/md/b/1"),
			reasons: map[string]string{"apple-md-a": "its Cluster is removed", "pear-md-b": "its Cluster is new"},
			hints:   map[string]string{},
		},
		{
			name:   "no longer adopted, but a seed",
			before: pools("own apple/=md/a/2", "apple-md-b apple/md/b/1"), after: pools("apple-md-a apple/md/a/2", "apple-md-b apple/md/b/1"), hidden: pools("own apple//a/2"),
			reasons: map[string]string{
				"own":        "own is no longer adopted, and pool apple-md-a takes its place: the same 2 machines are made again",
				"apple-md-a": "own is no longer adopted, and pool apple-md-a takes its place: the same 2 machines are made again",
			},
			hints: map[string]string{"own": "to keep it and its machines, adopt it: overrides: [{datastore: a, adopt: own}] in a worker group; to move its machines first, add drain: true"},
		},
		{
			name:   "no longer adopted, and gone",
			before: pools("own apple/=md/a/2", "apple-md-b apple/md/b/1"), after: pools("apple-md-b apple/md/b/3"),
			reasons: map[string]string{"own": "is no longer adopted", "apple-md-b": "replicas 1 → 3"},
			hints:   map[string]string{"own": "to keep it and its machines, adopt it: overrides: [{datastore: a, adopt: own}] in a worker group; to move its machines first, add drain: true"},
		},
		{
			name:   "a MachineDeployment becomes a seed",
			before: pools("own apple//a/2"), after: pools("apple-md-a apple/md/a/1", "apple-md-b apple/md/b/1"), hidden: pools("own apple//a/2"),
			reasons: map[string]string{
				"own":        "own is a seed now, and pool apple-md-a takes its place: machines are made again",
				"apple-md-a": "own is a seed now, and pool apple-md-a takes its place: machines are made again", "apple-md-b": "worker group md is new",
			},
			hints: map[string]string{"own": "to keep it and its machines, adopt it: overrides: [{datastore: a, adopt: own}] in a worker group; to move its machines first, add drain: true"},
		},
		{
			name:   "a seed of machines that are elsewhere",
			before: pools("own apple//nas/2"), after: pools("apple-md-a apple/md/a/1", "apple-md-b apple/md/b/1"), hidden: pools("own apple//nas/2"),
			reasons: map[string]string{"own": "is a seed now: pools are copied from it, and it is no longer applied", "apple-md-a": "worker group md is new", "apple-md-b": "worker group md is new"},
			hints:   map[string]string{"own": "to move its machines first, keep it with replicas: 0 and the annotation vspread.dev/exclude: \"true\""},
		},
		{
			name:   "a pool in the place of a MachineDeployment that is deleted",
			before: pools("own apple//a/2"), after: pools("apple-md-a apple/md/a/2"),
			reasons: map[string]string{"own": "pool apple-md-a takes the place of own: the same 2 machines are made again", "apple-md-a": "pool apple-md-a takes the place of own: the same 2 machines are made again"},
			hints:   map[string]string{"own": "to keep it and its machines, adopt it: overrides: [{datastore: a, adopt: own}] in a worker group; to move its machines first, add drain: true"},
		},
		{
			name:   "a user's MachineDeployment gets another name",
			before: pools("one apple//a/2"), after: pools("two apple//a/2"),
			reasons: map[string]string{"one": "one is now called two: the same 2 machines are made again", "two": "one is now called two: the same 2 machines are made again"},
			hints:   map[string]string{"one": "to keep its machines, keep its name"},
		},
		{
			name:   "hidden without vspread",
			before: pools("one apple//a/2", "two apple//b/2"), after: pools("two apple//b/2"), hidden: pools("one apple//a/2"),
			reasons: map[string]string{"one": "is marked config.kubernetes.io/local-config now, so it is no longer applied"},
			hints:   map[string]string{"one": "to move its machines first, keep it with replicas: 0"},
		},
		{
			name:   "no group any more",
			before: pools("apple-md-a apple/md/a/2", "apple-web-b apple/web/b/1"), after: pools("apple-web-b apple/web/b/1"),
			reasons: map[string]string{"apple-md-a": "there is no worker group md any more"},
			hints:   map[string]string{"apple-md-a": "to move its machines first, keep group md with replicas: 0"},
		},
		{
			name:   "a datastore that is left out",
			before: pools("apple-md-a apple/md/a/2", "apple-md-b apple/md/b/1"), after: pools("apple-md-a apple/md/a/2"),
			reasons: map[string]string{"apple-md-b": "group md has no pool on this datastore any more"},
			hints:   map[string]string{"apple-md-b": drain},
		},
		{
			name:   "a datastore that is included",
			before: pools("apple-md-a apple/md/a/2"), after: pools("apple-md-a apple/md/a/2", "apple-md-b apple/md/b/1"),
			reasons: map[string]string{"apple-md-b": "group md has a pool on this datastore now"},
			hints:   map[string]string{},
		},
		{
			name:   "a second host mounts it",
			before: pools("apple-md-a apple/md/a/2", "apple-md-b apple/md/b/1"), after: pools("apple-md-a apple/md/a/2"),
			inventory: strings.Replace(twoHosts, "hosts: [esxi02]", "hosts: [esxi01, esxi02]", 1),
			reasons:   map[string]string{"apple-md-b": "datastore b is no longer local"},
			hints:     map[string]string{"apple-md-b": "to move its machines first, keep it: local: true for the datastore in the inventory, and drain: true in an override"},
		},
		{
			name:   "forgotten with machines",
			before: pools("apple-md-a apple/md/a/2", "apple-md-b apple/md/b/1"), after: pools("apple-md-a apple/md/a/2"),
			inventory: strings.Replace(twoHosts, ", {name: b, id: d-2, hosts: [esxi02]}", "", 1),
			reasons:   map[string]string{"apple-md-b": "datastore b is no longer in the inventory"},
			hints:     map[string]string{"apple-md-b": "to move its machines first, keep the datastore in the inventory, with state: gone"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.inventory == "" {
				c.inventory = twoHosts
			}
			after := side(t, c.after, c.inventory)
			if c.hidden != "" {
				after.Hidden = object.NewSet(side(t, c.hidden, "").Objects.All())
			}
			p := rollout.Compare(side(t, c.before, twoHosts), after)
			reasons, hints := map[string]string{}, map[string]string{}
			for _, pool := range p.Pools {
				if !pool.Has(rollout.Untouched) {
					reasons[pool.Name] = pool.Reasons[0].Text
				}
			}
			for _, d := range p.Diags {
				if d.Code == "PoolRemoved" {
					hints[d.Object.Name] = d.Hint
				}
			}
			if d := cmp.Diff(c.reasons, reasons); d != "" {
				t.Errorf("reasons (-want +got)\n%s", d)
			}
			if d := cmp.Diff(c.hints, hints); d != "" {
				t.Errorf("hints (-want +got)\n%s", d)
			}
		})
	}
}
