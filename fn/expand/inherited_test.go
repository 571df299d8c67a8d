// SPDX-License-Identifier: Apache-2.0

package expand_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/expand"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

const (
	aDisk  = "hosts: [{name: h1}]\ndatastores: [{name: d1, hosts: [h1]}]\n"
	aGroup = "workers: [{name: md, replicas: 3, version: v1.35.4, machine: {template: t, numCPUs: 2, memoryMiB: 1024, networks: [lab]}}]"
)

// What workers take of the control plane's node registration is what is true of them as well, also where it differs from the defaults,
// and where there is none.
func TestNodeRegistration(t *testing.T) {
	t.Parallel()
	const (
		name    = "{name: '{{ local_hostname }}', "
		defined = name + "criSocket: /var/run/containerd/containerd.sock, kubeletExtraArgs: [{name: cloud-provider, value: external}]}"
	)
	for config, want := range map[string]string{
		"{}":                      defined,
		"{joinConfiguration: {}}": defined,
		"{joinConfiguration: {nodeRegistration: text}}":                                                                                defined,
		"{joinConfiguration: {nodeRegistration: }}":                                                                                    defined,
		"{joinConfiguration: {nodeRegistration: {taints: []}}}":                                                                        defined,
		"{joinConfiguration: {nodeRegistration: {criSocket: /run/crio.sock}}}":                                                         name + "criSocket: /run/crio.sock, kubeletExtraArgs: [{name: cloud-provider, value: external}]}",
		"{joinConfiguration: {nodeRegistration: {name: x, ignorePreflightErrors: [Swap]}}}":                                            "{name: x, criSocket: /var/run/containerd/containerd.sock, kubeletExtraArgs: [{name: cloud-provider, value: external}], ignorePreflightErrors: [Swap]}",
		"{joinConfiguration: {nodeRegistration: {kubeletExtraArgs: [{name: v, value: '4'}, {name: node-labels, value: a=b}]}}}":        name + "criSocket: /var/run/containerd/containerd.sock, kubeletExtraArgs: [{name: v, value: '4'}]}",
		"{joinConfiguration: {nodeRegistration: {imagePullPolicy: Always, taints: [{key: a, effect: NoSchedule}]}}}":                   name + "criSocket: /var/run/containerd/containerd.sock, kubeletExtraArgs: [{name: cloud-provider, value: external}], imagePullPolicy: Always}",
		"{initConfiguration: {nodeRegistration: {criSocket: /run/init.sock}}, joinConfiguration: {discovery: {tlsBootstrapToken: x}}}": defined,
	} {
		objects := "apiVersion: cluster.x-k8s.io/v1beta2\nkind: Cluster\nmetadata: {name: apple}\nspec: {controlPlaneRef: {apiGroup: controlplane.cluster.x-k8s.io, kind: KubeadmControlPlane, name: apple}}\n---\n" +
			"apiVersion: controlplane.cluster.x-k8s.io/v1beta2\nkind: KubeadmControlPlane\nmetadata: {name: apple}\nspec: {version: v1.35.4, kubeadmConfigSpec: " + config + "}\n"
		out := mustExpand(t, input(t, aGroup, aDisk, objects))
		got := tree.Get(find(t, out, "KubeadmConfigTemplate"), "spec", "template", "spec", "joinConfiguration", "nodeRegistration")
		wanted, err := yaml.Parse(want)
		if err != nil {
			t.Fatal(err)
		}
		if !tree.Equal(got, wanted.YNode()) {
			t.Errorf("%s:\n%s", config, cmp.Diff(text(t, wanted.YNode()), text(t, got)))
		}
	}
}

