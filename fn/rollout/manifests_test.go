// SPDX-License-Identifier: Apache-2.0

package rollout_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/kio"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/rollout"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// base is a cluster with a control plane and one pool of two machines on a local datastore.
const base = `apiVersion: cluster.x-k8s.io/v1beta2
kind: Cluster
metadata: {name: apple}
spec:
  controlPlaneRef: {apiGroup: controlplane.cluster.x-k8s.io, kind: KubeadmControlPlane, name: apple}
---
apiVersion: controlplane.cluster.x-k8s.io/v1beta2
kind: KubeadmControlPlane
metadata: {name: apple}
spec:
  replicas: 3
  version: v1.35.4
  machineTemplate: {spec: {infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: cp}}}
  kubeadmConfigSpec:
    clusterConfiguration: {dns: {imageTag: a}}
    initConfiguration: {nodeRegistration: {name: x}}
    joinConfiguration: {nodeRegistration: {name: x}}
    preKubeadmCommands: [echo secret]
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: VSphereMachineTemplate
metadata: {name: cp}
spec: {template: {spec: {template: ubuntu, datastore: nas, memoryMiB: 4096, diskGiB: 20}}}
---
apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineDeployment
metadata: {name: apple-a, labels: {cluster.x-k8s.io/cluster-name: apple}}
spec:
  clusterName: apple
  replicas: 2
  rollout: {strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}}
  selector: {matchLabels: {cluster.x-k8s.io/cluster-name: apple, cluster.x-k8s.io/deployment-name: apple-a}}
  template:
    metadata: {labels: {cluster.x-k8s.io/cluster-name: apple, cluster.x-k8s.io/deployment-name: apple-a, tier: fast}}
    spec:
      clusterName: apple
      version: v1.35.4
      bootstrap: {configRef: {apiGroup: bootstrap.cluster.x-k8s.io, kind: KubeadmConfigTemplate, name: boot}}
      infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: apple-a-1}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: VSphereMachineTemplate
metadata: {name: apple-a-1}
spec: {template: {spec: {template: /dc/vm/old/ubuntu, datastore: /dc/datastore/a1, memoryMiB: 4096, diskGiB: 20, network: {devices: [{networkName: lab}]}}}}
---
apiVersion: bootstrap.cluster.x-k8s.io/v1beta2
kind: KubeadmConfigTemplate
metadata: {name: boot}
spec: {template: {spec: {preKubeadmCommands: [echo secret]}}}
`

const known = `datacenters: [{name: dc, path: /dc}]
hosts: [{name: esxi01, memoryMiB: 32768}, {name: esxi02}]
datastores: [{name: a1, path: /dc/datastore/a1, id: d-1, hosts: [esxi01], capacityGiB: 400}, {name: nas, path: /dc/datastore/nas, id: d-9, type: NFS, hosts: [esxi01, esxi02]}]
templates: [{name: ubuntu, path: /dc/vm/old/ubuntu, id: vm-1, diskGiB: 10}]
`

func side(t testing.TB, manifests, inv string) rollout.Side {
	t.Helper()
	nodes, err := (&kio.ByteReader{Reader: strings.NewReader(manifests), OmitReaderAnnotations: true}).Read()
	if err != nil {
		t.Fatal(err)
	}
	var objects []*object.Object
	for i, n := range nodes {
		objects = append(objects, object.New(n.YNode(), i))
	}
	s := rollout.Side{Objects: object.NewSet(objects)}
	if inv != "" {
		parsed, diags := inventory.Parse(inv, diag.Where{})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		s.Inventories = map[object.Key]*inventory.Inventory{{}: &parsed}
	}
	return s
}

// edit changes texts in pairs, each of which must be there.
func edit(t testing.TB, text string, pairs ...string) string {
	t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("%q is not there", pairs[i])
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	return text
}

func without(t testing.TB, text, kind, name string) string {
	t.Helper()
	documents := strings.Split(text, "---\n")
	out := slices.DeleteFunc(slices.Clone(documents), func(d string) bool {
		return strings.Contains(d, "\nkind: "+kind+"\nmetadata: {name: "+name)
	})
	if len(out)+1 != len(documents) {
		t.Fatalf("%s %s is not there once", kind, name)
	}
	return strings.Join(out, "---\n")
}

// told is what a plan says, in a form that is easy to compare.
func told(p rollout.Plan) string {
	var b strings.Builder
	b.WriteString(p.Sentence + "\n")
	for _, pool := range p.Pools {
		if pool.Has(rollout.Untouched) {
			continue
		}
		m := pool.Machines
		fmt.Fprintf(&b, "%s %s %v %d→%d", pool.Kind, pool.Name, pool.Changes, m.Before, m.After)
		for _, x := range []struct {
			what string
			n    int
		}{{"created", m.Created}, {"replaced", m.Replaced}, {"may be replaced", m.MayBeReplaced}, {"removed", m.Removed}, {"may be created", m.MayBeCreated}, {"may be removed", m.MayBeRemoved}} {
			if x.n > 0 {
				fmt.Fprintf(&b, ", %d %s", x.n, x.what)
			}
		}
		fmt.Fprintf(&b, ", peak %d\n", m.Peak)
		for _, r := range pool.Reasons {
			fmt.Fprintf(&b, "  %s\n", r.Text)
		}
	}
	for _, o := range p.Others {
		fmt.Fprintf(&b, "other: %s %s %s\n", o.Kind, o.Name, o.Change)
	}
	for _, x := range p.Templates {
		fmt.Fprintf(&b, "unused: %s %v\n", x.Name, x.NeededByRollout)
	}
	for _, s := range p.Steps {
		fmt.Fprintf(&b, "by hand: %s\n", s.Command)
	}
	for _, d := range p.Diags {
		fmt.Fprintf(&b, "%s %s %s\n", d.Severity, d.Code, d.Object.Name)
	}
	return b.String()
}
