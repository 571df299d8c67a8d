// SPDX-License-Identifier: Apache-2.0

package fn_test

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/vspread/vspread/fn"
	"github.com/vspread/vspread/internal/diag"
)

const clusterAPI = "apiVersion: cluster.x-k8s.io/v1beta2\n"

func plainCluster(i int) string {
	return clusterAPI + fmt.Sprintf("kind: Cluster\nmetadata: {name: c%d, labels: {even: %q}}\nspec: {}\n", i, fmt.Sprint(i%2 == 0))
}

func plainSpread(i int, head, group string) string {
	return fmt.Sprintf("apiVersion: vspread.dev/v1alpha1\nkind: ClusterSpread\nmetadata: {name: s%d, annotations: {config.kubernetes.io/local-config: \"true\"}}\nspec:\n  workers: [%s]\n", i, group) + spec(head)
}

// spec gives the entries of a mapping in flow style, each in a line of its own.
func spec(head string) string {
	head = strings.TrimSpace(head)
	if !strings.HasPrefix(head, "{") {
		return "  " + head + "\n"
	}
	if head == "{}" {
		return ""
	}
	selector, rest, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(head, "{"), "}"), ", ")
	return "  " + selector + "\n  " + rest + "\n"
}

// A ClusterSpread that is for Clusters which have one is one error, however many they are.
func TestManySpreadsForManyClusters(t *testing.T) { // not parallel: memory is measured
	const n = 1500
	var items []string
	for i := range n {
		items = append(items, plainCluster(i), plainSpread(i, "clusterSelector: {}", "{name: md, replicas: 1}"))
	}
	in := list(items)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, diags := fn.Run(in)
	runtime.ReadMemStats(&after)
	var twice []*diag.Diagnostic
	for _, d := range diags {
		if d.Code == diag.DuplicateSpread {
			twice = append(twice, d)
		}
	}
	if len(twice) != n-1 {
		t.Errorf("%d errors for %d ClusterSpreads", len(twice), n-1)
	}
	const want = "Cluster c0 has a ClusterSpread already: s0; Cluster c1 has a ClusterSpread already: s0; Cluster c2 has a ClusterSpread already: s0; and so have 1497 more"
	if twice[0].Message != want {
		t.Errorf("it says %s", twice[0].Message)
	}
	// 2.2 million errors took 2.6 GB.
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<30 {
		t.Errorf("%d MiB were allocated", used>>20)
	}
}

