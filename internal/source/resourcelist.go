// SPDX-License-Identifier: Apache-2.0

package source

import (
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// opened gives the documents of a file with the items of ResourceLists in the place of the lists, as KRM functions write
// them. A functionConfig is no object: what it asks for happens when a function runs.
func (r *reader) opened(documents []*yaml.RNode, file string) []*yaml.RNode {
	var out []*yaml.RNode
	for _, n := range documents {
		o := object.New(n.YNode(), 0)
		if o.Ref.Kind != kio.ResourceListKind || o.Group() != "config.kubernetes.io" || r.strict {
			// What is to be written to is left as it is.
			out = append(out, n)
			continue
		}
		at := diag.At(diag.Ref{Kind: o.Ref.Kind, File: file}, "")
		if config := tree.Get(n.YNode(), "functionConfig"); config != nil {
			c := object.New(config, 0)
			if c.Group() == v1alpha1.Group || c.IsInventory() {
				c.Ref.File = file
				r.put(file, config)
				r.configs = append(r.configs, c.Ref)
			}
		}
		if items := tree.Get(n.YNode(), "items"); items != nil && items.Kind != yaml.SequenceNode {
			r.Diags.Errorf(diag.InvalidYAML, at.Dot("items"), "is not what a ResourceList has there").WithHint("items is a list of objects")
		}
		for i, item := range tree.List(n.YNode(), "items") {
			if item.Kind == yaml.AliasNode {
				item = tree.Clone(item.Alias) // two items are written side by side
			}
			if item.Kind != yaml.MappingNode {
				r.Diags.Errorf(diag.InvalidYAML, at.Dot("items").Index(i), "is no object")
				continue
			}
			out = append(out, yaml.NewRNode(item))
		}
	}
	return out
}

// Unread reports functionConfigs that nothing here reads.
func (m *Manifests) Unread() diag.List {
	var diags diag.List
	for _, ref := range m.configs {
		diags.Warnf(diag.FunctionConfigUnread, diag.At(ref, ""), "is the functionConfig of a ResourceList, which is not read here").
			WithHint("let `vspread fn` expand the list first, or put it into a file of its own")
	}
	return diags
}
