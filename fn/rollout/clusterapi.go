// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"strings"

	"github.com/vspread/vspread/fn/object"
)

// The groups, kinds and labels of Cluster API that a plan knows.
const (
	infrastructureGroup = "infrastructure.cluster.x-k8s.io"
	bootstrapGroup      = "bootstrap.cluster.x-k8s.io"
	controlPlaneGroup   = "controlplane.cluster.x-k8s.io"

	clusterKind       = "Cluster"
	machineDeployment = "MachineDeployment"
	machineSet        = "MachineSet"
	machinePool       = "MachinePool"
	oneMachine        = "Machine"

	clusterLabel    = "cluster.x-k8s.io/cluster-name"
	deploymentLabel = "cluster.x-k8s.io/deployment-name"

	// workerGroupLabel is on the machines of vspread's pools.
	workerGroupLabel = "node.cluster.x-k8s.io/worker-group"
)

// isWorkers tells whether objects of a kind of Cluster API's core make machines by themselves.
func isWorkers(kind string) bool {
	return kind == machineDeployment || kind == machineSet || kind == machinePool || kind == oneMachine
}

func isKubeadm(o *object.Object) bool { return o.Ref.Kind == "KubeadmControlPlane" }

func isVSphere(template *object.Object) bool {
	return template.Group() == infrastructureGroup && template.Ref.Kind == "VSphereMachineTemplate"
}

// isTemplate recognises the templates that machines are made from.
func isTemplate(o *object.Object) bool {
	return o.Group() == infrastructureGroup && strings.HasSuffix(o.Ref.Kind, "MachineTemplate") ||
		o.Group() == bootstrapGroup && strings.HasSuffix(o.Ref.Kind, "ConfigTemplate")
}
