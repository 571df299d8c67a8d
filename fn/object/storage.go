// SPDX-License-Identifier: Apache-2.0

package object

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// StorageClass is one that an object is, or that a ConfigMap carries into a workload cluster.
type StorageClass struct {
	Name string
	Node *yaml.Node
	// Key is the key of the ConfigMap's data that carries it, or "".
	Key string
}

// StorageClasses lists the StorageClasses that an object is or carries. What cannot be read carries none.
func StorageClasses(node *yaml.Node) []StorageClass {
	switch tree.String(node, "kind") {
	case "StorageClass":
		return []StorageClass{{Name: tree.String(node, "metadata", "name"), Node: node}}
	case "ConfigMap":
		var out []StorageClass
		data := tree.Get(node, "data")
		if data == nil || data.Kind != yaml.MappingNode {
			return nil
		}
		for i := 0; i+1 < len(data.Content); i += 2 {
			key, text := data.Content[i].Value, data.Content[i+1].Value
			if !strings.Contains(text, "StorageClass") {
				continue
			}
			for _, document := range documents(text) {
				if tree.String(document, "kind") == "StorageClass" {
					out = append(out, StorageClass{tree.String(document, "metadata", "name"), document, key})
				}
			}
		}
		return out
	}
	return nil
}

// StorageByName finds StorageClasses by their names; of one name the first counts.
func StorageByName(all []StorageClass) map[string]StorageClass {
	out := make(map[string]StorageClass, len(all))
	for _, x := range all {
		if _, known := out[x.Name]; !known {
			out[x.Name] = x
		}
	}
	return out
}

// documents parses a stream as far as it is YAML without aliases, which an attacker could make endless, and no larger than an object
// may be.
func documents(text string) []*yaml.Node {
	var out []*yaml.Node
	if !codec.IsSmall(text) {
		return nil // no API server takes that much
	}
	for d := yaml.NewDecoder(strings.NewReader(text)); ; {
		var n yaml.Node
		if d.Decode(&n) != nil {
			return out
		}
		if len(n.Content) == 1 && !tree.HasAliases(&n) {
			out = append(out, n.Content[0])
		}
	}
}

// RefuseImmutableStorage reports StorageClasses, in two objects that are or carry some, that change in a field that the API
// server refuses to change: only a new name brings another value. One that its deployer may delete and create again is fine.
func RefuseImmutableStorage(diags *diag.List, at diag.Ref, old, updated *yaml.Node) {
	after := StorageByName(StorageClasses(updated))
	for _, was := range StorageClasses(old) {
		is, stays := after[was.Name]
		if !stays || is.Key == "" && mayBeRecreated(is.Node) {
			continue
		}
		for _, field := range []string{"provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"} {
			if !tree.Equal(tree.Get(was.Node, field), tree.Get(is.Node, field)) {
				diags.Errorf(diag.StorageClassImmutable, diag.At(at, ""), "changes %s of StorageClass %s, which the API server refuses", field, was.Name).
					WithHint("give the class a new name (storage.class); volumes keep the class they were made with")
			}
		}
	}
}

// mayBeRecreated tells whether an object allows Flux or Argo CD to delete it and create it again where it cannot be changed
// (https://fluxcd.io/flux/components/kustomize/kustomizations/#force,
// https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#force-sync).
func mayBeRecreated(node *yaml.Node) bool {
	annotations := tree.Strings(node, "metadata", "annotations")
	if strings.EqualFold(annotations["kustomize.toolkit.fluxcd.io/force"], "enabled") {
		return true
	}
	options := strings.Split(strings.ReplaceAll(annotations["argocd.argoproj.io/sync-options"], " ", ""), ",")
	return slices.Contains(options, "Force=true") && slices.Contains(options, "Replace=true")
}
