// SPDX-License-Identifier: Apache-2.0

package verify_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/verify"
)

// named is a pool whose MachineDeployment has more in its spec.
func named(name, template, spec string) string {
	return strings.Replace(pool("", "apple", name, template, 1), "spec: {", "spec: {"+spec+", ", 1)
}

// TestMachineNaming has Machines that are called by a template of their MachineDeployment.
func TestMachineNaming(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 45)
	for _, tt := range []struct{ name, pool, naming, spec, machine string }{
		{"the cluster's name", "apple-md", `machineNaming: {template: "{{ .cluster.name }}-w-{{ .random }}"}`, "datastore: a", "apple-w-ab12c"},
		{"the MachineSet's name", "apple-md", `machineNaming: {template: "{{ .machineSet.name }}-w-{{ .random }}"}`, "datastore: a", "apple-md-xyz12-w-ab12c"},
		{"random first", "apple-md", `machineNaming: {template: "w{{ .random }}.{{ .cluster.name }}"}`, "datastore: a", "wab12c.apple"},
		{"in v1beta1", "apple-md", `machineNamingStrategy: {template: "{{ .cluster.name }}-{{ .random }}"}`, "datastore: a", "apple-ab12c"},
		{"longer than names may be", "apple-md", `machineNaming: {template: "` + long + `-{{ .machineSet.name }}-{{ .random }}"}`, "datastore: a", long + "-apple-md-xyzab12c"},
		{"and by CAPV's", "apple-md", `machineNaming: {template: "{{ .cluster.name }}-w-{{ .random }}"}`, `datastore: a, naming: {template: "vm-{{ .machine.name }}"}`, "vm-apple-w-ab12c"},
		{"for Windows, not shortened", "apple-md", `machineNaming: {template: "{{ .cluster.name }}-w-{{ .random }}"}`, "datastore: a, os: Windows", "apple-w-ab12c"},
		{"for Windows, shortened", "apple-md", `machineNaming: {template: "{{ .cluster.name }}-windows-{{ .random }}"}`, "datastore: a, os: Windows", "apple-win-ab12c"},
		{"a long MachineDeployment without a template", "apple-" + long, "paused: false", "datastore: a", "apple-" + long + "-xyz12-ab12c"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			objects := set(cluster("", "apple"), named(tt.pool, "t", tt.naming), template("", "t", tt.spec))
			for _, at := range []string{"a", "nas"} {
				r := verify.Compare(objects, inventories(t, lab, key("", "apple")), []verify.Machine{worker(tt.machine, "ea", at)})
				if pinned := at == "a"; pinned != (r.Pinned == 1) || pinned == (r.Elsewhere == 1) || r.Machines != 1 || r.Unrecognised() {
					t.Errorf("%+v\n%s", r, r.Diags)
				}
			}
			if r := verify.Compare(objects, inventories(t, lab, key("", "apple")), []verify.Machine{worker(tt.machine+"x", "ea", "a"), worker("x"+tt.machine, "ea", "a")}); r.Machines != 0 {
				t.Errorf("another name is recognised: %+v", r)
			}
		})
	}
}

// TestSharedNaming has pools whose machines are called alike; where they are tells them apart, until one is in none of them.
func TestSharedNaming(t *testing.T) {
	t.Parallel()
	const naming = `machineNaming: {template: "{{ .cluster.name }}-w-{{ .random }}"}`
	objects := set(cluster("", "apple"), named("apple-md-a", "a", naming), template("", "a", "datastore: a"), named("apple-md-b", "b", naming), template("", "b", "datastore: b"))
	r := verify.Compare(objects, inventories(t, lab, key("", "apple")), []verify.Machine{worker("apple-w-11111", "ea", "a"), worker("apple-w-22222", "ea", "nas")})
	want := []string{
		"error MachineElsewhere machine apple-w-22222 is on datastore /dc/datastore/nas, and none of the MachineDeployments that it may be of is: apple-md-a, apple-md-b",
	}
	if d := cmp.Diff(want, said(r)); d != "" || r.Pinned != 1 || r.Elsewhere != 1 {
		t.Errorf("%+v (-want +got)\n%s", r, d)
	}
}

