// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
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

// write puts the files there, none when one is in the way, and says what to do next.
func (r repository) write(s Streams, files map[string][]byte, excluded []diag.Ref, inRepository bool) error {
	var inTheWay []string
	toAdd := map[string][]byte{} // what a file that was there before needs as well
	names := slices.Sorted(maps.Keys(files))
	for _, name := range names {
		old, err := os.ReadFile(filepath.Join(r.directory, filepath.FromSlash(name)))
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return err
		case files[name] == nil || bytes.Equal(old, files[name]):
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
	for _, name := range names {
		target := filepath.Join(r.directory, filepath.FromSlash(name))
		if _, err := os.Stat(target); err == nil {
			continue
		}
		if err := output.ReplaceFile(target, files[name]); err != nil {
			return err
		}
		fmt.Fprintf(s.Out, "created %s\n", diag.Exact(filepath.Join(r.directory, name)))
	}
	for _, ref := range excluded {
		fmt.Fprintf(s.Out, "\n%s has the annotation %s now: it runs on next to the pools, and is counted nowhere.\n", diag.Name(ref.String()), object.ExcludeAnnotation)
	}
	for name, entry := range toAdd {
		fmt.Fprintf(s.Out, "\nAdd to %s, under include:\n%s", diag.Exact(filepath.Join(r.directory, name)), exactLines(entry))
	}
	return r.next(s, inRepository)
}

// next says what to do with the repository, and what is wrong in it.
func (r repository) next(s Streams, inRepository bool) error {
	if !inRepository && r.ci != "none" && filepath.Clean(r.directory) != "." {
		fmt.Fprintf(s.Out, "\n%s is in no git repository yet, so the workflow was made for one whose root it is. If the root is to be above it, delete what was "+
			"created, run `git init` there, and then init again: a forge reads workflows at the root only.\n", diag.Exact(r.directory))
	}
	if r.inPlace(r.inventory) == "" {
		fmt.Fprintf(s.Out, "\nThe inventory is a copy. From now on: vspread inventory refresh -f %s\n", diag.Exact(filepath.Join(r.directory, "inventory.yaml")))
	}
	written, err := source.Files([]string{r.directory}, source.Options{Stdin: s.In})
	if err != nil {
		return err
	}
	diags := expand(written).Diags
	if diags.HasErrors() {
		fmt.Fprintln(s.Out, "\nNext: fix what is reported as an error, then `vspread validate "+diag.Exact(r.directory)+"`")
		return report(s, diags)
	}
	rendered := "vspread render " + r.directory + " -o " + filepath.Join(r.directory, "rendered")
	fmt.Fprintf(s.Out, "\nNext: %s\n", diag.Exact(map[string]string{
		"kustomize": "kustomize build --enable-alpha-plugins --enable-exec " + r.directory,
		"kpt":       "kpt fn render --allow-exec " + r.directory,
		"render":    rendered,
	}[r.tool]))
	if r.tool == "kustomize" && r.ci != "none" {
		fmt.Fprintf(s.Out, "CI compares %s with the sources; write and commit it, and point Flux or Argo CD there: %s\n", diag.Exact(filepath.Join(r.directory, "rendered")), diag.Exact(rendered))
	}
	return report(s, diags)
}

// exactLines makes each line of a text printable.
func exactLines(text []byte) string {
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		b.WriteString(diag.Exact(strings.TrimSuffix(line, "\n")) + "\n")
	}
	return b.String()
}
