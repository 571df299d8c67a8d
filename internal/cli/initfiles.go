// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/output"
	"github.com/vspread/vspread/internal/scaffold"
	"github.com/vspread/vspread/internal/source"
)

// repository is where init writes to, and what for.
type repository struct {
	directory, inventory, tool, ci string
	// root is the root of the git repository, and path the way from there to the directory.
	root, path string
}

// inPlace gives the way from the repository to a file that is in it already, or "".
func (r repository) inPlace(file string) string {
	if file == "" || !source.IsWithin(file, r.directory) {
		return ""
	}
	dir, errDir := filepath.Abs(r.directory)
	abs, errFile := filepath.Abs(file)
	if rel, err := filepath.Rel(dir, abs); err == nil && errDir == nil && errFile == nil && !strings.HasPrefix(rel, "..") {
		return filepath.ToSlash(rel)
	}
	return filepath.Base(file) // by a link
}

// files gives what the repository consists of. What the input has there already stays as it is, and is nil.
func (r repository) files(v scaffold.Values, own *object.Object, items []*yaml.RNode, inv *source.InventoryFile) (map[string][]byte, error) {
	manifests, resources := scaffold.Manifests(items, func(x *object.Object) string { return r.inPlace(x.Ref.File) })
	inventoryFile := r.inPlace(r.inventory)
	if inventoryFile == "" {
		inventoryFile = "inventory.yaml"
	}
	if v.Resources = resources; !slices.Contains(resources, inventoryFile) {
		v.Resources = append(v.Resources, inventoryFile)
	}
	var spread *yaml.RNode
	if own != nil {
		if v.Spread = r.inPlace(own.Ref.File); v.Spread == "" {
			v.Spread, spread = "spread.yaml", yaml.NewRNode(own.Node)
		}
	}
	files, err := scaffold.Files(v)
	if err != nil {
		return nil, err
	}
	if spread != nil {
		if v.Function() {
			scaffold.RunByKustomize(spread)
		}
		files[v.Spread] = output.Document([]*yaml.RNode{spread})
	}
	for file, nodes := range manifests {
		if r.inPlace(object.New(nodes[0].YNode(), 0).Ref.File) == file {
			if files[file] == nil { // otherwise it is in the way
				files[file] = nil
			}
			continue
		}
		files[file] = output.Document(nodes)
	}
	if r.inPlace(r.inventory) == "" {
		files[inventoryFile] = output.Document([]*yaml.RNode{inv.ConfigMap})
	}
	return files, nil
}

// editsOf reports what would have to change in files of the input that are in the repository already: init overwrites nothing.
func (r repository) editsOf(v scaffold.Values, own *object.Object, set *object.Set, secrets diag.List) diag.List {
	var diags diag.List
	say := func(ref diag.Ref, format string, args ...any) {
		if r.inPlace(ref.File) != "" {
			diags.Errorf(diag.ObjectInTheWay, diag.At(ref, ""), "is in the repository already, and init overwrites nothing").
				WithHint(format+"; or choose another directory with -C", args...)
		}
	}
	for _, ref := range v.Pools.Excluded {
		say(ref, "give it the annotation %s: \"true\", by which it stays next to the pools, and then init again", object.ExcludeAnnotation)
	}
	for _, d := range secrets {
		say(d.Object, "take the Secret out, since what init writes is meant for git, and then init again")
	}
	if own == nil || v.Tool == "render" {
		return diags
	}
	isAlone := !slices.ContainsFunc(set.All(), func(x *object.Object) bool { return x != own && x.Ref.File == own.Ref.File })
	switch {
	case !isAlone:
		say(own.Ref, "move it into a file of its own, which %s needs, and then init again", v.Tool)
	case v.Function() && own.Annotation(scaffold.Function) == "":
		say(own.Ref, "give it the annotation %s: \"{exec: {path: vspread}}\", by which kustomize runs vspread, and then init again", scaffold.Function)
	}
	return diags
}

// write puts the files there, none when one is in the way.
func (r repository) write(s Streams, files map[string][]byte, excluded []diag.Ref) error {
	target, err := output.Open(r.root)
	if err != nil {
		return err
	}
	defer target.Close()
	var inTheWay []string
	created, toAdd := map[string][]byte{}, map[string][]byte{} // what a file that was there before needs as well
	names := slices.Sorted(maps.Keys(files))
	for _, name := range names {
		if files[name] == nil {
			continue // it is where it was read from
		}
		place := path.Join(r.path, name)
		old, err := target.Read(place)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			created[place] = files[name]
		case err != nil:
			return err
		case bytes.Equal(old, files[name]):
		case filepath.Base(name) == ".gitlab-ci.yml": // there is one for the whole repository, and it is the user's
			if _, entry, _ := bytes.Cut(files[name], []byte("include:\n")); !bytes.Contains(old, entry) {
				toAdd[name] = entry
			}
		default:
			inTheWay = append(inTheWay, name)
		}
	}
	if len(inTheWay) > 0 {
		var diags diag.List
		diags.Errorf(diag.ObjectInTheWay, diag.Where{}, "%s %s in %s, and init overwrites nothing", strings.Join(inTheWay, ", "), diag.Form(len(inTheWay), "exists", "exist"), r.directory).
			WithHint("choose another directory with -C, or delete them")
		return report(s, diags)
	}
	if err := report(s, target.Sweep(slices.Sorted(maps.Keys(created))...)); err != nil {
		return err
	}
	if _, err := target.Replace(created); err != nil {
		return err
	}
	for _, name := range names {
		if created[path.Join(r.path, name)] != nil {
			fmt.Fprintf(s.Out, "created %s\n", diag.Exact(filepath.Join(r.directory, name)))
		}
	}
	for _, ref := range excluded {
		fmt.Fprintf(s.Out, "\n%s has the annotation %s now: it runs on next to the pools, and is counted nowhere.\n", diag.Name(ref.String()), object.ExcludeAnnotation)
	}
	for name, entry := range toAdd {
		fmt.Fprintf(s.Out, "\nAdd to %s, under include:\n%s", diag.Exact(filepath.Join(r.directory, name)), exactLines(entry))
	}
	return nil
}

// exactLines makes each line of a text printable.
func exactLines(text []byte) string {
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		b.WriteString(diag.Exact(strings.TrimSuffix(line, "\n")) + "\n")
	}
	return b.String()
}
