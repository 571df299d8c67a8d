// SPDX-License-Identifier: Apache-2.0

package fn_test

import (
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn"
)

// seeded is a ResourceList whose seed joins by a template of another group, with an anchor that a ConfigMap of the user's shares.
const seeded = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: vspread.dev/v1alpha1
  kind: ClusterSpread
  metadata: {name: apple, annotations: {config.kubernetes.io/local-config: "true"}}
  spec: {workers: [{name: md, seed: seed, replicas: 1}]}
- apiVersion: cluster.x-k8s.io/v1beta2
  kind: Cluster
  metadata: {name: apple}
  spec: {controlPlaneRef: {apiGroup: controlplane.cluster.x-k8s.io, kind: KubeadmControlPlane, name: apple}}
- apiVersion: cluster.x-k8s.io/v1beta2
  kind: MachineDeployment
  metadata: {name: seed}
  spec:
    clusterName: apple
    template:
      spec:
        clusterName: apple
        version: v1.35.4
        bootstrap: {configRef: {apiGroup: bootstrap.example.com, kind: JoinTemplate, name: join}}
        infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: seed}
- apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
  kind: VSphereMachineTemplate
  metadata: {name: seed}
  spec: {template: {spec: {template: t, cloneMode: fullClone, numCPUs: 2, memoryMiB: 2048, network: {devices: [{networkName: lab, dhcp4: true}]}}}}
- apiVersion: bootstrap.example.com/v1
  kind: JoinTemplate
  metadata: {name: join, annotations: &shared {team: a}}
  spec: {template: {spec: {a: &own [x], b: *own}}}
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: users, annotations: *shared}
- apiVersion: example.com/v1
  kind: Thing
  metadata: {name: alone}
  spec: {a: &own [y], b: *own}
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: inventory, labels: {vspread.dev/inventory: "true"}, annotations: {config.kubernetes.io/local-config: "true"}}
  data:
    inventory.yaml: |
      hosts: [{name: a}]
      datastores: [{name: d, hosts: [a]}]
`

// TestAliasesStayInTheirObject: what shares an anchor with another object is written out, what is edited or copied shares nothing, and
// an object that keeps its anchors to itself keeps them.
func TestAliasesStayInTheirObject(t *testing.T) {
	t.Parallel()
	out := mustRun(t, []byte(seeded))
	rl, diags := fn.ReadResourceList([]byte(out))
	if diags.HasErrors() {
		t.Fatalf("%v\n%s", diags, out)
	}
	found := map[string]string{}
	for _, o := range rl.Items {
		n := o.Copy()
		text, err := yaml.Marshal(n.YNode())
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(text, new(yaml.Node)); err != nil {
			t.Errorf("%s %s cannot stand alone: %v\n%s", n.GetKind(), n.GetName(), err, text)
		}
		found[n.GetKind()+"/"+n.GetName()] = string(text)
	}
	if text := found["ConfigMap/users"]; strings.Contains(text, "local-config") || !strings.Contains(text, "team: a") {
		t.Errorf("the user's ConfigMap is changed:\n%s", text)
	}
	if text := found["JoinTemplate/join"]; !strings.Contains(text, "local-config") {
		t.Errorf("the seed is not hidden:\n%s", text)
	}
	if text := found["Thing/alone"]; !strings.Contains(text, "*own") {
		t.Errorf("an object that nobody reads lost its anchor:\n%s", text)
	}
	copies := 0
	for name, text := range found {
		if strings.HasPrefix(name, "JoinTemplate/apple-md-") {
			copies++
			if strings.ContainsAny(text, "&*") {
				t.Errorf("the copy refers to an anchor:\n%s", text)
			}
		}
	}
	if copies != 1 {
		t.Errorf("%d copies of the bootstrap template", copies)
	}
}

// TestAliasBombInASeed: a template that unfolds without bound is refused where it would be copied, and passes where nobody reads it.
func TestAliasBombInASeed(t *testing.T) {
	t.Parallel()
	bomb := "{a: &a [x,x,x,x,x,x,x,x,x,x], b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a], c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b], d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c], e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d], f: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]}"
	in := strings.Replace(seeded, "{a: &own [x], b: *own}", bomb, 1)
	if in == seeded {
		t.Fatal("no seed to edit")
	}
	if out, diags := fn.Run([]byte(in)); !diags.HasErrors() {
		t.Errorf("no error, and %d bytes", len(out))
	}
	in = strings.Replace(seeded, "{a: &own [y], b: *own}", bomb, 1)
	if out, diags := fn.Run([]byte(in)); diags.HasErrors() || !strings.Contains(string(out), "*e, *e") {
		t.Errorf("what nobody reads does not pass: %v", diags)
	}
}

// TestAnItemTwice: an alias of a whole item is an object of its own, which is written next to the other one, by another processor perhaps.
func TestAnItemTwice(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- &a\n  # why\n  apiVersion: v1\n  kind: Hidden\n  metadata: {name: a, annotations: {config.kubernetes.io/local-config: 'true'}}\n  folded: >-\n    a\n     b\n")
	for range 300 {
		b.WriteString("- *a\n")
	}
	in := strings.Replace(seeded, "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n", b.String(), 1)
	if in == seeded {
		t.Fatal("the list begins otherwise")
	}
	out := mustRun(t, []byte(in))
	if n := strings.Count(out, "# why"); n != 301 {
		t.Errorf("%d of 301 have their comment", n)
	}
}
