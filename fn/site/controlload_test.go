// SPDX-License-Identifier: Apache-2.0

package site_test

import (
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

const controlled = `
apiVersion: cluster.x-k8s.io/v1beta2
kind: Cluster
metadata: {name: apple}
spec:
  controlPlaneRef: {apiGroup: controlplane.cluster.x-k8s.io, kind: KubeadmControlPlane, name: apple}
  infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereCluster, name: apple}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: VSphereCluster
metadata: {name: apple}
spec: {server: vc}
---
apiVersion: controlplane.cluster.x-k8s.io/v1beta2
kind: KubeadmControlPlane
metadata: {name: apple}
spec:
  replicas: 3
  machineTemplate: {spec: {infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: cp}}}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: VSphereMachineTemplate
metadata: {name: cp}
spec: {template: {spec: {template: ubuntu, datastore: nas, cloneMode: fullClone, memoryMiB: 4096}}}
`

// What a control plane puts where, and when nothing tells it.
func TestPlaceControlPlane(t *testing.T) {
	t.Parallel()
	inv := &inventory.Inventory{
		Datastores: []inventory.Datastore{{Name: "nas", Path: "/dc/datastore/nas", Hosts: []string{"a"}}, {Name: "twice", Path: "/dc/datastore/twice"}, {Name: "twice", Path: "/dd/datastore/twice"}},
		Templates:  []inventory.Template{{Name: "ubuntu", DiskGiB: 20}},
	}
	for _, c := range []struct {
		name, old, new  string
		known           bool
		replicas, surge int
	}{
		{"three", "", "", true, 3, 1},
		{"one, as the API has it", "  replicas: 3\n", "", true, 1, 1},
		{"without a machine more", "  replicas: 3\n", "  replicas: 3\n  rollout: {strategy: {rollingUpdate: {maxSurge: 0}}}\n", true, 3, 0},
		{"a number that is none", "replicas: 3", "replicas: ${N}", false, 0, 0},
		{"failure domains", "{server: vc}", "{server: vc, failureDomainSelector: {}}", false, 0, 0},
		{"no datastore", "datastore: nas, ", "", false, 0, 0},
		{"another datastore", "datastore: nas", "datastore: elsewhere", false, 0, 0},
		{"one of two datastores", "datastore: nas", "datastore: twice", false, 0, 0},
		{"a template that is not here", "name: cp}", "name: other}", false, 0, 0},
	} {
		set := objects(t, strings.Replace(controlled, c.old, c.new, 1))
		s, _ := v1alpha1.Decode(yaml.MustParse("{apiVersion: vspread.dev/v1alpha1, kind: ClusterSpread, metadata: {name: x}, spec: {workers: [{name: md, replicas: 1}]}}").YNode(), diag.Ref{})
		cluster, diags := site.ReadCluster(set.All()[0], set, s, diag.Where{})
		if diags.HasErrors() {
			t.Fatal(c.name, diags)
		}
		got := site.PlaceControlPlane(cluster, site.NewVSphere(inv, diag.Where{}, v1alpha1.ReferencesPaths), set)
		if (got != nil) != c.known {
			t.Errorf("%s: %+v", c.name, got)
			continue
		}
		if got == nil {
			continue
		}
		want := site.Footprint{CPUs: 2, MemoryMiB: 4096, StorageMiB: 20480 + 4096}
		if got.Datastore.Name != "nas" || got.Replicas != c.replicas || got.Surge != c.surge || got.Footprint != want || got.At.Field != "spec.replicas" {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}
