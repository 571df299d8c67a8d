// SPDX-License-Identifier: Apache-2.0

package object

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

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

// documents parses a stream as far as it is YAML without aliases, which an attacker could make endless.
func documents(text string) []*yaml.Node {
	var out []*yaml.Node
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

// StorageField is a field of a StorageClass.
type StorageField struct{ Class, Field string }

// ImmutableStorage lists the fields of StorageClasses, in two objects that are or carry some, that differ and that the API
// server refuses to change: only a new name brings another value.
func ImmutableStorage(old, updated *yaml.Node) []StorageField {
	var out []StorageField
	after := StorageByName(StorageClasses(updated))
	for _, was := range StorageClasses(old) {
		is, stays := after[was.Name]
		if !stays {
			continue
		}
		for _, field := range []string{"provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"} {
			if !tree.Equal(tree.Get(was.Node, field), tree.Get(is.Node, field)) {
				out = append(out, StorageField{was.Name, field})
			}
		}
	}
	return out
}
