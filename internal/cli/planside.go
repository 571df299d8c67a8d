// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"cmp"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/rollout"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/render"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// planSide is one side of a comparison: files of a revision, of the work tree, or given by name.
type planSide struct {
	source
	name render.PlanSide
}

// workTreeName is what the work tree is called in reports.
const workTreeName = "working tree"

// openSide reads a side. A value that exists on disk is a path, also when a revision has the same name.
func openSide(s Streams, value, otherwise string, paths []string) (*planSide, error) {
	side := &planSide{source: source{stdin: s}}
	_, statErr := os.Stat(value)
	switch {
	case value == "" && otherwise == workTreeName:
		side.name.Name = workTreeName
		if isInWorkTree() {
			return side, side.workTree(paths)
		}
		return side, side.read(paths)
	case value == "-":
		side.name.Name, side.label = "stdin", ""
		return side, side.read([]string{value})
	case value != "" && statErr == nil:
		side.name.Name = filepath.ToSlash(filepath.Clean(value))
		if info, err := os.Stat(value); err == nil && info.IsDir() && side.name.Name != "." {
			side.label = side.name.Name + "/"
		} else if dir := path.Dir(side.name.Name); dir != "." {
			side.label = dir + "/"
		}
		return side, side.read([]string{value})
	}
	side.name.Name = cmp.Or(value, otherwise)
	side.label = side.name.Name + ":"
	commit, err := resolve(side.name.Name)
	if err != nil {
		if value == "" {
			return nil, fmt.Errorf("there is no commit to compare with (%w); say what to compare with --from and --to", err)
		}
		return nil, fmt.Errorf("%q is no file, no directory and no revision (%w)", value, err)
	}
	side.name.Revision = commit
	return side, side.revision(commit, paths)
}

// render gives the manifests of the side, rendered when there is a ClusterSpread. With errors they must not be
// used; they say which side they are about.
func (s *planSide) render() (rollout.Side, diag.List) {
	out := rollout.Side{Inventories: map[object.Key]*inventory.Inventory{}}
	var diags diag.List
	if slices.ContainsFunc(s.items, isClusterSpread) {
		s.items = withoutCopies(s.items)
		result := s.transform()
		diags = result.Diags
		s.items = result.Items
		if result.Inventories != nil {
			out.Inventories = result.Inventories
		}
	} else {
		diags = s.diags
	}
	diags.Append(s.kustomizations()...)
	if inv, more := s.onlyInventory(); inv != nil {
		out.Inventories[object.Key{}] = inv
	} else {
		diags.Append(more...)
	}
	objects, more := applied(s.items)
	diags.Append(more...)
	out.Objects = object.NewSet(objects)
	for _, d := range diags {
		if d.Object.File == "" {
			d.Object.File = strings.TrimSuffix(cmp.Or(s.label, s.name.Name), ":")
		}
	}
	return out, diags
}

func isClusterSpread(n *yaml.RNode) bool {
	x := object.New(n.YNode(), 0)
	return x.Group() == v1alpha1.Group && x.Ref.Kind == v1alpha1.ClusterSpreadKind
}

// onlyInventory gives the inventory of the side when there is one and not more. Those that a ClusterSpread uses
// have been judged.
func (s *planSide) onlyInventory() (*inventory.Inventory, diag.List) {
	var found []*yaml.RNode
	for _, n := range s.items {
		if isInventoryConfig(n) {
			found = append(found, n)
		}
	}
	if len(found) != 1 {
		return nil, nil
	}
	at := diag.At(object.New(found[0].YNode(), 0).Ref, "")
	text, diags := inventory.Text(tree.Strings(found[0].YNode(), "data"), at)
	if diags.HasErrors() {
		return nil, diags
	}
	inv, diags := inventory.Parse(text, at)
	if diags.HasErrors() {
		return nil, diags
	}
	return &inv, nil
}

