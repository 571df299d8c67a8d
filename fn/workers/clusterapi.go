// SPDX-License-Identifier: Apache-2.0

package workers

import "github.com/vspread/vspread/internal/diag"

const (
	deploymentNameLabel = "cluster.x-k8s.io/deployment-name"
	// Cluster API carries labels of this domain from Machines on to Nodes.
	datastoreNodeLabel   = "node.cluster.x-k8s.io/datastore"
	workerGroupNodeLabel = "node.cluster.x-k8s.io/worker-group"
)

// pruneGuards keep templates in the cluster when they leave git: the MachineSets of a rollout still
// need the old one. Flux prunes by its own inventory, Argo CD leaves alone what has an owner reference,
// which a template gets when it is first used.
var pruneGuards = map[string]string{
	"argocd.argoproj.io/sync-options":   "Prune=false",
	"kustomize.toolkit.fluxcd.io/prune": "disabled",
}

// Orders in which people write what Go's structs have in another order.
var (
	objectOrder    = []string{"apiVersion", "kind", "metadata", "spec"}
	referenceOrder = []string{"apiGroup", "kind", "name"}
)

// The orders of fields in Cluster API's documentation.
var (
	deploymentOrder = []string{"clusterName", "replicas", "rollout", "selector", "template", "machineNaming", "remediation", "deletion", "paused"}
	machineOrder    = []string{"clusterName", "bootstrap", "infrastructureRef", "version", "providerID", "failureDomain", "minReadySeconds", "readinessGates", "deletion", "taints"}
)

// Where a MachineDeployment refers to its templates.
var (
	infrastructureRef = []string{"spec", "template", "spec", "infrastructureRef"}
	bootstrapRef      = []string{"spec", "template", "spec", "bootstrap", "configRef"}
)

// joinPath writes a path as messages do.
func joinPath(path []string) string {
	at := diag.Where{}
	for _, p := range path {
		at = at.Dot(p)
	}
	return at.Field
}
