// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// copyOf starts an object from the user's: everything but its identity and what tools noted on it. Comments come along with what
// is carried over. Those on the object itself and on its identity are about the original: that it is hidden, or where it ran.
func copyOf(o *object.Object) *yaml.Node {
	n := tree.Clone(o.Node)
	tree.Remove(n, "status")
	withoutStates(n)
	metadata := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	if old := tree.Get(n, "metadata"); old != nil {
		for i := 0; i+1 < len(old.Content); i += 2 {
			key, value := old.Content[i], old.Content[i+1]
			if key.Value != "labels" && key.Value != "annotations" || value.Kind != yaml.MappingNode {
				continue
			}
			kept := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
			for j := 0; j+1 < len(value.Content); j += 2 {
				if !isToolNote(value.Content[j].Value) {
					kept.Content = append(kept.Content, value.Content[j], value.Content[j+1])
				}
			}
			if len(kept.Content) > 0 {
				metadata.Content = append(metadata.Content, key, kept)
			}
		}
	}
	tree.Set(n, metadata, "metadata")
	n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		key.FootComment = ""
		if i == 0 || slices.Contains([]string{"apiVersion", "kind", "metadata"}, key.Value) {
			key.HeadComment, key.LineComment, value.LineComment = "", "", ""
		}
	}
	return n
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

// refuseUnreadable reports a spec that cannot be named by its content.
func refuseUnreadable(o *object.Object, err error, diags *diag.List) {
	at := diag.Where{}
	if o != nil {
		at = diag.At(o.Ref, "spec")
	}
	diags.Errorf(diag.InvalidValue, at, "cannot be written as JSON: %v", err).
		WithHint("the API server would refuse it as well")
}
