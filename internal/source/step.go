// SPDX-License-Identifier: Apache-2.0

package source

import (
	"cmp"
	"path"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// function is the annotation by which kustomize knows how to run a function. Without it a ClusterSpread is for the exec plugin, which
// fails when it is missing and needs no guard.
const function = "config.kubernetes.io/function"

// step is what an object does in a kustomization that lists it under transformers.
type step struct {
	kind stepKind
	// name is what the object is called in messages: its file, or itself where it is written into the kustomization.
	name, file string
	// at is where it is listed.
	at diag.Position
}

type stepKind int

const (
	harmlessStep stepKind = iota
	runStep               // a ClusterSpread that is run, or fails
	skippedStep           // one that kustomize skips without --enable-exec
	guardStep             // what fails then
	unknownStep           // what cannot be seen from here
)

// stepOf tells what an object does as a transformer.
func stepOf(node *yaml.Node, file string) step {
	o := object.New(node, 0)
	s := step{name: cmp.Or(file, o.Ref.String()), file: file}
	var how yaml.Node
	isExec := codec.IsSmall(o.Annotation(function)) && yaml.Unmarshal([]byte(o.Annotation(function)), &how) == nil && tree.Get(&how, "exec") != nil
	switch {
	case isExec && (o.IsSpread() || path.Base(tree.String(&how, "exec", "path")) == "vspread"):
		s.kind = skippedStep
	case o.IsSpread():
		s.kind = runStep
	case o.Ref.APIVersion == "builtin" && o.Ref.Kind == "ReplacementTransformer":
		for _, r := range tree.List(node, "replacements") {
			if tree.String(r, "source", "name") == object.GuardName {
				s.kind = guardStep
			}
		}
	}
	return s
}
