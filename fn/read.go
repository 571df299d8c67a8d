// SPDX-License-Identifier: Apache-2.0

package fn

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// ResourceList is what a KRM function reads and writes.
type ResourceList struct {
	Items []*yaml.RNode
	// Added and Last follow the items, as in Outcome.
	Added []*object.Sealed
	Last  []*yaml.RNode
	// FunctionConfig may be nil.
	FunctionConfig *yaml.RNode
	Results        []Result
}

// ReadResourceList reads a ResourceList. Unlike the SDK's reader it keeps the order of items, and
// takes a missing or empty list of them. Results are not read.
func ReadResourceList(in []byte) (*ResourceList, diag.List) {
	var diags diag.List
	var budget codec.Budget
	if !budget.Bytes(len(in)) || !budget.Text(string(in)) {
		codec.TooLarge(&diags, "")
		return nil, diags
	}
	var doc yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(in))
	if err := decoder.Decode(&doc); err != nil {
		message := "the input is empty"
		if !errors.Is(err, io.EOF) {
			m := codec.FindMistake(string(in), err)
			message = fmt.Sprintf("line %d, column %d of the input is not YAML: %s", m.Line, m.Column, m.Message)
		}
		diags.Errorf(diag.InvalidYAML, diag.Where{}, "%s", message).
			WithHint("a KRM function reads a ResourceList from its standard input; for files there is `vspread render`")
		return nil, diags
	}
	if err := budget.Document(&doc); err != nil {
		diags.Errorf(diag.InputTooLarge, diag.Where{}, "%s", err).WithHint("render one cluster at a time")
		return nil, diags
	}
	root := doc.Content[0]
	if config := tree.Get(root, "functionConfig"); config != nil && tree.HasAliases(config) {
		// It is written behind the items, which may refer to its anchors.
		expanded, err := tree.Expanded(root)
		if err != nil {
			diags.Errorf(diag.TooManyAliases, diag.At(object.New(config, 0).Ref, ""), "%s", err).WithHint("write the values out")
			return nil, diags
		}
		root = expanded
	}
	if kind := tree.String(root, "kind"); kind != kio.ResourceListKind {
		diags.Errorf(diag.InvalidYAML, diag.Where{}, "the input is no ResourceList but kind %q", kind).
			WithHint("a KRM function reads a ResourceList from its standard input; for files there is `vspread render`")
		return nil, diags
	}
	rl := &ResourceList{}
	for field, kind := range map[string]yaml.Kind{"items": yaml.SequenceNode, "functionConfig": yaml.MappingNode} {
		if n := tree.Get(root, field); n != nil && n.Kind != kind {
			diags.Errorf(diag.InvalidYAML, diag.At(diag.Ref{}, field), "is not what a ResourceList has there").
				WithHint("items is a list of objects, functionConfig one object")
		}
	}
	for i, item := range tree.List(root, "items") {
		if item.Kind == yaml.AliasNode {
			item = tree.Clone(item.Alias) // two items are written side by side
		}
		if item.Kind != yaml.MappingNode {
			diags.Errorf(diag.InvalidYAML, diag.At(diag.Ref{}, "items").Index(i), "is no object")
			continue
		}
		rl.Items = append(rl.Items, yaml.NewRNode(item))
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		diags.Errorf(diag.InvalidYAML, diag.Where{}, "the input has more than one YAML document").WithHint("a ResourceList is one")
	}
	if config := tree.Get(root, "functionConfig"); config != nil && config.Kind == yaml.MappingNode {
		rl.FunctionConfig = yaml.NewRNode(config)
	}
	return rl, diags
}

// read takes the items apart, and gives those that are passed on.
func read(items []*yaml.RNode, lists lists) ([]*yaml.RNode, []*object.Object, diag.List) {
	var diags diag.List
	out := slices.Clone(items)
	objects := make([]*object.Object, 0, len(items))
	for i, item := range items {
		var in object.Place
		in.Name, in.Place = lists.file(i)
		o, pass, ok := object.Open(item.YNode(), i, in, &diags)
		if !ok {
			continue
		}
		if pass != item.YNode() {
			out[i] = yaml.NewRNode(pass)
		}
		objects = append(objects, o)
	}
	return out, objects, diags
}
