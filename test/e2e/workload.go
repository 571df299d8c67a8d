// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Workload is the cluster that the machines make up: an API server that stands in for the one on the control plane's
// machine, and a kubelet's first words for each virtual machine that is switched on.
type Workload struct {
	*APIServer

	vcenter    *VCenter
	management client.Reader
	namespace  string
	// joined are the machines that became a Node once, by the id of their hardware: a Node is not made again after
	// Cluster API deleted it.
	joined map[string]string
}

// newWorkload starts the API server. The cluster's namespace bears its name.
func newWorkload(programs, cluster string, vcenter *VCenter, management client.Reader) (*Workload, error) {
	server, err := startAPIServer(programs)
	if err != nil {
		return nil, err
	}
	return &Workload{APIServer: server, vcenter: vcenter, management: management, namespace: cluster, joined: map[string]string{}}, nil
}

// run lets guests start until the context ends. A failure is told once and tried again.
func (w *Workload) run(ctx context.Context, log func(string, ...any)) {
	var last string
	for {
		err := w.startGuests(ctx)
		if ctx.Err() != nil {
			return
		}
		if err != nil && err.Error() != last {
			last = err.Error()
			log("guests: %v", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(250 * time.Millisecond):
		}
	}
}

func (w *Workload) startGuests(ctx context.Context) error {
	vms, err := w.vcenter.VMs(ctx)
	if err != nil {
		return err
	}
	for uuid, name := range w.joined {
		if vm, ok := vms[name]; !ok || vm.UUID != uuid || !vm.PoweredOn {
			if err := w.silence(ctx, name); err != nil {
				return err
			}
		}
	}
	for _, vm := range vms {
		if !vm.HasAddress && len(vm.MACs) > 0 {
			w.vcenter.GiveAddress(vm, fmt.Sprintf("10.0.%d.%d", 1+len(w.joined)/200, 1+len(w.joined)%200))
		}
		if vm.PoweredOn && w.joined[vm.UUID] == "" {
			if err := w.join(ctx, vm); err != nil {
				return err
			}
			w.joined[vm.UUID] = vm.Name
		}
	}
	return nil
}

// join registers a machine's Node, as its kubelet and the vSphere cloud provider do.
func (w *Workload) join(ctx context.Context, vm VM) error {
	var clone Clone
	for _, c := range w.vcenter.Clones() {
		if c.VM == vm.Name {
			clone = c
		}
	}
	_, version, _ := strings.Cut(clone.Template, "-kube-")
	node := &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: vm.Name, Labels: map[string]string{
			corev1.LabelHostname: vm.Name, corev1.LabelOSStable: "linux", corev1.LabelArchStable: "amd64"}},
		Spec: corev1.NodeSpec{
			ProviderID: "vsphere://" + strings.ToLower(vm.UUID),
			// Cluster API takes it off when the labels of the Machine have arrived.
			Taints: []corev1.Taint{clusterv1.NodeUninitializedTaint},
		},
	}
	machine := &clusterv1.Machine{}
	if err := w.management.Get(ctx, client.ObjectKey{Namespace: w.namespace, Name: vm.Name}, machine); err != nil {
		return err
	}
	if _, ok := machine.Labels[clusterv1.MachineControlPlaneLabel]; ok {
		// This is what is left of kubeadm init; when the ConfigMap is there, the cluster counts as initialized.
		node.Labels["node-role.kubernetes.io/control-plane"] = ""
		err := w.Create(ctx, &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Namespace: metav1.NamespaceSystem, Name: "kubeadm-config"},
			Data: map[string]string{"ClusterConfiguration": "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nclusterName: " +
				w.namespace + "\nkubernetesVersion: " + version + "\n"},
		})
		if err != nil && !apierrors.IsAlreadyExists(err) {
			return err
		}
	}
	if err := w.Create(ctx, node); err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	now := metav1.Now()
	node.Status = corev1.NodeStatus{
		NodeInfo:  corev1.NodeSystemInfo{KubeletVersion: version, MachineID: vm.UUID, SystemUUID: vm.UUID, OperatingSystem: "linux", Architecture: "amd64"},
		Addresses: []corev1.NodeAddress{{Type: corev1.NodeHostName, Address: vm.Name}},
	}
	for kind, status := range map[corev1.NodeConditionType]corev1.ConditionStatus{
		corev1.NodeReady: corev1.ConditionTrue, corev1.NodeMemoryPressure: corev1.ConditionFalse,
		corev1.NodeDiskPressure: corev1.ConditionFalse, corev1.NodePIDPressure: corev1.ConditionFalse,
	} {
		node.Status.Conditions = append(node.Status.Conditions, corev1.NodeCondition{Type: kind, Status: status,
			LastHeartbeatTime: now, LastTransitionTime: now, Reason: "Kubelet"})
	}
	return w.Status().Update(ctx, node)
}

// silence does what Kubernetes' node controller does when a kubelet is no longer heard.
func (w *Workload) silence(ctx context.Context, name string) error {
	node := &corev1.Node{}
	if err := w.Get(ctx, client.ObjectKey{Name: name}, node); err != nil {
		return client.IgnoreNotFound(err)
	}
	for i := range node.Status.Conditions {
		c := &node.Status.Conditions[i]
		if c.Type == corev1.NodeReady && c.Status != corev1.ConditionUnknown {
			c.Status, c.Reason, c.LastTransitionTime = corev1.ConditionUnknown, "NodeStatusUnknown", metav1.Now()
			if err := w.Status().Update(ctx, node); err != nil && !apierrors.IsConflict(err) {
				return client.IgnoreNotFound(err)
			}
		}
	}
	return nil
}
