// SPDX-License-Identifier: Apache-2.0

package expand_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/expand"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// input parses a stream of objects, one of them the Cluster, with the spec of a spread and an inventory.
func input(t *testing.T, spec, inv, objects string) expand.Input {
	t.Helper()
	var all []*object.Object
	for i, doc := range strings.Split(objects, "\n---\n") {
		n, err := yaml.Parse(doc)
		if err != nil {
			t.Fatalf("%v\n%s", err, doc)
		}
		all = append(all, object.New(n.YNode(), i))
	}
	spread, err := yaml.Parse("apiVersion: vspread.dev/v1alpha1\nkind: ClusterSpread\nmetadata: {name: apple, annotations: {config.kubernetes.io/local-config: 'true'}}\nspec:\n" + indent(spec))
	if err != nil {
		t.Fatal(err)
	}
	decoded, diags := v1alpha1.Decode(spread.YNode(), diag.Ref{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	parsed, diags := inventory.Parse(inv, diag.Where{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	set := object.NewSet(all)
	return expand.Input{Spread: decoded, Cluster: set.Clusters()[0], Inventory: &parsed, Objects: set}
}

func indent(s string) string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n  ") + "\n"
}

func mustExpand(t *testing.T, in expand.Input) expand.Output {
	t.Helper()
	out, diags := expand.Expand(in)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return out
}

// find gives the only desired object of a kind.
func find(t *testing.T, out expand.Output, kind string) *yaml.Node {
	t.Helper()
	var found *yaml.Node
	for _, d := range out.Desired {
		if d.Node.GetKind() == kind {
			if found != nil {
				t.Fatalf("several %s", kind)
			}
			found = d.Node.YNode()
		}
	}
	if found == nil {
		t.Fatalf("no %s", kind)
	}
	return found
}

func text(t *testing.T, n *yaml.Node) string {
	t.Helper()
	s, err := yaml.String(n)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const (
	oneDisk = "hosts: [{name: a}]\ndatastores: [{name: disk, hosts: [a]}]\n"
	cluster = `
apiVersion: cluster.x-k8s.io/v1beta2
kind: Cluster
metadata: {name: apple, namespace: x}
spec:
  controlPlaneRef: {apiGroup: controlplane.cluster.x-k8s.io, kind: KubeadmControlPlane, name: cp}`
)

// Each missing value has one order of sources: override, group, seed, control plane, inventory.
func TestSourcesOfMachineValues(t *testing.T) {
	t.Parallel()
	const objects = cluster + `
---
apiVersion: controlplane.cluster.x-k8s.io/v1beta2
kind: KubeadmControlPlane
metadata: {name: cp, namespace: x}
spec:
  version: 1.35.4
  machineTemplate: {spec: {infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: cp}}}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: VSphereMachineTemplate
metadata: {name: cp, namespace: x}
spec: {template: {spec: {template: of-cp, numCPUs: 2, memoryMiB: 2, folder: of-cp, cloneMode: linkedClone, datastore: nas, storagePolicyName: p, server: s, thumbprint: t, tagIDs: [x], network: {devices: [{networkName: of-cp, dhcp4: true, mtu: 9000}]}}}}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: VSphereMachineTemplate
metadata: {name: seed, namespace: x}
spec: {template: {spec: {template: of-seed, numCPUs: 3, tagIDs: [mine], server: s, thumbprint: t, network: {devices: [{networkName: of-seed}]}}}}
---
apiVersion: bootstrap.cluster.x-k8s.io/v1beta2
kind: KubeadmConfigTemplate
metadata: {name: seed, namespace: x}
spec: {template: {spec: {joinConfiguration: {nodeRegistration: {name: x}}}}}
---
apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineDeployment
metadata: {name: seed, namespace: x}
spec:
  clusterName: apple
  replicas: 1
  template: {spec: {version: v1.34.0, bootstrap: {configRef: {apiGroup: bootstrap.cluster.x-k8s.io, kind: KubeadmConfigTemplate, name: seed}}, infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: seed}}}`
	withoutSeed := objects[:strings.LastIndex(objects, "\n---\napiVersion: infrastructure")]
	tests := []struct {
		name, spec, inventory, objects string
		want                           map[string]string
	}{
		{
			"the control plane, but for its place and its role", "workers: [{name: md, replicas: 1}]", oneDisk, withoutSeed,
			map[string]string{
				"template": "of-cp", "numCPUs": "2", "folder": "of-cp", "cloneMode": "fullClone", "datastore": "disk",
				"storagePolicyName": "", "server": "", "thumbprint": "", "tagIDs": "", "powerOffMode": "trySoft",
			},
		},
		{
			"the seed before the control plane", "workers: [{name: md, seed: seed}]", oneDisk, objects,
			map[string]string{"template": "of-seed", "numCPUs": "3", "memoryMiB": "2", "folder": "", "server": "", "thumbprint": "", "powerOffMode": "hard"},
		},
		{
			"the group before the seed", "workers: [{name: md, seed: seed, machine: {numCPUs: 4, template: of-group}}]", oneDisk, objects,
			map[string]string{"template": "of-group", "numCPUs": "4", "memoryMiB": "2"},
		},
		{
			"the override before the group", "workers: [{name: md, seed: seed, machine: {numCPUs: 4, memoryMiB: 4}, overrides: [{datastore: disk, machine: {numCPUs: 8}}]}]", oneDisk, objects,
			map[string]string{"numCPUs": "8", "memoryMiB": "4"},
		},
		{
			"the inventory last, and paths where it knows them", "workers: [{name: md, replicas: 1, version: v1.35.4, machine: {numCPUs: 2, memoryMiB: 2}}]",
			"hosts: [{name: a}]\ndatacenters: [{name: dc, path: /dc}]\ndatastores: [{name: disk, path: /dc/datastore/disk, hosts: [a]}]\ntemplates: [{name: t, path: /dc/vm/t, diskGiB: 33}]\nfolders: [{path: /dc/vm/f}]\nresourcePools: [{path: /dc/host/c/Resources}]\nnetworks: [{name: n, path: /dc/network/n}]\n",
			cluster,
			map[string]string{"template": "/dc/vm/t", "folder": "/dc/vm/f", "resourcePool": "/dc/host/c/Resources", "datacenter": "/dc", "datastore": "/dc/datastore/disk", "diskGiB": "33"},
		},
		{
			"names on request", "references: names\nworkers: [{name: md, replicas: 1, version: v1.35.4, machine: {numCPUs: 2, memoryMiB: 2, template: /dc/vm/t}}]",
			"hosts: [{name: a}]\ndatacenters: [{name: dc, path: /dc}]\ndatastores: [{name: disk, path: /dc/datastore/disk, hosts: [a]}]\ntemplates: [{name: t, path: /dc/vm/t}, {name: t, path: /dc/vm/x/t}]\nnetworks: [{name: n, path: /dc/network/n}]\n",
			cluster,
			map[string]string{"template": "/dc/vm/t", "datacenter": "dc", "datastore": "disk"},
		},
		{
			"a name with the characters of globs goes by its id", "workers: [{name: md, replicas: 1, version: v1.35.4, machine: {template: t, numCPUs: 2, memoryMiB: 2, networks: [n]}}]",
			"hosts: [{name: a}]\ndatastores: [{name: 'disk[1]', id: datastore-7, path: '/dc/datastore/disk[1]', hosts: [a]}]\n", cluster,
			map[string]string{"datastore": "Datastore:datastore-7"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			spec := tree.Get(find(t, mustExpand(t, input(t, tt.spec, tt.inventory, tt.objects)), "VSphereMachineTemplate"), "spec", "template", "spec")
			for field, want := range tt.want {
				if got := tree.String(spec, field); got != want || want == "" && tree.Get(spec, field) != nil {
					t.Errorf("%s is %q, want %q in\n%s", field, got, want, text(t, spec))
				}
			}
		})
	}
}

const v1beta1Seed = `
apiVersion: cluster.x-k8s.io/v1beta1
kind: Cluster
metadata: {name: apple}
spec: {}
---
apiVersion: cluster.x-k8s.io/v1beta1
kind: MachineDeployment
metadata:
  name: seed
  labels: {team: storage}
  annotations: {config.kubernetes.io/local-config: "true", note: kept, kubectl.kubernetes.io/last-applied-configuration: "{}"}
spec:
  clusterName: apple
  replicas: 3 # three of them
  progressDeadlineSeconds: 600
  revisionHistoryLimit: 1
  minReadySeconds: 5
  selector: {matchLabels: {old: selector}}
  strategy:
    type: RollingUpdate
    rollingUpdate: {maxSurge: 2, deletePolicy: Oldest} # room for two
  template:
    metadata:
      labels: {old: selector, cluster.x-k8s.io/deployment-name: seed, tier: worker}
    spec:
      clusterName: apple
      version: v1.28.0
      nodeDrainTimeout: 10m0s
      somethingNew: {a: b} # unknown fields live
      bootstrap: {configRef: {apiVersion: bootstrap.cluster.x-k8s.io/v1beta1, kind: KubeadmConfigTemplate, name: seed}}
      infrastructureRef: {apiVersion: infrastructure.cluster.x-k8s.io/v1beta1, kind: VSphereMachineTemplate, name: seed}
---
apiVersion: bootstrap.cluster.x-k8s.io/v1beta1
kind: KubeadmConfigTemplate
metadata: {name: seed}
spec:
  template:
    spec:
      useExperimentalRetryJoin: true
      # how nodes join
      joinConfiguration:
        discovery: {timeout: 5m0s}
        nodeRegistration:
          kubeletExtraArgs:
            node-labels: "a=b" # why
            cloud-provider: external
      preKubeadmCommands: ["echo ${WHO}"]
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: VSphereMachineTemplate
metadata: {name: seed}
spec:
  template:
    spec:
      template: ${TEMPLATE}
      numCPUs: 2
      memoryMiB: 4096 # enough
      failureDomain: ""
      storagePolicyName: ""
      guestSoftPowerOffTimeout: 3m0s
      powerOffMode: trySoft
      namingStrategy: {template: "{{ .machine.name }}"}
      customVMXKeys: {some.key: ""}
      network:
        preferredAPIServerCidr: 10.0.0.0/8
        devices: [{networkName: "n", dhcp4: true, dhcp6: false}]
`

func TestSeedOfV1beta1(t *testing.T) {
	t.Parallel()
	out := mustExpand(t, input(t, "workers: [{name: md, seed: seed}]", oneDisk, v1beta1Seed))
	if len(out.Seeds) != 3 || out.Pools[0].Replicas != 3 {
		t.Errorf("seeds %v, pools %+v", out.Seeds, out.Pools)
	}
	wants := map[string]string{
		"MachineDeployment": `apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineDeployment
metadata:
  name: apple-md-disk
  labels:
    team: storage
    cluster.x-k8s.io/cluster-name: apple
  annotations:
    note: kept
    vspread.dev/owner: apple
spec:
  clusterName: apple
  replicas: 3
  rollout:
    strategy:
      type: RollingUpdate
      rollingUpdate: {maxSurge: 2, maxUnavailable: 0} # room for two
  selector:
    matchLabels:
      cluster.x-k8s.io/cluster-name: apple
      cluster.x-k8s.io/deployment-name: apple-md-disk
  template:
    metadata:
      labels: {old: selector, tier: worker, cluster.x-k8s.io/cluster-name: apple, cluster.x-k8s.io/deployment-name: apple-md-disk, node.cluster.x-k8s.io/datastore: disk, node.cluster.x-k8s.io/worker-group: md}
    spec:
      clusterName: apple
      bootstrap:
        configRef:
          apiGroup: bootstrap.cluster.x-k8s.io
          kind: KubeadmConfigTemplate
          name: apple-md-zvz2myne
      infrastructureRef:
        apiGroup: infrastructure.cluster.x-k8s.io
        kind: VSphereMachineTemplate
        name: apple-md-disk-frzlutyq
      version: v1.28.0
      minReadySeconds: 5
      deletion:
        nodeDrainTimeoutSeconds: 600
      somethingNew: {a: b} # unknown fields live
  deletion:
    order: Oldest
`,
		"KubeadmConfigTemplate": `apiVersion: bootstrap.cluster.x-k8s.io/v1beta2
kind: KubeadmConfigTemplate
metadata:
  name: apple-md-zvz2myne
  labels:
    cluster.x-k8s.io/cluster-name: apple
  annotations:
    argocd.argoproj.io/sync-options: Prune=false
    kustomize.toolkit.fluxcd.io/prune: disabled
    vspread.dev/owner: apple
spec:
  template:
    spec:
      # how nodes join
      joinConfiguration:
        nodeRegistration:
          kubeletExtraArgs:
          - name: cloud-provider
            value: external
          - name: node-labels
            value: "a=b" # why
        timeouts:
          tlsBootstrapSeconds: 300
      preKubeadmCommands: ["echo ${WHO}"]
`,
		"VSphereMachineTemplate": `apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: VSphereMachineTemplate
metadata:
  name: apple-md-disk-frzlutyq
  labels:
    cluster.x-k8s.io/cluster-name: apple
  annotations:
    argocd.argoproj.io/sync-options: Prune=false
    kustomize.toolkit.fluxcd.io/prune: disabled
    vspread.dev/owner: apple
spec:
  template:
    spec:
      template: ${TEMPLATE}
      cloneMode: fullClone
      datastore: disk
      network:
        devices: [{networkName: "n", dhcp4: true}]
      numCPUs: 2
      memoryMiB: 4096 # enough
      customVMXKeys: {some.key: ""}
      os: Linux
      powerOffMode: trySoft
      guestSoftPowerOffTimeout: 3m0s
      namingStrategy: {template: "{{ .machine.name }}"}
`,
	}
	for kind, want := range wants {
		if d := cmp.Diff(want, text(t, find(t, out, kind))); d != "" {
			t.Errorf("%s (-want +got):\n%s", kind, d)
		}
	}
}

// The version of the infrastructure group changes the text of a template and not its name.
func TestVersionsShareNames(t *testing.T) {
	t.Parallel()
	byVersion := map[string]string{}
	for _, v := range []string{"v1beta1", "v1beta2"} {
		in := input(t, "apiVersions: {infrastructure: "+v+"}\nworkers: [{name: md, seed: seed}]", oneDisk, v1beta1Seed)
		n := find(t, mustExpand(t, in), "VSphereMachineTemplate")
		if got := tree.String(n, "apiVersion"); got != "infrastructure.cluster.x-k8s.io/"+v {
			t.Errorf("apiVersion is %s", got)
		}
		byVersion[v] = tree.String(n, "metadata", "name")
	}
	if byVersion["v1beta1"] != byVersion["v1beta2"] {
		t.Errorf("names differ: %v", byVersion)
	}
}

func TestExpandChangesNoInput(t *testing.T) {
	t.Parallel()
	in := input(t, "workers: [{name: md, seed: seed}]", oneDisk, v1beta1Seed)
	before := map[string]string{}
	for _, o := range in.Objects.All() {
		before[o.Ref.String()] = text(t, o.Node)
	}
	mustExpand(t, in)
	for _, o := range in.Objects.All() {
		if d := cmp.Diff(before[o.Ref.String()], text(t, o.Node)); d != "" {
			t.Errorf("%s (-before +after):\n%s", o.Ref, d)
		}
	}
}