// However objects relate to each other, what is said of them grows with their number, and not with that of their pairs. Each kind of
// object is many here, together with each other.
func TestDiagnosticsAreLinear(t *testing.T) {
	t.Parallel()
	// What is added for each i; {i} is its number.
	kinds := map[string]string{
		"clusters":  clusterAPI + "kind: Cluster\nmetadata: {name: c{i}}\nspec: {}\n",
		"spreads":   plainSpread(0, "clusterSelector: {}", "{name: md, replicas: 2}"),
		"named":     plainSpread(0, "cluster: c0", "{name: md, replicas: 2}"),
		"ambiguous": plainSpread(0, "{}", "{name: md, replicas: 2}"),
		"deployments": clusterAPI + "kind: MachineDeployment\nmetadata: {name: md-{i}}\nspec: {clusterName: c0, replicas: 1, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, " +
			"spec: {clusterName: c0, bootstrap: {dataSecretName: x}, infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: m}}}}\n",
		"seeds": clusterAPI + "kind: MachineDeployment\nmetadata: {name: seed, namespace: n{i}}\nspec: {clusterName: c, replicas: 1, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, " +
			"spec: {clusterName: c, bootstrap: {dataSecretName: x}, infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: m}}}}\n",
		"with seeds": clusterAPI + "kind: Cluster\nmetadata: {name: o{i}}\nspec: {}\n---\n" + clusterAPI + "kind: MachineDeployment\nmetadata: {name: o{i}-md}\nspec: {clusterName: o{i}, replicas: 1, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b, node.cluster.x-k8s.io/worker-group: old}}, " +
			"spec: {clusterName: o{i}, bootstrap: {dataSecretName: x}, infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: m}}}}\n---\n" +
			plainSpread(0, "cluster: o{i}", "{name: md, replicas: 2, version: v1.35.4, seed: o{i}-md, machine: {template: photon, networks: [net], numCPUs: 2, memoryMiB: 2048}}"),
		"sets":            clusterAPI + "kind: MachineSet\nmetadata: {name: set-{i}}\nspec: {clusterName: c0}\n",
		"templates":       "apiVersion: infrastructure.cluster.x-k8s.io/v1beta1\nkind: VSphereMachineTemplate\nmetadata: {name: m{i}}\nspec: {template: {spec: {template: photon}}}\n",
		"newer templates": "apiVersion: infrastructure.cluster.x-k8s.io/v1beta2\nkind: VSphereMachineTemplate\nmetadata: {name: n{i}}\nspec: {template: {spec: {template: photon}}}\n",
		"classes":         "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: class{i}, annotations: {storageclass.kubernetes.io/is-default-class: \"true\"}}\nprovisioner: csi.vsphere.vmware.com\n",
		"carried classes": "apiVersion: addons.cluster.x-k8s.io/v1beta2\nkind: ClusterResourceSet\nmetadata: {name: set{i}}\nspec: {clusterSelector: {}, resources: [{kind: ConfigMap, name: carried{i}}]}\n---\n" +
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: carried{i}}\ndata:\n  a: |\n    apiVersion: storage.k8s.io/v1\n    kind: StorageClass\n    metadata: {name: shared, annotations: {storageclass.kubernetes.io/is-default-class: \"true\"}}\n    provisioner: x\n",
		"drain rules":   clusterAPI + "kind: MachineDrainRule\nmetadata: {name: rule{i}}\nspec: {drain: {behavior: Skip}, machines: [{selector: {matchLabels: {node.cluster.x-k8s.io/worker-group: old}}}]}\n",
		"health checks": clusterAPI + "kind: MachineHealthCheck\nmetadata: {name: check{i}}\nspec: {clusterName: c0, selector: {matchLabels: {a: b}}}\n",
		"references":    "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: k{i}}\nspec: {healthChecks: [{apiVersion: cluster.x-k8s.io/v1beta2, kind: MachineDeployment, name: md-0}]}\n",
		"inventories":   "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: more{i}, labels: {vspread.dev/inventory: \"true\"}, annotations: {config.kubernetes.io/local-config: \"true\"}}\ndata:\n  inventory.yaml: |\n    hosts: [{name: h}]\n",
		"equal":         "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: same}\n",
		"nameless":      "apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n",
	}
	names := slices.Sorted(maps.Keys(kinds))
	const n = 30
	group := "{name: md, replicas: 2, version: v1.35.4, machine: {template: photon, networks: [net], numCPUs: 2, memoryMiB: 2048}}"
	check := func(delivery, head string, chosen ...string) {
		items := []string{
			plainSpread(0, "{"+head+", storage: {class: shared, default: true, delivery: "+delivery+"}}", group),
			clusterAPI + "kind: Cluster\nmetadata: {name: c0}\nspec: {}\n",
			"apiVersion: infrastructure.cluster.x-k8s.io/v1beta2\nkind: VSphereMachineTemplate\nmetadata: {name: m}\nspec: {template: {spec: {template: photon, numCPUs: 2, memoryMiB: 2048, network: {devices: [{networkName: net}]}}}}\n",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: lab, labels: {vspread.dev/inventory: \"true\"}, annotations: {config.kubernetes.io/local-config: \"true\"}}\ndata:\n  inventory.yaml: |\n" +
				"    hosts: [{name: h0}, {name: h1, state: maintenance}]\n    datastores:\n    - {name: d0, hosts: [h0]}\n    - {name: d1, hosts: [h1]}\n" +
				"    - {name: nas, type: NFS, url: \"ds:///nas/\", hosts: [h0, h1]}\n    templates: [{name: photon, path: /dc/vm/photon}]\n    networks: [{name: net, path: /dc/network/net}]\n",
		}
		for _, kind := range chosen {
			for i := range n {
				for _, item := range strings.Split(strings.ReplaceAll(kinds[kind], "{i}", fmt.Sprint(i+1)), "---\n") {
					items = append(items, strings.Replace(item, "{name: s0,", fmt.Sprintf("{name: %s%d,", strings.ReplaceAll(kind, " ", "-"), i), 1))
				}
			}
		}
		_, diags := fn.Run(list(items))
		if most := 6 * len(items); len(diags) > most {
			t.Errorf("%s, %s: %d diagnostics for %d objects, want at most %d:\n%.1000s", chosen, head, len(diags), len(items), most, diags)
		}
	}
	for i, one := range names {
		for _, other := range names[:i] {
			for _, head := range []string{"cluster: c0", "clusterSelector: {}"} {
				check("Direct", head, one, other)
				check("ClusterResourceSet", head, one, other)
			}
		}
	}
}
