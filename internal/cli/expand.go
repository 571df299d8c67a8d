// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn"
	"github.com/vspread/vspread/internal/source"
)

// expand runs the function over what was read, but for copies in the output of `vspread render -o`; what could not be read is
// reported next to what else is wrong.
func expand(m *source.Manifests) fn.Outcome { return expandWith(m, fn.Transform) }

// transformer is a form of the function: Transform, or Render for output that is only written.
type transformer func(items []*yaml.RNode, config *yaml.RNode) fn.Outcome

func expandWith(m *source.Manifests, transform transformer) fn.Outcome {
	m.Items = source.WithoutCopies(m.Items)
	out := transform(m.Items, nil)
	if m.Diags.HasErrors() {
		out.Diags = out.Diags.WithoutConsequences()
	}
	out.Diags = append(append(m.Diags, m.Unread()...), out.Diags...)
	m.Locate(out.Diags)
	return out
}
