// SPDX-License-Identifier: Apache-2.0

package convert_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/convert"
)

func node(t *testing.T, text string) *yaml.Node {
	t.Helper()
	n, err := yaml.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return n.YNode()
}

func written(t *testing.T, n *yaml.Node) string {
	t.Helper()
	s, err := yaml.String(n)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const newDeployment = `metadata:
  namespace: fruit
spec:
  clusterName: apple
  replicas: 3
  rollout:
    after: "2026-11-20T22:00:00Z"
    strategy:
      type: RollingUpdate
      rollingUpdate:
        maxSurge: 1 # room for one
  selector:
    matchLabels: {}
  template:
    spec:
      clusterName: apple
      bootstrap:
        configRef:
          apiGroup: bootstrap.cluster.x-k8s.io
          kind: KubeadmConfigTemplate
          name: x
      infrastructureRef:
        apiGroup: infrastructure.cluster.x-k8s.io
        kind: VSphereMachineTemplate
        name: y
      version: v1.35.4
      futureField: kept
      deletion:
        nodeDrainTimeoutSeconds: 600
        nodeVolumeDetachTimeoutSeconds: 0
      minReadySeconds: 5
  remediation:
    maxInFlight: 1
  deletion:
    order: Oldest
  machineNaming:
    template: '{{ .random }}'
`

const oldDeployment = `metadata:
  namespace: fruit
spec:
  clusterName: apple
  replicas: 3
  rolloutAfter: "2026-11-20T22:00:00Z"
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 1 # room for one
      deletePolicy: Oldest
    remediation:
      maxInFlight: 1
  minReadySeconds: 5
  selector:
    matchLabels: {}
  template:
    spec:
      clusterName: apple
      bootstrap:
        configRef:
          apiVersion: bootstrap.cluster.x-k8s.io/v1beta1
          kind: KubeadmConfigTemplate
          name: x
          namespace: fruit
      infrastructureRef:
        apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
        kind: VSphereMachineTemplate
        name: y
        namespace: fruit
      version: v1.35.4
      futureField: kept
      nodeDrainTimeout: 10m0s
      nodeVolumeDetachTimeout: 0s
  machineNamingStrategy:
    template: '{{ .random }}'
`

// There and back again nothing is lost, comments and unknown fields neither.
func TestMachineDeployment(t *testing.T) {
	t.Parallel()
	n := node(t, newDeployment)
	convert.MachineDeploymentIn(n, "v1beta1", func(group string) string { return group + "/v1beta1" })
	if d := cmp.Diff(oldDeployment, written(t, n)); d != "" {
		t.Errorf("to v1beta1 (-want +got):\n%s", d)
	}
	for _, version := range []string{"v1beta1", "v1alpha4", "v1alpha3"} {
		n = node(t, oldDeployment)
		convert.MachineDeployment(n, version)
		if d := cmp.Diff(sorted(newDeployment), sorted(written(t, n))); d != "" {
			t.Errorf("from %s (-want +got):\n%s", version, d)
		}
	}
	for _, same := range []func(*yaml.Node){
		func(n *yaml.Node) { convert.MachineDeploymentIn(n, "v1beta2", nil) },
		func(n *yaml.Node) { convert.MachineDeployment(n, "v1beta2") },
	} {
		n := node(t, newDeployment)
		if same(n); written(t, n) != newDeployment {
			t.Error("v1beta2 is changed")
		}
	}
}

// sorted compares texts whatever the order of their fields is.
func sorted(text string) map[string]int {
	lines := map[string]int{}
	for line := range strings.Lines(text) {
		lines[line]++
	}
	return lines
}

func TestKubeadmConfig(t *testing.T) {
	t.Parallel()
	const newer = `joinConfiguration:
  nodeRegistration:
    kubeletExtraArgs:
    - name: a
      value: "1" # why
    - name: b
      value: "true"
  timeouts:
    tlsBootstrapSeconds: 300
`
	const older = `joinConfiguration:
  nodeRegistration:
    kubeletExtraArgs:
      a: "1"
      b: "true"
  discovery:
    timeout: 5m0s
`
	n := node(t, newer)
	if lost := convert.KubeadmConfigIn(n, "v1beta1"); len(lost) > 0 || written(t, n) != older {
		t.Errorf("to v1beta1: lost %q\n%s", lost, cmp.Diff(older, written(t, n)))
	}
	convert.KubeadmConfig(n, "v1beta1")
	if d := cmp.Diff(strings.Replace(newer, " # why", "", 1), written(t, n)); d != "" {
		t.Errorf("and back (-want +got):\n%s", d)
	}
	for spec, want := range map[string]string{
		"joinConfiguration: {timeouts: {discoverySeconds: 1}}":                                                      "joinConfiguration.timeouts",
		"joinConfiguration: {nodeRegistration: {kubeletExtraArgs: [{name: v, value: '1'}, {name: v, value: '2'}]}}": "joinConfiguration.nodeRegistration.kubeletExtraArgs with an argument that stands twice",
	} {
		if lost := convert.KubeadmConfigIn(node(t, spec), "v1beta1"); strings.Join(lost, "|") != want {
			t.Errorf("%s loses %q, want %q", spec, lost, want)
		}
	}
	if lost := convert.KubeadmConfigIn(node(t, "joinConfiguration: {timeouts: {discoverySeconds: 1}}"), "v1beta2"); lost != nil {
		t.Errorf("v1beta2 loses %q", lost)
	}
}

func TestMachineSpec(t *testing.T) {
	t.Parallel()
	const newer = "powerOffMode: trySoft\nnaming:\n  template: x\nguestSoftPowerOffTimeoutSeconds: 300\n"
	n := node(t, newer)
	convert.MachineSpecIn(n, "v1beta1")
	if got, want := written(t, n), "powerOffMode: trySoft\nnamingStrategy:\n  template: x\nguestSoftPowerOffTimeout: 5m0s\n"; got != want {
		t.Errorf("to v1beta1:\n%s", got)
	}
	convert.MachineSpec(n, "v1beta1")
	if got := written(t, n); got != newer {
		t.Errorf("and back:\n%s", got)
	}
	for version, retired := range map[string]bool{"v1alpha3": true, "v1alpha4": true, "v1beta1": false, "v1beta2": false, "v1": false} {
		if convert.IsRetired(version) != retired {
			t.Errorf("IsRetired(%s)", version)
		}
	}
}

func TestMachineHealthCheckIn(t *testing.T) {
	t.Parallel()
	n := node(t, "spec:\n  clusterName: apple\n  selector: {}\n  checks:\n    nodeStartupTimeoutSeconds: 600\n    unhealthyNodeConditions:\n    - type: Ready\n      status: Unknown\n      timeoutSeconds: 300\n  remediation:\n    triggerIf:\n      unhealthyLessThanOrEqualTo: 2\n")
	convert.MachineHealthCheckIn(n, "v1beta1")
	want := "spec:\n  clusterName: apple\n  selector: {}\n  unhealthyConditions:\n  - type: Ready\n    status: Unknown\n    timeout: 5m0s\n  maxUnhealthy: 2\n  nodeStartupTimeout: 10m0s\n"
	if d := cmp.Diff(want, written(t, n)); d != "" {
		t.Error(d)
	}
}

// What is told to be in the form stays as it is, and what is not is changed.
func TestIsMachineSpec(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"{}": true,
		"{template: a, network: {devices: [{networkName: n, dhcp4: true}]}, customVMXKeys: {a: ''}}": true,
		"{network: {devices: [{networkName: n, dhcp4: false}]}}":                                     false,
		"{network: {devices: [{networkName: n, skipIPAllocation: false}]}}":                          false,
		"{network: {devices: []}}":             false,
		"{network: {devices: [{mtu: null}]}}":  false,
		"{folder: ''}":                         false,
		"{folder: null}":                       false,
		"{resources: {requests: {}}}":          false,
		"{dataDisks: [{name: a, sizeGiB: 1}]}": true,
	} {
		n := node(t, text)
		before := written(t, n)
		if got := convert.IsMachineSpec(n, "v1beta2"); got != want {
			t.Errorf("%s: %v", text, got)
		}
		if convert.IsMachineSpec(n, "v1beta1") {
			t.Errorf("%s: v1beta1 is in the form of v1beta2", text)
		}
		convert.MachineSpec(n, "v1beta2")
		if changed := written(t, n) != before; changed == want {
			t.Errorf("%s becomes %s", text, written(t, n))
		}
	}
}
