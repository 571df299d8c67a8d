// SPDX-License-Identifier: Apache-2.0

package source

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// add parses one file, by what the user would call it and its place. What is no Kubernetes object (values, patches) is left out.
func (r *reader) add(in []byte, name, place string) {
	if !r.budget.IsLeft() {
		return // it has been reported
	}
	if name != "" {
		name = r.label + name
	}
	if !r.budget.Bytes(len(in)) {
		codec.TooLarge(&r.Diags, name)
		return
	}
	if base := path.Base(place); base == "kustomization.yaml" || base == "kustomization.yml" {
		r.builds = append(r.builds, buildFile{name, place, bytes.Clone(in)}) // of what git wrote it may be a small part
	}
	at := diag.At(diag.Ref{File: name}, "")
	if bytes.HasPrefix(in, []byte("version https://git-lfs.github.com/spec/")) {
		if path.Ext(place) != ".json" { // dashboards and the like
			r.Diags.Warnf(diag.InvalidYAML, at, "is a pointer of Git LFS, so what is in the file is not seen").
				WithHint("keep manifests out of LFS, for `vspread plan` reads what git itself has; for the rest there is `git lfs pull`, in a pipeline `lfs: true` of actions/checkout")
		}
		return
	}
	nodes, mistake := documents(in, &r.budget)
	if mistake != nil {
		r.Diags.Append(notYAML(in, at, mistake))
		return
	}
	for _, n := range nodes {
		if isList(n) {
			r.put(name, n.YNode())
		}
	}
	indent := yaml.DeriveSeqIndentStyle(string(in))
	opened := r.opened(nodes, name)
	r.refuseOddLists(opened, name)
	for i, n := range object.WithoutLists(opened) {
		r.put(name, n.YNode())
		r.putStep(place, n.YNode())
		o := object.New(n.YNode(), 0)
		o.Ref.File = name
		if strings.EqualFold(o.Ref.Kind, v1alpha1.ClusterSpreadKind) && o.Ref.APIVersion == "" {
			r.Diags.Errorf(diag.NoSpread, diag.At(o.Ref, "apiVersion"), "is missing").
				WithHint("write apiVersion: %s", v1alpha1.APIVersion)
			continue
		}
		if n.GetApiVersion() == "" || n.GetKind() == "" || isBuildFile(n) {
			if r.Foreign == nil {
				r.Foreign = map[string]bool{}
			}
			r.Foreign[place] = true
			continue
		}
		if o.IsInventory() {
			r.putText(name, in)
		}
		if err := codec.Within(n.YNode()); err != nil {
			r.Diags.Errorf(diag.InputTooLarge, diag.At(o.Ref, ""), "%s", err).
				WithHint("no API server takes an object of that size; take it out")
			continue
		}
		if o.IsCompared() {
			if !o.MakeSound(&r.Diags) {
				continue
			}
			n = yaml.NewRNode(o.Node)
		}
		if anchored(n.YNode()) || tree.HasAliases(n.YNode()) && !tree.IsClosed(n.YNode()) {
			// Notes must not be written through an anchor, and an object is written without those next to it.
			expanded, err := tree.Expanded(n.YNode())
			if err != nil {
				r.Diags.Errorf(diag.TooManyAliases, diag.At(o.Ref, ""), "%s", err).
					WithHint("write the values out")
				continue
			}
			n = yaml.NewRNode(expanded)
		}
		if wrong := malformed(n.YNode()); wrong != "" {
			r.Diags.Errorf(diag.WrongType, diag.At(o.Ref, wrong), "must be a mapping")
			continue
		}
		// A stream's own notes on files are not followed, they could lead anywhere.
		object.Annotate(n.YNode(), object.Origin{Name: name, Place: place, Position: i, Indent: indent})
		r.Items = append(r.Items, n)
	}
}

// refuseOddLists reports Lists that cannot be opened.
func (r *reader) refuseOddLists(items []*yaml.RNode, file string) {
	diags := object.RefuseOddLists(items)
	for _, d := range diags {
		d.Object.File = file
	}
	r.Diags.Append(diags...)
}

// isList tells whether an object may be opened, so that what is said of it is not said of an object.
func isList(n *yaml.RNode) bool { return strings.HasSuffix(n.GetKind(), "List") }

// malformed gives the field that is in the way of an object's notes, if one is.
func malformed(node *yaml.Node) string {
	for _, path := range [][]string{{"metadata"}, {"metadata", "annotations"}} {
		if m := tree.Get(node, path...); m != nil && m.Kind != yaml.MappingNode {
			return strings.Join(path, ".")
		}
	}
	return ""
}

// anchored tells whether the place of an object's notes is one that its other parts may share.
func anchored(n *yaml.Node) bool {
	for _, key := range []string{"metadata", "annotations"} {
		i := slices.IndexFunc(n.Content, func(c *yaml.Node) bool { return c.Value == key })
		if i < 0 || i+1 >= len(n.Content) {
			return slices.ContainsFunc(n.Content, tree.IsMerge)
		}
		if n = n.Content[i+1]; n.Kind == yaml.AliasNode || n.Anchor != "" {
			return true
		}
	}
	return slices.ContainsFunc(n.Content, tree.IsMerge)
}

// isBuildFile recognises what steers kustomize and kpt and is no object of the package.
func isBuildFile(n *yaml.RNode) bool {
	group, _, _ := strings.Cut(n.GetApiVersion(), "/")
	return group == "kustomize.config.k8s.io" || group == "kpt.dev" || n.GetApiVersion() == "builtin"
}
