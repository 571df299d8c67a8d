// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/render"
	"github.com/vspread/vspread/internal/tree"
)

// intoDirectory renders into files. What vspread wrote there before is the earlier output; what the
// user put there is left alone, also in files that are shared with ours.
func (o renderOptions) intoDirectory(s Streams, input source) error {
	earlier := source{stdin: s}
	if _, err := os.Stat(o.output); err == nil {
		if err := earlier.read([]string{o.output}); err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// Earlier output counts only where it is written to.
	input.items = slices.DeleteFunc(input.items, isOwned)
	for _, n := range earlier.items {
		if isOwned(n) {
			input.items = append(input.items, n)
		}
	}
	input.diags.Append(earlier.diags...)
	out := input.transform()
	wanted, diags := o.wanted(out.Items)
	files, more := o.arrange(wanted, out.Items, earlier.items)
	if !out.Diags.HasErrors() {
		out.Diags.Append(diags...)
		out.Diags.Append(more...)
	}
	if err := report(s, out.Diags); err != nil {
		return err
	}
	changes, err := o.write(files, keys(out.Items), earlier.items)
	if err != nil {
		return err
	}
	if err := render.Pools(s.Out, rows(out.Pools)); err != nil {
		return err
	}
	return render.Files(s.Out, o.output, changes)
}

func isOwned(n *yaml.RNode) bool { return object.New(n.YNode(), 0).Owner() != "" }

// arrange sorts objects into files: what is wanted, and what else the directory has already. That is
// the user's own objects, objects of the input that the user moved to another file, and what --only
// leaves out this time.
func (o renderOptions) arrange(wanted, all, earlier []*yaml.RNode) (map[string][]*yaml.RNode, diag.List) {
	var diags diag.List
	output := map[object.Key]*object.Object{}
	for _, n := range all {
		x := object.New(n.YNode(), 0)
		output[x.Key()] = x
	}
	moved := map[object.Key]string{}
	var others []*yaml.RNode
	for _, n := range earlier {
		x := object.New(n.YNode(), 0)
		same := output[x.Key()]
		if same != nil && same.IsLocalConfig() {
			same = nil // no longer applied
		}
		switch {
		case same == nil && x.Owner() == "":
			others = append(others, n)
			if !x.IsLocalConfig() {
				x.Ref.File = filepath.ToSlash(filepath.Join(o.output, x.Ref.File))
				diags.Warnf(diag.NotInInput, diag.At(x.Ref, ""), "is in %s and not in the input; it stays", o.output).
					WithHint("delete it there if it is a leftover")
			}
		case same == nil:
			// Ours, and no longer wanted.
			if n := tree.String(x.Node, "spec", "replicas"); x.Ref.Kind == "MachineDeployment" && n != "0" {
				x.Ref.File = filepath.ToSlash(filepath.Join(o.output, x.Ref.File))
				diags.Warnf(diag.PoolRemoved, diag.At(x.Ref, ""), "is removed with %s machines: nothing asks for this pool any more", n).
					WithHint("to move its machines first, keep it and set state: gone in the inventory or drain: true in an override")
			}
		case x.Owner() == "" && same.Owner() != "":
			diags.Errorf(diag.ObjectInTheWay, diag.At(x.Ref, "metadata.name"), "is the name of an object that vspread would write for %s", same.Owner()).
				WithHint("rename or delete it in %s, or choose another name in the ClusterSpread", o.output)
		default:
			moved[x.Key()] = x.Ref.File
			others = append(others, n) // replaced below when it is wanted
		}
	}
	files := map[string][]*yaml.RNode{}
	written := map[object.Key]bool{}
	for _, n := range wanted {
		x := object.New(n.YNode(), 0)
		file := cmp.Or(moved[x.Key()], x.Ref.File, "stdin.yaml")
		if !filepath.IsLocal(filepath.FromSlash(file)) {
			diags.Errorf(diag.InvalidValue, diag.At(x.Ref, "metadata.annotations"), "places the object outside of %s", o.output)
			continue
		}
		written[x.Key()] = true
		files[file] = append(files[file], n)
	}
	for _, n := range others {
		x := object.New(n.YNode(), 0)
		if !written[x.Key()] && files[x.Ref.File] != nil {
			files[x.Ref.File] = append(files[x.Ref.File], n)
		}
	}
	for _, list := range files {
		slices.SortStableFunc(list, func(a, b *yaml.RNode) int { return cmp.Compare(index(a), index(b)) })
	}
	return files, diags
}

func keys(items []*yaml.RNode) map[object.Key]bool {
	out := map[object.Key]bool{}
	for _, n := range items {
		out[object.New(n.YNode(), 0).Key()] = true
	}
	return out
}

func index(n *yaml.RNode) int {
	i, _ := strconv.Atoi(n.GetAnnotations()[kioutil.IndexAnnotation])
	return i
}

// write brings the files to disk: every content is made before the first file is touched, and each is
// replaced whole. A file goes when all it holds is ours and no longer wanted.
func (o renderOptions) write(files map[string][]*yaml.RNode, wanted map[object.Key]bool, earlier []*yaml.RNode) ([]render.FileChange, error) {
	var changes []render.FileChange
	contents := map[string][]byte{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		content := document(files[name])
		old, err := os.ReadFile(filepath.Join(o.output, filepath.FromSlash(name)))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			changes = append(changes, render.FileChange{Name: name, Action: render.Created})
		case err != nil:
			return nil, err
		case bytes.Equal(old, content):
			changes = append(changes, render.FileChange{Name: name, Action: render.Unchanged})
			continue
		default:
			changes = append(changes, render.FileChange{Name: name, Action: render.Changed})
		}
		contents[name] = content
	}
	useless := map[string]bool{}
	for _, n := range earlier {
		x := object.New(n.YNode(), 0)
		if files[x.Ref.File] == nil {
			before, seen := useless[x.Ref.File]
			useless[x.Ref.File] = x.Owner() != "" && !wanted[x.Key()] && (before || !seen)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(contents)) {
		if err := replaceFile(filepath.Join(o.output, filepath.FromSlash(name)), contents[name]); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(useless)) {
		if !useless[name] {
			continue
		}
		if err := os.Remove(filepath.Join(o.output, filepath.FromSlash(name))); err != nil {
			return nil, err
		}
		changes = append(changes, render.FileChange{Name: name, Action: render.Removed})
	}
	return changes, nil
}

// replaceFile writes a file beside and renames it, so that a reader sees the old or the new one whole.
func replaceFile(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".vspread-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
