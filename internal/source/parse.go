// SPDX-License-Identifier: Apache-2.0

package source

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// pointer is what Git LFS keeps in place of a file, and mostOfPointer the most bytes that it has, by its specification.
var pointer = regexp.MustCompile(`\Aversion https://git-lfs\.github\.com/spec/\S+\r?\n(ext-\S+ \S+\r?\n)*oid sha256:[0-9a-f]{64}\r?\nsize \d+\r?\n?\z`)

const mostOfPointer = 1024

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
	if len(in) <= mostOfPointer && pointer.Match(in) {
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
	where := object.Place{Name: name, Place: place}
	var whole []*yaml.RNode
	for _, n := range nodes {
		node, ok := object.OpenList(n.YNode(), where, &r.Diags)
		if !ok {
			r.put(name, n.YNode())
			continue
		}
		whole = append(whole, yaml.NewRNode(node))
	}
	opened := r.opened(whole, name)
	r.refuseOddLists(opened, name)
	for i, n := range object.WithoutLists(opened) {
		r.put(name, n.YNode())
		if object.IsNone(n.YNode()) {
			r.isForeign(place)
			continue
		}
		o, pass, ok := object.Open(n.YNode(), 0, where, &r.Diags)
		if !ok {
			continue
		}
		r.putStep(place, o.Node)
		if strings.EqualFold(o.Ref.Kind, v1alpha1.ClusterSpreadKind) && o.Ref.APIVersion == "" {
			r.Diags.Errorf(diag.NoSpread, diag.At(o.Ref, "apiVersion"), "is missing").
				WithHint("write apiVersion: %s", v1alpha1.APIVersion)
			continue
		}
		if n = yaml.NewRNode(pass); o.Ref.APIVersion == "" || o.Ref.Kind == "" || isBuildFile(n) {
			r.isForeign(place)
			continue
		}
		if o.IsInventory() {
			r.putText(name, in)
		}
		if anchored(pass) {
			if o.Node == pass {
				r.Diags.Errorf(diag.TooManyAliases, diag.At(o.Ref, ""), "%s", tree.ErrTooLarge).WithHint("write the values out")
				continue
			}
			n = yaml.NewRNode(o.Node) // notes must not be written through an anchor
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

// isForeign remembers a file with something that is no object.
func (r *reader) isForeign(place string) {
	if r.Foreign == nil {
		r.Foreign = map[string]bool{}
	}
	r.Foreign[place] = true
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