// A seed without replicas counts as one machine, as Cluster API's webhook has it, and one with a number that no group may have as a
// mistake.
func TestReplicasOfASeed(t *testing.T) {
	t.Parallel()
	for replicas, want := range map[string]int{"": 1, "replicas: 0, ": 0, "replicas: 7, ": 7, "replicas: 100000, ": 100000, "replicas: 100001, ": -1, "replicas: -1, ": -1, "replicas: '7x', ": -1, "replicas: [7], ": -1, "replicas: 99999999999999999999, ": -1} {
		out, diags := expand.Expand(input(t, "workers: [{name: md, seed: seed}]", aDisk, fmt.Sprintf(seeded, replicas, "numCPUs: 2, memoryMiB: 2048")))
		if want < 0 {
			if !strings.Contains(diags.String(), "spec.replicas: must be a whole number of at most 100000, not ") || !strings.Contains(diags.String(), "[WrongType]") {
				t.Errorf("%q: %v", replicas, diags)
			}
			continue
		}
		if diags.HasErrors() || len(out.Pools) != 1 || out.Pools[0].Replicas != want {
			t.Errorf("%q: %v %v", replicas, out.Pools, diags)
		}
	}
}

const seeded = `apiVersion: cluster.x-k8s.io/v1beta2
kind: Cluster
metadata: {name: apple}
---
apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineDeployment
metadata: {name: seed}
spec: {%sclusterName: apple, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {clusterName: apple, version: v1.35.4, bootstrap: {dataSecretName: join}, infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: m}}}}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: VSphereMachineTemplate
metadata: {name: m}
spec: {template: {spec: {template: ubuntu, network: {devices: [{networkName: lab}]}, %s}}}
`

// Values that CAPV refuses or misreads are errors at the place that they come from, whoever says them, and the least that
// is right is none.
func TestSaneMachines(t *testing.T) {
	t.Parallel()
	const right = "numCPUs: 2, memoryMiB: 1"
	for spec, want := range map[string]string{
		right:                              "",
		right + ", diskGiB: 1":             "",
		"numCPUs: 1, memoryMiB: 1":         "numCPUs must be a whole number of at least 2",
		"numCPUs: 2, memoryMiB: 0":         "memoryMiB must be a whole number of at least 1",
		right + ", diskGiB: 0":             "diskGiB must be a whole number of at least 1",
		"numCPUs: [2], memoryMiB: 1":       "numCPUs",
		"numCPUs: 2.5, memoryMiB: 1":       "numCPUs",
		"numCPUs: '${CPUS}', memoryMiB: 1": "",
		right + ", folder: [a]":            "folder",
		right + ", os: {a: b}":             "os",
		right + ", powerOffMode: soft":     "",
		right + ", powerOffMode: hard":     "",
		right + ", powerOffMode: trySoft":  "",
		right + ", powerOffMode: maybe":    "powerOffMode",
		right + ", powerOffMode: ''":       "",
	} {
		for from, objects := range map[string]string{
			"the seed": fmt.Sprintf(seeded, "replicas: 1, ", spec),
			"the control plane": "apiVersion: cluster.x-k8s.io/v1beta2\nkind: Cluster\nmetadata: {name: apple}\nspec: {controlPlaneRef: {apiGroup: controlplane.cluster.x-k8s.io, kind: KubeadmControlPlane, name: apple}}\n---\n" +
				"apiVersion: controlplane.cluster.x-k8s.io/v1beta2\nkind: KubeadmControlPlane\nmetadata: {name: apple}\nspec: {version: v1.35.4, machineTemplate: {spec: {infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: m}}}}\n---\n" +
				"apiVersion: infrastructure.cluster.x-k8s.io/v1beta2\nkind: VSphereMachineTemplate\nmetadata: {name: m}\nspec: {template: {spec: {template: ubuntu, network: {devices: [{networkName: lab}]}, " + spec + "}}}\n",
		} {
			group := "workers: [{name: md, replicas: 1, seed: seed}]"
			if from != "the seed" {
				if strings.Contains(spec, "powerOffMode") {
					continue // it is not inherited
				}
				group = "workers: [{name: md, replicas: 1}]"
			}
			_, diags := expand.Expand(input(t, group, aDisk, objects))
			field, message, _ := strings.Cut(want, " ")
			found := false
			for _, d := range diags {
				found = found || d.Severity == diag.Error && d.Object.Name == "m" && d.Field == "spec.template.spec."+field && strings.Contains(d.Message, message)
			}
			if found != (want != "") || want == "" && diags.HasErrors() {
				t.Errorf("%s of %s: want %q, got %v", spec, from, want, diags)
			}
		}
	}
}
