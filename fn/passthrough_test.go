// SPDX-License-Identifier: Apache-2.0

package fn_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vspread/vspread/fn"
)

// What others wrote means the same when it comes out, and after a second and third time, however oddly it
// is written.
func TestPassThroughKeepsItsMeaning(t *testing.T) {
	t.Parallel()
	odd := []string{
		"a: >\n  x\n    more\n  y\n", "a: >+\n  x\n\n", "a: >-\n  x\n\n    y\n", "a: |+\n  x\n\n\n", "a: |2\n   indented\n  less\n", "a: |-\n  no end",
		"a: {b: , c: ~, d: null}", "a:\n  b:\n  c: ''\n",
		"a: 0777\nb: 0o17\nc: 1e3\nd: 12:30:45\ne: 0x1F\nf: .5\ng: 1_000\nh: 12345678901234567890\n",
		"a: yes\nb: \"yes\"\nc: n\nd: 'on'\ne: True\n", "a: 2026-11-20\nb: 2026-11-20T10:00:00Z\n",
		"a: !!str 12\nb: !custom x\nc: !!binary aGk=\n", "? complex\n: value\n", "a: \"tab\\there \\u00e4 \\U0001F600\"\n",
		"a: 'it''s'\nb: \"#no comment\"\nc: x # comment\n", "a: &x {b: 1}\nc: *x\n", "a: &x {b: 1}\nc: {<<: *x, d: 2}\n",
		"a: \"trailing  \"\nb: '  leading'\nc: \"\"\n", "a:\n- - - x\n- {b: [c, {d: e}]}\n", "${VAR}: ${OTHER:=x}\n", "a: x\n\n\nb: y\n",
	}
	for _, text := range odd {
		item := "apiVersion: example.com/v1\nkind: Odd\nmetadata:\n  name: odd\nspec:\n  " + strings.TrimSuffix(strings.ReplaceAll(text, "\n", "\n  "), "  ")
		in := string(list(append(world{hosts: 1, datastores: []datastore{{name: "d"}}, groups: []group{{name: "md", replicas: 1, memory: 1024}}}.items(), item)))
		want := meaning(t, in)
		for range 3 {
			out := mustRun(t, []byte(in))
			if d := cmp.Diff(want, meaning(t, out)); d != "" {
				t.Errorf("%q (-before +after):\n%s", text, d)
				break
			}
			in = out
		}
	}
}

func meaning(t *testing.T, in string) any {
	t.Helper()
	rl, diags := fn.ReadResourceList([]byte(in))
	if diags.HasErrors() {
		t.Fatalf("%v\n%s", diags, in)
	}
	for _, o := range rl.Items {
		if n := o.Copy(); n.GetKind() == "Odd" {
			var value any
			if err := n.YNode().Decode(&value); err != nil {
				t.Fatalf("%v\n%s", err, in)
			}
			return value
		}
	}
	t.Fatalf("the object is lost in\n%s", in)
	return nil
}

// Several Clusters: the order of everything given to us does not matter, a seed that two of them share is
// hidden at once, and the second run changes nothing.
func TestFleetIsPureAndAFixedPoint(t *testing.T) {
	t.Parallel()
	seeds := func(cluster string) []string {
		return []string{
			"apiVersion: cluster.x-k8s.io/v1beta2\nkind: Cluster\nmetadata: {name: " + cluster + "}\nspec: {}\n",
			"apiVersion: vspread.dev/v1alpha1\nkind: ClusterSpread\nmetadata: {name: " + cluster + ", annotations: {config.kubernetes.io/local-config: \"true\"}}\nspec: {cluster: " + cluster + ", workers: [{name: md, seed: " + cluster + "-md-0}]}\n",
			"apiVersion: cluster.x-k8s.io/v1beta2\nkind: MachineDeployment\nmetadata: {name: " + cluster + "-md-0}\nspec: {clusterName: " + cluster + ", replicas: 3, template: {spec: {version: v1.35.4, bootstrap: {dataSecretName: x}, infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: shared}}}}\n",
		}
	}
	items := append(append(seeds("pear"), seeds("apple")...),
		"apiVersion: infrastructure.cluster.x-k8s.io/v1beta2\nkind: VSphereMachineTemplate\nmetadata: {name: shared}\nspec: {template: {spec: {template: photon, numCPUs: 2, memoryMiB: 2048, network: {devices: [{networkName: 'n', dhcp4: true}]}}}}\n",
		"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: lab\n  labels: {vspread.dev/inventory: \"true\"}\n  annotations: {config.kubernetes.io/local-config: \"true\"}\ndata:\n  inventory.yaml: |\n    hosts: [{name: a}, {name: b}]\n    datastores: [{name: x, hosts: [a]}, {name: y, hosts: [b]}]\n",
		"apiVersion: cluster.x-k8s.io/v1beta2\nkind: MachineDeployment\nmetadata: {name: orphan-b, annotations: {vspread.dev/owner: orphan}}\nspec: {clusterName: orphan}\n",
		"apiVersion: cluster.x-k8s.io/v1beta2\nkind: MachineDeployment\nmetadata: {name: orphan-a, annotations: {vspread.dev/owner: orphan}}\nspec: {clusterName: orphan}\n")
	first := mustRun(t, list(items))
	if n := strings.Count(first, "local-config: \"true\""); n != 6 {
		t.Errorf("%d objects are local configuration, want two spreads, the inventory, two seeds and their template", n)
	}
	if d := cmp.Diff(first, mustRun(t, []byte(first))); d != "" {
		t.Errorf("the second run changes something:\n%s", d)
	}
	results := func(out string) string { return out[strings.Index(out, "\nresults:"):] }
	for i := range items {
		turned := append(append([]string{}, items[i:]...), items[:i]...)
		out := mustRun(t, list(turned))
		var made, same []string
		for _, o := range objects(t, first) {
			if o.Owner() != "" && o.Owner() != "orphan" {
				made = append(made, text(t, o.Node))
			}
		}
		for _, o := range objects(t, out) {
			if o.Owner() != "" && o.Owner() != "orphan" {
				same = append(same, text(t, o.Node))
			}
		}
		if d := cmp.Diff(made, same); d != "" {
			t.Fatalf("the order matters:\n%s", d)
		}
		if d := cmp.Diff(results(first), results(out)); d != "" {
			t.Fatalf("the order matters to results:\n%s", d)
		}
	}
}
