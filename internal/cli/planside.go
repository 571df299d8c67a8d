// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
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
	// looksUp tells that the paths that the user gave are looked up in it.
	looksUp bool
}

// workTreeName is what the work tree is called in reports.
const workTreeName = "working tree"

// isPath tells whether a side is read from disk or stdin. What is a revision as well has to be written so that it is one of
// the two; outside of a work tree, where git keeps its own files, it is the revision.
func isPath(c *cobra.Command, flag, value string) (bool, error) {
	if value == "" || value == "-" {
		return value == "-", nil
	}
	if _, err := os.Stat(value); err != nil {
		return false, nil
	}
	if _, err := resolve(value); err != nil {
		return true, nil
	}
	if _, inWorkTree := inRepository(); !inWorkTree {
		return false, nil
	}
	return false, usagef(c, "--%s: %q is on disk and a revision as well; write ./%s or %s", flag, value, value, unmistakable(value))
}

// openSide reads a side.
func openSide(s Streams, value string, onDisk bool, otherwise string, paths []string) (*planSide, error) {
	side := &planSide{source: source{stdin: s}}
	switch {
	case value == "" && otherwise == workTreeName:
		side.name.Name = workTreeName
		switch is, inWorkTree := inRepository(); {
		case inWorkTree:
			side.looksUp = true
			return side, side.workTree(paths)
		case is:
			return nil, errors.New("this git repository has no working tree here; say what to compare with --from and --to")
		}
		return side, side.read(paths) // which wants every path to exist
	case value == "-":
		side.name.Name, side.label = "stdin", ""
		return side, side.read([]string{value})
	case onDisk:
		side.name.Name = filepath.ToSlash(filepath.Clean(value))
		err := side.read([]string{value})
		if info, err := os.Stat(value); err == nil && info.IsDir() && side.name.Name != "." {
			side.label = side.name.Name + "/"
		} else if dir := path.Dir(side.name.Name); dir != "." {
			side.label = dir + "/"
		}
		return side, err
	}
	side.name.Name = cmp.Or(value, otherwise)
	commit, err := resolve(side.name.Name)
	if side.name.Name == commit {
		side.name.Name = commit[:12]
	}
	side.label = side.name.Name + ":"
	switch {
	case err == nil:
	case value == "":
		return nil, fmt.Errorf("there is no commit to compare with (%w); say what to compare with --from and --to", err)
	case !errors.Is(err, errNoRevision):
		return nil, fmt.Errorf("%q is no file, no directory and no revision (%w)", value, err)
	case isShallow():
		return nil, fmt.Errorf("%q is no file, no directory and no revision that this shallow clone has; "+
			"fetch more of the history first, with `git fetch --unshallow` or, in a pipeline, fetch-depth: 0", value)
	default:
		return nil, fmt.Errorf("%q is no file, no directory and no revision", value)
	}
	side.name.Revision, side.looksUp = commit, true
	return side, side.revision(commit, paths)
}

// unmatched reports the paths that lead to nothing in every side that they are looked up in: a path that is misspelt must not
// look like one below which nothing changes.
func unmatched(paths []string, sides ...*planSide) diag.List {
	var diags diag.List
	var names []string
	sides = slices.DeleteFunc(sides, func(s *planSide) bool { return !s.looksUp })
	for _, s := range sides {
		names = append(names, s.name.Name)
	}
	for _, p := range paths {
		if slices.ContainsFunc(sides, func(s *planSide) bool { return !slices.Contains(s.empty, p) }) || len(sides) == 0 {
			continue
		}
		diags.Errorf(diag.EmptySide, diag.Where{}, "there are no manifests below %s in %s", p, strings.Join(slices.Compact(names), ", nor in ")).
			WithHint("check the path; it is looked up from the current directory")
	}
	return diags
}

// isSaidOf tells whether the same is said of the same file of another side.
func (s *planSide) isSaidOf(other *planSide, d *diag.Diagnostic, diags diag.List) bool {
	file := strings.TrimPrefix(d.Object.File, s.label)
	return slices.ContainsFunc(diags, func(x *diag.Diagnostic) bool {
		return x.Code == d.Code && x.Message == d.Message && strings.TrimPrefix(x.Object.File, other.label) == file
	})
}

// render gives the manifests of the side, rendered when there is a ClusterSpread. With errors they must not be
// used; they say which side they are about.
func (s *planSide) render() (rollout.Side, diag.List) {
	out := rollout.Side{Inventories: map[object.Key]*inventory.Inventory{}}
	var diags diag.List
	if slices.ContainsFunc(s.items, func(n *yaml.RNode) bool { return object.New(n.YNode(), 0).Group() == v1alpha1.Group }) {
		result := s.transform()
		diags = result.Diags
		s.items = result.Items
		if result.Inventories != nil {
			out.Inventories = result.Inventories
		}
	} else {
		s.items, diags = withoutEqual(s.items), s.diags
		if !slices.ContainsFunc(s.items, isOwned) {
			diags.Append(s.unread()...) // otherwise it has been
		}
	}
	diags.Append(s.kustomizations()...)
	if inv, more := s.onlyInventory(); inv != nil {
		out.Inventories[object.Key{}] = inv
	} else {
		diags.Append(more...)
	}
	objects, hidden, more := applied(s.items)
	diags.Append(more...)
	out.Objects, out.Hidden = object.NewSet(objects), object.NewSet(hidden)
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

// applied gives the objects that would be applied, and those that are applied nowhere.
func applied(items []*yaml.RNode) (out, hidden []*object.Object, diags diag.List) {
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
		switch o := object.New(node, len(out)); {
		case o.Group() == v1alpha1.Group:
		case o.IsLocalConfig():
			hidden = append(hidden, o)
		default:
			out = append(out, o)
		}
	}
	return out, hidden, diags
}
