// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// State is what there is of a cluster at a moment.
type State struct {
	Deployments    []clusterv1.MachineDeployment
	Sets           []clusterv1.MachineSet
	Machines       []clusterv1.Machine
	InfraMachines  []unstructured.Unstructured
	InfraVMs       []unstructured.Unstructured
	InfraTemplates []unstructured.Unstructured
	JoinTemplates  []unstructured.Unstructured
	ControlPlanes  []unstructured.Unstructured
	Nodes          map[string]corev1.Node
	// StorageClasses are the urls of datastores by the classes' names.
	StorageClasses map[string]string
	VMs            map[string]VM
	Clones         []Clone
}

const (
	infrastructure = "infrastructure.cluster.x-k8s.io"
	bootstrap      = "bootstrap.cluster.x-k8s.io"
	controlPlane   = "controlplane.cluster.x-k8s.io"
)

// look reads the state of a scenario.
func (r *run) look(ctx context.Context) (*State, error) {
	s := &State{Nodes: map[string]corev1.Node{}, StorageClasses: map[string]string{}, Clones: r.vcenter.Clones()}
	in := client.InNamespace(r.Name)
	var deployments clusterv1.MachineDeploymentList
	var sets clusterv1.MachineSetList
	var machines clusterv1.MachineList
	for _, list := range []client.ObjectList{&deployments, &sets, &machines} {
		if err := r.management.List(ctx, list, in); err != nil {
			return nil, err
		}
	}
	s.Deployments, s.Sets, s.Machines = deployments.Items, sets.Items, machines.Items
	for _, l := range []struct {
		group, kind string
		into        *[]unstructured.Unstructured
	}{
		{infrastructure, "VSphereMachine", &s.InfraMachines},
		{infrastructure, "VSphereVM", &s.InfraVMs},
		{infrastructure, "VSphereMachineTemplate", &s.InfraTemplates},
		{bootstrap, "KubeadmConfigTemplate", &s.JoinTemplates},
		{controlPlane, "KubeadmControlPlane", &s.ControlPlanes},
	} {
		list := &unstructured.UnstructuredList{}
		list.SetGroupVersionKind(schema.GroupVersionKind{Group: l.group, Version: "v1beta2", Kind: l.kind + "List"})
		if err := r.management.List(ctx, list, in); err != nil {
			return nil, err
		}
		*l.into = list.Items
	}
	var nodes corev1.NodeList
	if err := r.workload.List(ctx, &nodes); err != nil {
		return nil, err
	}
	for _, n := range nodes.Items {
		s.Nodes[n.Name] = n
	}
	var classes storagev1.StorageClassList
	if err := r.workload.List(ctx, &classes); err != nil {
		return nil, err
	}
	for _, c := range classes.Items {
		s.StorageClasses[c.Name] = c.Parameters["datastoreurl"]
	}
	var err error
	s.VMs, err = r.vcenter.VMs(ctx)
	return s, err
}

// of are the machines of a MachineDeployment, those of the control plane with an empty name.
func (s *State) of(deployment string) []clusterv1.Machine {
	var own []clusterv1.Machine
	for _, m := range s.Machines {
		_, isControlPlane := m.Labels[clusterv1.MachineControlPlaneLabel]
		if deployment == "" && isControlPlane || deployment != "" && m.Labels[clusterv1.MachineDeploymentNameLabel] == deployment {
			own = append(own, m)
		}
	}
	return own
}

// unrest tells what has not come to rest, nil when everything has.
func (s *State) unrest() error {
	for _, d := range s.Deployments {
		want := int32(0)
		if d.Spec.Replicas != nil {
			want = *d.Spec.Replicas
		}
		is := func(n *int32) bool { return n != nil && *n == want }
		// With OnDelete, machines that nobody deletes stay behind for ever.
		isUpToDate := is(d.Status.UpToDateReplicas) || d.Spec.Rollout.Strategy.Type == clusterv1.OnDeleteMachineDeploymentStrategyType
		switch {
		case d.DeletionTimestamp != nil:
			return fmt.Errorf("the MachineDeployment %s is being deleted", d.Name)
		case d.Status.ObservedGeneration != d.Generation:
			return fmt.Errorf("the MachineDeployment %s was not looked at", d.Name)
		case !is(d.Status.Replicas) || !isUpToDate || !is(d.Status.AvailableReplicas):
			return fmt.Errorf("the MachineDeployment %s wants %d machines and has %s, %s up to date, %s available", d.Name, want,
				show(d.Status.Replicas), show(d.Status.UpToDateReplicas), show(d.Status.AvailableReplicas))
		case len(s.of(d.Name)) != int(want):
			return fmt.Errorf("the MachineDeployment %s wants %d machines, and there are %d", d.Name, want, len(s.of(d.Name)))
		}
	}
	for _, m := range s.Machines {
		node, there := s.Nodes[m.Status.NodeRef.Name]
		switch {
		case m.DeletionTimestamp != nil:
			return fmt.Errorf("the Machine %s is being deleted", m.Name)
		case !there:
			return fmt.Errorf("the Machine %s has no Node", m.Name)
		case slices.ContainsFunc(node.Spec.Taints, func(t corev1.Taint) bool { return t.Key == clusterv1.NodeUninitializedTaint.Key }):
			return fmt.Errorf("the labels of the Machine %s have not arrived at its Node", m.Name)
		}
	}
	for _, c := range s.ControlPlanes {
		want, _, _ := unstructured.NestedInt64(c.Object, "spec", "replicas")
		if have := len(s.of("")); int64(have) != want {
			return fmt.Errorf("the control plane wants %d machines and has %d", want, have)
		}
	}
	for name := range s.VMs {
		if !slices.ContainsFunc(s.Machines, func(m clusterv1.Machine) bool { return m.Name == name }) {
			return fmt.Errorf("the virtual machine %s belongs to no Machine", name)
		}
	}
	return nil
}

func show(n *int32) string {
	if n == nil {
		return "unknown"
	}
	return fmt.Sprint(*n)
}
