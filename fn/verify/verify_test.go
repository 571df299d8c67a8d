// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/verify"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

func git(t *testing.T) *object.Set {
	t.Helper()
	var all []*object.Object
	for i, doc := range []string{
		"kind: Cluster\napiVersion: cluster.x-k8s.io/v1beta2\nmetadata: {name: apple}",
		"kind: KubeadmControlPlane\napiVersion: controlplane.cluster.x-k8s.io/v1beta2\nmetadata: {name: apple-cp-1}",
		pool("apple-md-a", "apple-md-a-1", 2), template("apple-md-a-1", "/dc/datastore/a"),
		pool("apple-md-b", "apple-md-b-2", 1), template("apple-md-b-1", "/dc/datastore/b"), template("apple-md-b-2", "/dc/datastore/b"),
	} {
		all = append(all, object.New(yaml.MustParse(doc).YNode(), i))
	}
	return object.NewSet(all)
}

func pool(name, template string, replicas int) string {
	return "kind: MachineDeployment\napiVersion: cluster.x-k8s.io/v1beta2\nmetadata: {name: " + name + ", annotations: {vspread.dev/owner: apple}}\n" +
		"spec: {clusterName: apple, replicas: " + string(rune('0'+replicas)) + ", template: {spec: {infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: " + template + "}}}}"
}

func template(name, datastore string) string {
	return "kind: VSphereMachineTemplate\napiVersion: infrastructure.cluster.x-k8s.io/v1beta2\nmetadata: {name: " + name + ", annotations: {vspread.dev/owner: apple}}\n" +
		"spec: {template: {spec: {datastore: " + datastore + "}}}"
}

func TestCompare(t *testing.T) {
	t.Parallel()
	inv, diags := inventory.Parse(`
hosts: [{name: ea}, {name: eb}]
datastores: [{name: a, path: /dc/datastore/a, hosts: [ea]}, {name: b, path: /dc/datastore/b, hosts: [eb]}, {name: nas, path: /dc/datastore/nas, hosts: [ea, eb]}]
`, diag.Where{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	tests := []struct {
		name     string
		machines []verify.Machine
		pinned   int
		want     []string
	}{
		{"as git says", []verify.Machine{
			{Name: "apple-md-a-abcde-11111", Host: "ea", Datastore: "a", Disks: []string{"a"}},
			{Name: "apple-md-a-abcde-22222", Host: "ea", Datastore: "a", Disks: []string{"a"}},
			{Name: "apple-md-b-abcde-33333", Host: "eb", Datastore: "b", Disks: []string{"b"}},
			{Name: "apple-cp-1-abcde-xxxxx", Host: "ea", Datastore: "nas"}, {Name: "something else"},
		}, 3, nil},
		{"moved, with a disk elsewhere, on another host, of no pool", []verify.Machine{
			{Name: "apple-md-a-abcde-11111", Host: "eb", Datastore: "b", Disks: []string{"b"}},
			{Name: "apple-md-a-abcde-22222", Host: "ea", Datastore: "a", Disks: []string{"a", "nas"}},
			{Name: "apple-md-b-abcde-33333", Host: "ea", Datastore: "b", Disks: []string{"b"}},
			{Name: "apple-md-c-abcde-44444", Host: "ea", Datastore: "a"},
			{Name: "pear-md-c-abcde-44444", Host: "ea", Datastore: "a"},
		}, 0, []string{
			"error MachineElsewhere machine apple-md-a-abcde-11111 is on datastore b, not on a",
			"error MachineElsewhere machine apple-md-b-abcde-33333 runs on host ea, which does not mount b according to the inventory",
			"warning MachineElsewhere machine apple-md-a-abcde-22222 has a disk on datastore nas, not on a",
			"warning MachineUnknown machine apple-md-c-abcde-44444 () looks like one of cluster apple, and git has no MachineDeployment apple-md-c",
		}},
		{"too few", []verify.Machine{{Name: "apple-md-a-abcde-11111", Host: "ea", Datastore: "a"}}, 1, []string{
			"info MachineCount git says 1 machines, vCenter has 0", "info MachineCount git says 2 machines, vCenter has 1",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := verify.Compare(git(t), &inv, tt.machines)
			var got []string
			for _, d := range r.Diags {
				if d.Code != diag.TemplateUnused {
					got = append(got, d.Severity.String()+" "+string(d.Code)+" "+d.Message)
				}
			}
			slices.Sort(got)
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if r.Pinned != tt.pinned {
				t.Errorf("%d pinned, want %d", r.Pinned, tt.pinned)
			}
			if s := r.Diags.Sorted().String(); !strings.Contains(s, "VSphereMachineTemplate apple-md-b-1: no MachineDeployment") || strings.Contains(s, "VSphereMachineTemplate apple-md-b-2") {
				t.Errorf("unused templates: %s", s)
			}
		})
	}
}
