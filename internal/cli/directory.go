// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/render"
	"github.com/vspread/vspread/internal/tree"
)

// intoDirectory renders into files. What vspread wrote there before is the earlier output; what the
// user put there is left alone, also in files that are shared with ours.
func (o renderOptions) intoDirectory(s Streams, input source) error {
	earlier := source{stdin: s, strict: true}
	if _, err := os.Stat(o.output); err == nil {
		if err := earlier.read([]string{o.output}); err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// Earlier output counts only where it is written to; another directory of output is known by what it owns.
	input.items = slices.DeleteFunc(withoutCopies(input.items), isOwned)
	for _, n := range earlier.items {
		if isOwned(n) {
			input.items = append(input.items, n)
		}
	}
	input.diags.Append(earlier.diags...)
	out := o.expanded(input)
	wanted, diags := o.wanted(out.Items)
	l := layout{dir: o.output}
	l.arrange(wanted, out.Items, earlier.items)
	l.refuseForeign(earlier.foreign)
	for _, file := range earlier.unlisted(slices.Sorted(maps.Keys(l.after))) {
		l.diags.Warnf(diag.NotListed, l.at(file), "is not listed in the kustomization of %s, so it is not applied where kustomize reads the directory", o.output).
			WithHint("list it there, or delete the kustomization: Flux and Argo CD then take every file")
	}
	if !out.Diags.HasErrors() {
		out.Diags.Append(diags...)
		out.Diags.Append(l.diags...)
	}
	if err := report(s, out.Diags); err != nil {
		return err
	}
	changes, err := l.write()
	if err != nil {
		return err
	}
	if err := render.Pools(s.Out, rows(out.Pools)); err != nil {
		return err
	}
	return render.Files(s.Out, o.output, changes)
}

func isOwned(n *yaml.RNode) bool { return object.New(n.YNode(), 0).Owner() != "" }

// layout is which object is in which file of the output directory, before and after.
type layout struct {
	dir           string
	before, after map[string][]*yaml.RNode
	// touched are the files whose objects are not just those that were there.
	touched map[string]bool
	diags   diag.List
}

// arrange puts objects into files: what is wanted, where it was or where it belongs; and what else the
// directory has, which stays: the user's own objects, and what --only leaves out this time.
func (l *layout) arrange(wanted, all, earlier []*yaml.RNode) {
	l.before, l.after, l.touched = map[string][]*yaml.RNode{}, map[string][]*yaml.RNode{}, map[string]bool{}
	output, isWanted := map[object.Key]*object.Object{}, map[object.Key]bool{}
	for _, n := range all {
		x := object.New(n.YNode(), 0)
		output[x.Key()] = x
	}
	for _, n := range wanted {
		isWanted[object.New(n.YNode(), 0).Key()] = true
	}
	where := map[object.Key]string{}
	for _, n := range earlier {
		x := object.New(n.YNode(), 0)
		file := x.Place
		l.before[file] = append(l.before[file], n)
		switch {
		case isWanted[x.Key()] && l.replaces(output[x.Key()], x):
			where[x.Key()] = file
		case l.stays(x, output[x.Key()]):
			l.after[file] = append(l.after[file], n)
		default:
			l.touched[file] = true
		}
	}
	for _, n := range wanted {
		x := object.New(n.YNode(), 0)
		file := cmp.Or(where[x.Key()], x.Place, "stdin.yaml")
		if !filepath.IsLocal(filepath.FromSlash(file)) {
			l.diags.Errorf(diag.InvalidValue, diag.At(x.Ref, "metadata.annotations"), "places the object outside of %s", l.dir)
			continue
		}
		l.after[file] = append(l.after[file], n)
		l.touched[file] = true
	}
	for _, list := range l.after {
		slices.SortStableFunc(list, func(a, b *yaml.RNode) int { return cmp.Compare(index(a), index(b)) })
	}
}

// at is a file of the directory in messages.
func (l *layout) at(file string) diag.Where {
	return diag.At(diag.Ref{File: path.Join(filepath.ToSlash(l.dir), file)}, "")
}

// refuseForeign reports files that would be written anew, or removed, with something in them that is no Kubernetes object.
func (l *layout) refuseForeign(foreign map[string]bool) {
	for _, file := range slices.Sorted(maps.Keys(foreign)) {
		if l.touched[file] {
			l.diags.Errorf(diag.ObjectInTheWay, l.at(file), "has something in it that is no Kubernetes object, and would be lost").
				WithHint("move it out of this file, which vspread writes")
		}
	}
}

// replaces tells whether a wanted object may take the place of the one that is there.
func (l *layout) replaces(wanted, there *object.Object) bool {
	if there.Owner() == "" && wanted.Owner() != "" {
		l.diags.Errorf(diag.ObjectInTheWay, diag.At(there.Ref, "").Dot("metadata.name"), "is the name of an object that vspread would write for %s", wanted.Owner()).
			WithHint("rename or delete it in %s, or choose another name in the ClusterSpread", l.dir)
	}
	return true
}

// machines writes the replicas of a MachineDeployment, which may not be git's to say.
func machines(replicas, otherwise string) string {
	n, err := strconv.Atoi(replicas)
	if err != nil {
		return otherwise
	}
	return diag.Count(n, "machine", "machines")
}

// stays tells whether an object that is there and not wanted is left alone, and reports what deserves it.
func (l *layout) stays(there, inOutput *object.Object) bool {
	switch {
	case there.IsLocalConfig():
		return true
	case inOutput == nil && there.Owner() != "":
		if n := tree.String(there.Node, "spec", "replicas"); there.Ref.Kind == "MachineDeployment" && n != "0" {
			l.diags.Warnf(diag.PoolRemoved, diag.At(there.Ref, ""), "is removed with %s: nothing asks for this pool any more", machines(n, "autoscaled machines")).
				WithHint("to move its machines first, keep it and set state: gone in the inventory or drain: true in an override")
		}
		return false
	case inOutput == nil:
		stays := "it stays"
		if n := tree.String(there.Node, "spec", "replicas"); there.Ref.Kind == "MachineDeployment" && n != "0" {
			stays += " with " + machines(n, "its machines")
		}
		l.diags.Warnf(diag.NotInInput, diag.At(there.Ref, ""), "is in %s and not in the input; %s", l.dir, stays).
			WithHint("delete it there if it is a leftover")
		return true
	case inOutput.IsLocalConfig():
		// It was copied here while it was still applied; now it is a seed.
		if n := tree.String(there.Node, "spec", "replicas"); there.Ref.Kind == "MachineDeployment" && n != "0" {
			l.diags.Warnf(diag.SeedReplaced, diag.At(there.Ref, ""), "leaves git with %s, because it is a seed now", machines(n, "its machines")).
				WithHint("to keep them, adopt it in an override for its datastore")
		}
		return false
	}
	return true // --only leaves it out this time
}

func index(n *yaml.RNode) int { return object.New(n.YNode(), 0).Index() }

// write brings the files to disk. All contents are made and stored beside their files before the first file
// is replaced, so that a full disk or a missing right changes nothing.
func (l *layout) write() ([]render.FileChange, error) {
	var changes []render.FileChange
	var staged []stagedFile
	discard := func() {
		for _, f := range slices.Backward(staged) {
			f.discard()
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.after)) {
		if !l.touched[name] {
			continue
		}
		target := filepath.Join(l.dir, filepath.FromSlash(name))
		content := document(l.after[name])
		old, err := os.ReadFile(target)
		action := render.Changed
		switch {
		case errors.Is(err, fs.ErrNotExist):
			action = render.Created
		case err != nil:
			discard()
			return nil, err
		case bytes.Equal(old, content):
			changes = append(changes, render.FileChange{Name: name, Action: render.Unchanged})
			continue
		}
		f, err := stage(target, content)
		if err != nil {
			discard()
			return nil, err
		}
		staged = append(staged, f)
		changes = append(changes, render.FileChange{Name: name, Action: action})
	}
	for i, f := range staged {
		if err := f.commit(); err != nil {
			for _, rest := range staged[i:] {
				rest.discard()
			}
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.before)) {
		if len(l.after[name]) > 0 {
			continue
		}
		if err := os.Remove(filepath.Join(l.dir, filepath.FromSlash(name))); err != nil {
			return nil, err
		}
		changes = append(changes, render.FileChange{Name: name, Action: render.Removed})
	}
	return changes, nil
}