// TestUnrecognised says what cannot be compared, and accuses no machine that may be of such a pool.
func TestUnrecognised(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, naming, spec, field, why string }{
		{"a function", `machineNaming: {template: "{{ print .cluster.name }}-{{ .random }}"}`, "datastore: a", "spec.machineNaming.template", "more than text"},
		{"a condition", `machineNaming: {template: "{{ if .random }}w{{ end }}-{{ .random }}"}`, "datastore: a", "spec.machineNaming.template", "more than text"},
		{"a loop", `machineNaming: {template: "{{ range 1000000000000 }}w{{ end }}-{{ .random }}"}`, "datastore: a", "spec.machineNaming.template", "more than text"},
		{"an unknown value", `machineNaming: {template: "{{ .cluster.uid }}-{{ .random }}"}`, "datastore: a", "spec.machineNaming.template", "values that are not there"},
		{"no template", `machineNamingStrategy: {template: "{{ .random"}`, "datastore: a", "spec.machineNamingStrategy.template", "no template"},
		{"capital letters", `machineNaming: {template: "W-{{ .random }}"}`, "datastore: a", "spec.machineNaming.template", "capital letters"},
		{"CAPV's", "paused: false", `datastore: a, naming: {template: "{{ trimSuffix .machine.name }}"}`, "spec.template.spec.naming.template", "values that are not there"},
		{"CAPV's in v1beta1", "paused: false", `datastore: a, namingStrategy: {template: "{{ len .machine.name }}"}`, "spec.template.spec.namingStrategy.template", "more than text"},
		{"too short for Windows", "paused: false", `datastore: a, os: Windows, naming: {template: "{{ trunc 8 .machine.name }}"}`, "spec.template.spec.naming.template", "too short"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			objects := set(cluster("", "apple"), named("apple-md", "t", tt.naming), template("", "t", tt.spec))
			r := verify.Compare(objects, inventories(t, lab, key("", "apple")), []verify.Machine{worker("apple-other-abcde-xyz12", "ea", "nas")})
			if len(r.Diags) != 1 || !r.Unrecognised() || r.Machines != 0 {
				t.Fatalf("%+v\n%s", r, r.Diags)
			}
			if d := r.Diags[0]; d.Field != tt.field || !strings.Contains(d.Text(), tt.why) || !strings.Contains(d.Text(), "apple-md") || string(d.Code) != "MachinesUnrecognised" {
				t.Errorf("%s", d)
			}
		})
	}
}

// TestOthersMachines has machines of control planes and of what runs next to the pools, by whatever names they have.
func TestOthersMachines(t *testing.T) {
	t.Parallel()
	const core = "apiVersion: cluster.x-k8s.io/v1beta2\n"
	owner := func(kind, spec string) string {
		return core + "kind: " + kind + "\nmetadata: {name: apple-other-thing, labels: {cluster.x-k8s.io/cluster-name: apple}}\nspec: {clusterName: apple" + spec + "}"
	}
	controlPlane := func(spec string) string {
		return "apiVersion: controlplane.cluster.x-k8s.io/v1beta2\nkind: KubeadmControlPlane\nmetadata: {name: apple-control-plane}\nspec: {" + spec + "}"
	}
	const withRef = core + "kind: Cluster\nmetadata: {name: apple}\nspec: {controlPlaneRef: {apiGroup: controlplane.cluster.x-k8s.io, kind: KubeadmControlPlane, name: apple-control-plane}}"
	for i, tt := range []struct {
		other, machine string
		known          bool
	}{
		{controlPlane("replicas: 1"), "apple-control-plane-abcde", true},
		{controlPlane("replicas: 1"), "apple-control-place-abcde", false},
		{controlPlane(`machineNaming: {template: "{{ .cluster.name }}-c-plane-{{ .random }}"}`), "apple-c-plane-abcde", true},
		{controlPlane(`machineNamingStrategy: {template: "{{ .kubeadmControlPlane.name }}-first-{{ .random }}"}`), "apple-control-plane-first-abcde", true},
		{controlPlane(`machineNaming: {template: "{{ len .cluster.name }}"}`), "apple-any-other-abcde", true},
		{owner("MachineDeployment", `, machineNaming: {template: "{{ .cluster.name }}-gpu-nodes-{{ .random }}"}`), "apple-gpu-nodes-abcde", true},
		{owner("MachineDeployment", `, machineNaming: {template: "{{ len .cluster.name }}-{{ .random }}"}`), "apple-gpu-nodes-abcde", true},
		{owner("MachineSet", ""), "apple-other-thing-abcde", true},
		{strings.Replace(owner("Machine", ""), "apple-other-thing", "apple-other-thing-abcde", 1), "apple-other-thing-abcde", true},
		{owner("Machine", ""), "apple-other-thing-abcde", false},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			objects := set(withRef, tt.other)
			r := verify.Compare(objects, inventories(t, lab, object.NewKey(object.CoreGroup, "Cluster", "", "apple")), []verify.Machine{worker(tt.machine, "ea", "nas")})
			if known := len(r.Diags) == 0; known != tt.known {
				t.Errorf("%s", r.Diags)
			}
		})
	}
}
