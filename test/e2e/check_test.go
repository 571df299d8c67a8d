// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
)

const ubuntu = "/Datacenter/vm/tkg/ubuntu-2404-kube-v1.35.4"

// atRest is a cluster of one pool with one machine, and what is wanted of it.
func atRest() (Want, *State) {
	first := Machine{Datastore: "iscsi-ds-0", Host: "esxi02", Template: ubuntu, Networks: []string{"lab"}}
	worker := Machine{Datastore: "datastore00", Host: "esxi01", Template: ubuntu, Networks: []string{"lab"}, MemoryMiB: 8192,
		NodeLabels: map[string]string{"disk": "<datastore>"}}
	w := Want{
		Pools:        map[string]Pool{"apple-md-a": {Machines: 1, Templates: 1, Machine: worker}},
		ControlPlane: first, OtherTemplates: 1, StorageClasses: map[string]string{"shared": "ds:///4/"},
	}
	s := &State{StorageClasses: map[string]string{"shared": "ds:///4/"}, Nodes: map[string]corev1.Node{}, VMs: map[string]VM{}}
	s.Deployments = []clusterv1.MachineDeployment{{ObjectMeta: metav1.ObjectMeta{Name: "apple-md-a"}}}
	for name, m := range map[string]Machine{"apple-x": first, "apple-md-a-y-z": worker} {
		labels := map[string]string{clusterv1.MachineDeploymentNameLabel: "apple-md-a"}
		if name == "apple-x" {
			labels = map[string]string{clusterv1.MachineControlPlaneLabel: ""}
		}
		machine := clusterv1.Machine{ObjectMeta: metav1.ObjectMeta{Name: name, UID: types.UID(name), Labels: labels}}
		machine.Spec.Version = "v1.35.4"
		s.Machines = append(s.Machines, machine)
		s.VMs[name] = VM{Name: name, Datastore: m.Datastore, Host: m.Host}
		s.Clones = append(s.Clones, Clone{VM: name, Datastores: []string{m.Datastore}, Template: ubuntu, Networks: m.Networks, MemoryMiB: m.MemoryMiB})
		node := corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"disk": m.Datastore}}}
		node.Status.NodeInfo.KubeletVersion = "v1.35.4"
		s.Nodes[name] = node
	}
	slices.SortFunc(s.Machines, func(a, b clusterv1.Machine) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(s.Clones, func(a, b Clone) int { return strings.Compare(a.VM, b.VM) })
	for _, name := range []string{"apple-control-plane", "apple-md-a-12345678"} {
		t := unstructured.Unstructured{}
		t.SetName(name)
		s.InfraTemplates = append(s.InfraTemplates, t)
	}
	return w, s
}

