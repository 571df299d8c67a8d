// SPDX-License-Identifier: Apache-2.0

package site_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/tree"
)

func objects(t *testing.T, text string) *object.Set {
	t.Helper()
	nodes, err := kio.FromBytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var all []*object.Object
	for i, n := range nodes {
		all = append(all, object.New(n.YNode(), i))
	}
	return object.NewSet(all)
}

const zones = `
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: VSphereDeploymentZone
metadata: {name: whole}
spec: {server: vc, failureDomain: whole, placementConstraint: {folder: workers, resourcePool: fast}}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: VSphereFailureDomain
metadata: {name: whole}
spec: {topology: {datacenter: b, computeCluster: c, datastore: ssd, networks: [nodes, storage]}}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: VSphereDeploymentZone
metadata: {name: bare}
spec: {server: vc, failureDomain: bare}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: VSphereFailureDomain
metadata: {name: bare}
spec: {topology: {datacenter: a, networkConfigurations: [{networkName: other, dhcp4: false, nameservers: [192.0.2.1]}]}}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: VSphereDeploymentZone
metadata: {name: half}
spec: {server: vc, failureDomain: missing}
`

// What a machine in a zone is made of is what CAPV makes of it: a value of the zone that is not set leaves the template's.
func TestZones(t *testing.T) {
	t.Parallel()
	all := site.ReadZones(objects(t, zones))
	template := yaml.MustParse(`{datacenter: a, datastore: disk, folder: mine, network: {devices: [{networkName: x, dhcp4: true, mtu: 9000}]}, numCPUs: 2}`).YNode()
	before := tree.Clone(template)
	for name, want := range map[string]struct {
		overrides []string
		spec      string
	}{
		"whole": {
			[]string{"server", "datacenter", "folder", "resourcePool", "datastore", "network"},
			`{datacenter: b, datastore: ssd, folder: workers, network: {devices: [{networkName: nodes, dhcp4: true, mtu: 9000}, {networkName: storage}]}, numCPUs: 2, server: vc, resourcePool: fast}`,
		},
		"bare": {
			[]string{"server", "datacenter", "network"},
			`{datacenter: a, datastore: disk, folder: mine, network: {devices: [{networkName: other, dhcp4: false, nameservers: [192.0.2.1], mtu: 9000}]}, numCPUs: 2, server: vc}`,
		},
	} {
		z, ok := all[name]
		if !ok {
			t.Errorf("there is no zone %s", name)
			continue
		}
		if d := cmp.Diff(want.overrides, z.Overrides()); d != "" {
			t.Errorf("%s overrides (-want +got)\n%s", name, d)
		}
		if got := z.Over(template); !tree.Equal(yaml.MustParse(want.spec).YNode(), got) {
			t.Errorf("%s: got %s", name, yaml.NewRNode(got).MustString())
		}
	}
	if _, ok := all["half"]; ok || len(all) != 2 {
		t.Error("a deployment zone without its failure domain overrides nothing")
	}
	if !tree.Equal(before, template) {
		t.Error("the template was changed")
	}
}
