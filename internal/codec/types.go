// SPDX-License-Identifier: Apache-2.0

package codec

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/diag"
)

// CheckTypes reports what in a node of the user's, at a place, the API server would refuse for the type of an object that out
// points to: a text where a number belongs, another value than an enumeration has, keys that stand twice. Unknown fields are
// not reported, since a newer version of the API may have them, nor is what variables are filled into later.
func CheckTypes(node *yaml.Node, at diag.Where, out any) diag.List {
	var diags diag.List
	for _, p := range DecodeApplied(withoutVariables(node), "", out) {
		if p.Code == diag.UnknownField {
			continue
		}
		here := at
		if p.Path != "" {
			here = at.Dot(p.Path)
		}
		diags.Errorf(p.Code, here, "%s", p.Message).Hint = p.Hint
	}
	return diags
}

// withoutVariables gives a node without the values that are still to be filled in.
func withoutVariables(node *yaml.Node) *yaml.Node {
	if node == nil {
		return nil
	}
	out := *node
	if out.Kind == yaml.ScalarNode && strings.Contains(out.Value, "${") {
		out.Tag, out.Value, out.Style = yaml.NodeTagNull, "null", 0
		return &out
	}
	out.Content = slices.Clone(node.Content)
	for i, c := range out.Content {
		out.Content[i] = withoutVariables(c)
	}
	return &out
}