// TestCheck breaks one thing at a time, and each must be noticed and nothing else.
func TestCheck(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*Want, *State)
		says  string
	}{
		"nothing":         {func(*Want, *State) {}, ""},
		"datastore asked": {func(_ *Want, s *State) { s.Clones[0].Datastores = []string{"datastore01"} }, "datastores [datastore01], want [datastore00]"},
		"two datastores": {func(_ *Want, s *State) { s.Clones[0].Datastores = []string{"datastore00", "datastore01"} },
			"datastores [datastore00 datastore01], want [datastore00]"},
		"an earlier try": {func(_ *Want, s *State) {
			s.Clones = append([]Clone{{VM: "apple-md-a-y-z", Datastores: []string{"datastore00"}, Template: ubuntu, Networks: []string{"lab"}}}, s.Clones...)
		}, "MiB of memory 0, want 8192"},
		"never asked":        {func(_ *Want, s *State) { s.Clones = s.Clones[1:] }, "vCenter was never asked for it"},
		"home":               {func(_ *Want, s *State) { s.VMs["apple-x"] = VM{Datastore: "datastore00", Host: "esxi02"} }, "home on datastore00, want iscsi-ds-0"},
		"host":               {func(w *Want, _ *State) { w.ControlPlane.Host = "esxi03" }, "host esxi02, want esxi03"},
		"folder":             {func(_ *Want, s *State) { s.Clones[0].Folder = "/Datacenter/vm" }, "folder /Datacenter/vm, want "},
		"network":            {func(_ *Want, s *State) { s.Clones[0].Networks = []string{"lab", "dmz"} }, "networks [lab dmz], want [lab]"},
		"label":              {func(_ *Want, s *State) { delete(s.Nodes["apple-md-a-y-z"].Labels, "disk") }, "Node label disk , want datastore00"},
		"kubelet":            {func(w *Want, s *State) { s.Machines[0].Spec.Version = "v1.35.3" }, "version v1.35.3, want v1.35.4"},
		"kept":               {func(w *Want, _ *State) { p := w.Pools["apple-md-a"]; p.Kept = 1; w.Pools["apple-md-a"] = p }, "1 machines, 0 of them from before; want 1 and 1"},
		"pool missing":       {func(_ *Want, s *State) { s.Deployments = nil }, "there is no MachineDeployment apple-md-a"},
		"pool too many":      {func(_ *Want, s *State) { s.Deployments = append(s.Deployments, *named("apple-md-b")) }, "nobody wants the MachineDeployment apple-md-b"},
		"template pruned":    {func(_ *Want, s *State) { s.InfraTemplates = s.InfraTemplates[:1] }, "apple-md-a: 0 VSphereMachineTemplates, want 1"},
		"template left":      {func(w *Want, _ *State) { w.OtherTemplates = 2 }, "1 VSphereMachineTemplates that are of no pool, want 2"},
		"storage":            {func(_ *Want, s *State) { s.StorageClasses = nil }, `StorageClasses map[], want map["shared":"ds:///4/"]`},
		"storage of another": {func(_ *Want, s *State) { s.StorageClasses = map[string]string{"shared": "ds:///1/"} }, `map["shared":"ds:///1/"], want`},
		"peak":               {func(w *Want, _ *State) { p := w.Pools["apple-md-a"]; p.Peak = 1; w.Pools["apple-md-a"] = p }, "2 machines meanwhile, want no more than 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, state := atRest()
			c.spoil(&want, state)
			err := want.check(state, sets.New[types.UID](), map[string]int{"apple-md-a": 2})
			if got := fmt.Sprint(err); c.says == "" && err != nil || c.says != "" && (!strings.Contains(got, c.says) || strings.Count(got, "\n") > 0) {
				t.Errorf("got %q, want %q", got, c.says)
			}
		})
	}
}

func named(name string) *clusterv1.MachineDeployment {
	return &clusterv1.MachineDeployment{ObjectMeta: metav1.ObjectMeta{Name: name}}
}

// TestAlways takes a template away that machines are made from.
func TestAlways(t *testing.T) {
	t.Parallel()
	two, none := int32(2), int32(0)
	for _, c := range []struct {
		replicas, running *int32
		template          string
		want              bool
	}{
		{&two, &two, "there", true},
		{&two, &two, "gone", false},
		{&none, &two, "gone", false},
		{&none, &none, "gone", true},
	} {
		set := clusterv1.MachineSet{}
		set.Spec.Replicas, set.Status.Replicas = c.replicas, c.running
		set.Spec.Template.Spec.InfrastructureRef = clusterv1.ContractVersionedObjectReference{Kind: "VSphereMachineTemplate", Name: c.template}
		set.Spec.Template.Spec.Bootstrap.ConfigRef = clusterv1.ContractVersionedObjectReference{Kind: "KubeadmConfigTemplate", Name: "join"}
		s := &State{Sets: []clusterv1.MachineSet{set}}
		for kind, list := range map[string]*[]unstructured.Unstructured{"VSphereMachineTemplate": &s.InfraTemplates, "KubeadmConfigTemplate": &s.JoinTemplates} {
			o := unstructured.Unstructured{}
			o.SetKind(kind)
			o.SetName(map[string]string{"VSphereMachineTemplate": "there", "KubeadmConfigTemplate": "join"}[kind])
			*list = append(*list, o)
		}
		if err := s.always(); (err == nil) != c.want {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// TestStrays finds a request of a machine that is gone by now.
func TestStrays(t *testing.T) {
	t.Parallel()
	pools := map[string]string{"apple-md": "a", "apple-md-b": "b"}
	if err := strays([]Clone{{VM: "apple-md-x-y", Datastores: []string{"a"}}, {VM: "apple-md-b-x-y", Datastores: []string{"b"}},
		{VM: "apple-z", Datastores: []string{"nas"}}}, pools, "nas"); err != nil {
		t.Error(err)
	}
	err := strays([]Clone{{VM: "apple-md-b-x-y", Datastores: []string{"a"}}, {VM: "apple-md-x-y"}}, pools, "nas")
	if fmt.Sprint(err) != "vCenter was asked to put apple-md-b-x-y on [\"a\"], want b\nvCenter was asked to put apple-md-x-y on [], want a" {
		t.Error(err)
	}
}
