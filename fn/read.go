// SPDX-License-Identifier: Apache-2.0

package fn

import (
	"bytes"
	"errors"
	"io"
	"strings"

	sdk "github.com/kptdev/krm-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// MaxInput is the most bytes that are read; 100 clusters of 64 pools are a third of it.
const MaxInput = 64 << 20

// ReadResourceList reads a ResourceList. Unlike the SDK's reader it keeps the order of items, and
// takes a missing or empty list of them.
func ReadResourceList(in []byte) (*sdk.ResourceList, diag.List) {
	var diags diag.List
	if len(in) > MaxInput {
		TooLarge(&diags, "")
		return nil, diags
	}
	var doc yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(in))
	if err := decoder.Decode(&doc); err != nil {
		d := diags.Errorf(diag.InvalidYAML, diag.Where{}, "the input is not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
		if errors.Is(err, io.EOF) {
			d.Message = "the input is empty"
		}
		d.WithHint("a KRM function reads a ResourceList from its standard input; for files there is `vspread render`")
		return nil, diags
	}
	root := doc.Content[0]
	if kind := tree.String(root, "kind"); kind != kio.ResourceListKind {
		diags.Errorf(diag.InvalidYAML, diag.Where{}, "the input is no ResourceList but kind %q", kind).
			WithHint("a KRM function reads a ResourceList from its standard input; for files there is `vspread render`")
		return nil, diags
	}
	rl := &sdk.ResourceList{}
	for field, kind := range map[string]yaml.Kind{"items": yaml.SequenceNode, "functionConfig": yaml.MappingNode} {
		if n := tree.Get(root, field); n != nil && n.Kind != kind {
			diags.Errorf(diag.InvalidYAML, diag.At(diag.Ref{}, field), "is not what a ResourceList has there").
				WithHint("items is a list of objects, functionConfig one object")
		}
	}
	for i, item := range tree.List(root, "items") {
		if item.Kind == yaml.AliasNode {
			item = item.Alias
		}
		if item.Kind != yaml.MappingNode {
			diags.Errorf(diag.InvalidYAML, diag.At(diag.Ref{}, "items").Index(i), "is no object")
			continue
		}
		rl.Items = append(rl.Items, sdk.MoveToKubeObject(yaml.NewRNode(item)))
	}
	if config := tree.Get(root, "functionConfig"); config != nil && config.Kind == yaml.MappingNode {
		rl.FunctionConfig = sdk.MoveToKubeObject(yaml.NewRNode(config))
	}
	return rl, diags
}

// TooLarge reports an input beyond MaxInput.
func TooLarge(diags *diag.List, file string) {
	diags.Errorf(diag.InputTooLarge, diag.At(diag.Ref{File: file}, ""), "the input has more than %d MiB", MaxInput>>20).
		WithHint("render one cluster at a time")
}

// read takes the items apart. An object whose aliases unfold without bound is reported only when it is
// one that vspread must understand; others pass through as they are.
func read(items []*yaml.RNode) ([]*object.Object, diag.List) {
	var diags diag.List
	objects := make([]*object.Object, 0, len(items))
	for i, item := range items {
		node := item.YNode()
		if tree.HasAliases(node) {
			expanded, err := tree.Expanded(node)
			if err != nil {
				o := object.New(node, i)
				if concerns(o) {
					diags.Errorf(diag.TooManyAliases, diag.At(o.Ref, ""), "%s", err).WithHint("write the values out")
				}
				continue
			}
			node = expanded
		}
		o := object.New(node, i)
		if concerns(o) && malformed(o, &diags) {
			continue
		}
		objects = append(objects, o)
	}
	return objects, diags
}

// malformed reports metadata that is none, which every reader below relies on.
func malformed(o *object.Object, diags *diag.List) bool {
	for _, path := range [][]string{{"metadata"}, {"metadata", "labels"}, {"metadata", "annotations"}} {
		if n := tree.Get(o.Node, path...); n != nil && n.Kind != yaml.MappingNode {
			diags.Errorf(diag.WrongType, diag.At(o.Ref, strings.Join(path, ".")), "must be a mapping")
			return true
		}
	}
	return false
}

// concerns tells whether an object is of the kinds that an expansion reads.
func concerns(o *object.Object) bool {
	return o.Group() == object.CoreGroup || strings.HasSuffix(o.Group(), "."+object.CoreGroup) ||
		isInventory(o) || isSpread(o)
}
