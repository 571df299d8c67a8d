// SPDX-License-Identifier: Apache-2.0

package expand

import (
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/tree"
)

const (
	clusterNameLabel    = "cluster.x-k8s.io/cluster-name"
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

// isToolNote recognises labels and annotations that belong to an object's place in git or in a
// cluster and must not come along in a copy.
func isToolNote(key string) bool {
	prefix, _, _ := strings.Cut(key, "/")
	switch prefix {
	case "config.kubernetes.io", "internal.config.kubernetes.io", "config.k8s.io", "kustomize.config.k8s.io",
		"internal.kpt.dev", "vspread.dev", "topology.cluster.x-k8s.io", "machinedeployment.clusters.x-k8s.io":
		return true
	}
	return key == "kubectl.kubernetes.io/last-applied-configuration" ||
		key == deploymentNameLabel || key == "cluster.x-k8s.io/set-name" || key == "machine-template-hash"
}

// head sets what identifies an object of ours, on top of metadata that may come from a seed.
func (e *expansion) head(n *yaml.Node, apiVersion, kind, name string, annotations map[string]string) {
	tree.Set(n, codec.String(apiVersion), "apiVersion")
	tree.Set(n, codec.String(kind), "kind")
	tree.Set(n, codec.String(name), "metadata", "name")
	if e.cluster.namespace != "" {
		tree.Set(n, codec.String(e.cluster.namespace), "metadata", "namespace")
	}
	tree.Set(n, codec.String(e.cluster.name), "metadata", "labels", clusterNameLabel)
	for _, k := range slices.Sorted(maps.Keys(annotations)) {
		tree.Set(n, codec.String(annotations[k]), "metadata", "annotations", k)
	}
	tree.Set(n, codec.String(e.cluster.owner), "metadata", "annotations", object.OwnerAnnotation)
	tree.Sort(tree.Get(n, "metadata"), []string{"name", "namespace", "labels", "annotations"})
	tree.Sort(n, objectOrder)
}

// Orders in which people write what Go's structs have in another order.
var (
	objectOrder    = []string{"apiVersion", "kind", "metadata", "spec"}
	referenceOrder = []string{"apiGroup", "kind", "name"}
)