// applied gives the objects that would be applied.
func applied(items []*yaml.RNode) ([]*object.Object, diag.List) {
	var diags diag.List
	var out []*object.Object
	for _, n := range items {
		node := n.YNode()
		if tree.HasAliases(node) {
			expanded, err := tree.Expanded(node)
			if err != nil {
				diags.Errorf(diag.TooManyAliases, diag.At(object.New(node, 0).Ref, ""), "%s", err).WithHint("write the values out")
				continue
			}
			node = expanded
		}
		if o := object.New(node, len(out)); !o.IsLocalConfig() && o.Group() != v1alpha1.Group {
			out = append(out, o)
		}
	}
	return out, diags
}

// withoutCopies leaves out what `vspread render -o` copied: in a directory with output of ours and without a
// ClusterSpread, an object that also stands outside of it. Of our own objects one stays as earlier output.
func withoutCopies(items []*yaml.RNode) []*yaml.RNode {
	hasOurs, hasSpread := map[string]bool{}, map[string]bool{}
	objects := make([]*object.Object, len(items))
	byKey := map[object.Key][]int{}
	for i, n := range items {
		objects[i] = object.New(n.YNode(), i)
		byKey[objects[i].Key()] = append(byKey[objects[i].Key()], i)
		for dir := range directories(objects[i].Ref.File) {
			hasOurs[dir] = hasOurs[dir] || objects[i].Owner() != ""
			hasSpread[dir] = hasSpread[dir] || isClusterSpread(n)
		}
	}
	isOutput := func(o *object.Object) bool {
		for dir := range directories(o.Ref.File) {
			if hasOurs[dir] && !hasSpread[dir] {
				return true
			}
		}
		return false
	}
	drop := map[int]bool{}
	for _, same := range byKey {
		if len(same) < 2 {
			continue
		}
		var originals, copies []int
		for _, i := range same {
			if isOutput(objects[i]) || objects[i].Owner() != "" {
				copies = append(copies, i)
			} else {
				originals = append(originals, i)
			}
		}
		if len(originals) == 0 && allOurs(objects, copies) {
			copies = copies[1:] // they were written from the same input
		} else if len(originals) != 1 {
			continue // reported as standing twice
		}
		for _, i := range copies {
			drop[i] = objects[i].Owner() == "" || len(originals) == 0
		}
	}
	var out []*yaml.RNode
	for i, n := range items {
		if !drop[i] {
			out = append(out, n)
		}
	}
	return out
}

func allOurs(objects []*object.Object, of []int) bool {
	return !slices.ContainsFunc(of, func(i int) bool { return objects[i].Owner() == "" })
}

// directories gives the directories that a file is in, the nearest first.
func directories(file string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		if file == "" {
			return
		}
		for dir := path.Dir(file); yield(dir) && dir != "." && dir != "/"; {
			dir = path.Dir(dir)
		}
	}
}

// harmless are the fields of a kustomization that change no object, or only pass objects on.
var harmless = []string{"apiVersion", "kind", "metadata", "resources", "configurations", "sortOptions", "buildMetadata", "openapi", "transformers"}

// kustomizations warns of those that do more than list resources: what they do is not in the plan.
func (s *planSide) kustomizations() diag.List {
	var diags diag.List
	for _, b := range s.builds {
		var doc yaml.Node
		if yaml.Unmarshal(b.content, &doc) != nil || len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
			continue // reported as no YAML
		}
		root := doc.Content[0]
		var does []string
		for i := 0; i+1 < len(root.Content); i += 2 {
			if key := root.Content[i].Value; !slices.Contains(harmless, key) {
				does = append(does, key)
			}
		}
		for _, list := range []string{"resources", "transformers"} {
			for _, entry := range tree.List(root, list) {
				if strings.HasPrefix(entry.Value, "..") || strings.Contains(entry.Value, "://") || strings.Contains(entry.Value, "\n") || strings.HasPrefix(entry.Value, "github.com/") {
					line, _, _ := strings.Cut(entry.Value, "\n")
					does = append(does, list+": "+line)
				}
			}
		}
		if len(does) > 0 {
			diags.Warnf(diag.KustomizationNotRun, diag.At(diag.Ref{File: b.name}, ""), "does more than list files (%s), and vspread does not run kustomize", diag.Choices(does)).
				WithHint("compare what comes out: `kustomize build` each side into a file, and `vspread plan --from FILE --to FILE`")
		}
	}
	return diags
}
