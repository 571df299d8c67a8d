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

	"github.com/vspread/vspread/fn"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/render"
)

// intoDirectory renders into files. What vspread wrote there before is the earlier output; what the
// user put there is left alone, also in files that are shared with ours.
func (o renderOptions) intoDirectory(s Streams, items []*yaml.RNode) error {
	earlier := source{stdin: s}
	if _, err := os.Stat(o.output); err == nil {
		if err := earlier.read([]string{o.output}); err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := report(s, earlier.diags); err != nil {
		return err
	}
	// Earlier output counts only where it is written to.
	items = slices.DeleteFunc(items, isOwned)
	var others []*yaml.RNode
	for _, n := range earlier.items {
		if isOwned(n) {
			items = append(items, n)
		} else {
			others = append(others, n)
		}
	}
	out := fn.Transform(items, nil)
	diags := out.Diags
	wanted, more := o.wanted(out.Items)
	diags.Append(more...)
	files, more := o.arrange(wanted, others)
	diags.Append(more...)
	if err := report(s, diags); err != nil {
		return err
	}
	changes, err := o.write(files, earlier.items)
	if err != nil {
		return err
	}
	return errors.Join(render.Pools(s.Out, rows(out.Pools)), render.Files(s.Out, o.output, changes))
}

func isOwned(n *yaml.RNode) bool { return object.New(n.YNode(), 0).Owner() != "" }

// arrange sorts objects into files. Others are the user's objects in the directory: they stay in files
// that are written, and one that the input once had is reported, because nothing removes it.
func (o renderOptions) arrange(wanted, others []*yaml.RNode) (map[string][]*yaml.RNode, diag.List) {
	var diags diag.List
	files := map[string][]*yaml.RNode{}
	written := map[object.Key]bool{}
	for _, n := range wanted {
		x := object.New(n.YNode(), 0)
		written[x.Key()] = true
		files[cmp.Or(x.Ref.File, "stdin.yaml")] = append(files[cmp.Or(x.Ref.File, "stdin.yaml")], n)
	}
	for _, n := range others {
		x := object.New(n.YNode(), 0)
		if written[x.Key()] {
			continue
		}
		if files[x.Ref.File] != nil {
			files[x.Ref.File] = append(files[x.Ref.File], n)
		}
		if !x.IsLocalConfig() {
			diags.Warnf(diag.NotInInput, diag.At(x.Ref, ""), "is in %s and not in the input; it stays", o.output).
				WithHint("delete it there if it is a leftover")
		}
	}
	for _, list := range files {
		slices.SortStableFunc(list, func(a, b *yaml.RNode) int { return cmp.Compare(index(a), index(b)) })
	}
	return files, diags
}

func index(n *yaml.RNode) int {
	i, _ := strconv.Atoi(n.GetAnnotations()[kioutil.IndexAnnotation])
	return i
}

// write brings the files to disk: every content is made before the first file is touched, and each is
// replaced whole.
func (o renderOptions) write(files map[string][]*yaml.RNode, earlier []*yaml.RNode) ([]render.FileChange, error) {
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
	// A file whose objects all were ours and are no longer wanted.
	onlyOurs := map[string]bool{}
	for _, n := range earlier {
		name := object.New(n.YNode(), 0).Ref.File
		if files[name] == nil {
			ours, seen := onlyOurs[name]
			onlyOurs[name] = isOwned(n) && (ours || !seen)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(contents)) {
		if err := replaceFile(filepath.Join(o.output, filepath.FromSlash(name)), contents[name]); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(onlyOurs)) {
		if !onlyOurs[name] {
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
