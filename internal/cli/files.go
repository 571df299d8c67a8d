// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn"
	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// source reads objects from files and directories.
type source struct {
	stdin Streams
	// skip is a directory not to enter, the output's.
	skip string
	// strict refuses symbolic links instead of following those to files: what is written through one would
	// replace it, or land elsewhere.
	strict        bool
	bytes, values int
	// label is put before the names of files that git has.
	label string
	// places are, by the files' names, where they are from the directory that was named, which is where what comes out goes.
	places map[string]string

	items []*yaml.RNode
	// foreign are files with something in them that is no object.
	foreign map[string]bool
	// builds are the kustomization files, which are no objects.
	builds []buildFile
	diags  diag.List
	// configs are functionConfigs of ours in ResourceLists.
	configs []diag.Ref
	// empty are paths, as they were given, below which nothing is.
	empty []string
}

// count is how much was found so far, what is wrong with it included.
func (r *source) count() int { return len(r.items) + len(r.builds) + len(r.diags) }

// note remembers a path that brought nothing more than there was.
func (r *source) note(path string, had int) {
	if r.count() == had {
		r.empty = append(r.empty, path)
	}
}

// buildFile is a file that steers kustomize.
type buildFile struct {
	name    string
	content []byte
}

// transform expands what was read, but for copies in the output of `vspread render -o`; what could not be read is reported
// beside what else is wrong.
func (r *source) transform() fn.Outcome {
	r.items = withoutCopies(r.items)
	out := fn.Transform(r.items, nil)
	if r.diags.HasErrors() {
		out.Diags = out.Diags.WithoutConsequences()
	}
	out.Diags = append(append(r.diags, r.unread()...), out.Diags...)
	return out
}

// read takes paths in their order; "-" is standard input. Objects are annotated with their path, as the user would write it, and
// their index in the file. Places are relative to the directory that was named, or of several to what these have in common.
func (r *source) read(paths []string) error {
	var files, names, directories []string
	for _, p := range paths {
		if p == "-" {
			continue
		}
		names = append(names, filepath.ToSlash(filepath.Clean(p)))
		if linked, err := filepath.EvalSymlinks(p); err == nil {
			p = linked // the root may be a link
		}
		info, err := os.Stat(p)
		if err != nil {
			return err
		}
		if info.IsDir() {
			directories = append(directories, p)
		}
		files = append(files, p)
	}
	labels := apart(directories)
	for _, p := range paths {
		if p == "-" {
			in, err := readAll(r.stdin.In)
			if err != nil {
				return err
			}
			r.add(in, "")
			continue
		}
		p, name := files[0], names[0]
		files, names = files[1:], names[1:]
		if !slices.Contains(directories, p) {
			if err := r.file(p, name, filepath.Base(p)); err != nil {
				return err
			}
			continue
		}
		if err := r.directory(p, name, labels[p]); err != nil {
			return err
		}
	}
	return nil
}

// apart gives, where there are several directories, what tells the names of their files apart: the way to each from the
// nearest one that holds them all.
func apart(directories []string) map[string]string {
	labels := map[string]string{}
	if len(directories) < 2 {
		return labels
	}
	common, err := filepath.Abs(directories[0])
	if err != nil {
		return labels
	}
	for _, p := range directories {
		for !isWithin(p, common) && common != filepath.Dir(common) {
			common = filepath.Dir(common)
		}
	}
	for _, p := range directories {
		abs, _ := filepath.Abs(p)
		if rel, err := filepath.Rel(common, abs); err == nil && rel != "." {
			labels[p] = filepath.ToSlash(rel) + "/"
		}
	}
	return labels
}

func (r *source) place(file, place string) {
	if r.places == nil {
		r.places = map[string]string{}
	}
	r.places[file] = place
}

// placeOf gives where a file is from the directory that was named.
func (r *source) placeOf(file string) string { return cmp.Or(r.places[file], file) }

func (r *source) directory(dir, name, label string) error {
	return filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if p != dir && (strings.HasPrefix(d.Name(), ".") || sameDirectory(p, r.skip)) {
				return fs.SkipDir
			}
			return nil
		}
		isFile := d.Type().IsRegular()
		if d.Type()&fs.ModeSymlink != 0 {
			info, err := os.Stat(p)
			if err != nil {
				return err
			}
			if r.strict || info.IsDir() {
				return fmt.Errorf("%s is a symbolic link; name what it leads to instead", p)
			}
			isFile = info.Mode().IsRegular()
		}
		if !isFile || !isYAML(d.Name()) {
			return nil
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		return r.file(p, path.Join(name, rel), label+rel)
	})
}

func isYAML(name string) bool {
	return !strings.HasPrefix(name, ".") && slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(name)))
}

func sameDirectory(a, b string) bool {
	if b == "" {
		return false
	}
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

func (r *source) file(p, name, place string) error {
	if r.bytes > fn.MaxInput {
		return nil // it has been reported
	}
	f, err := os.Open(p)
	if err != nil {
		return err
	}
	defer f.Close()
	in, err := readAll(f)
	if err != nil {
		return fmt.Errorf("read %s: %w", p, err)
	}
	r.place(name, place)
	r.add(in, name)
	return nil
}

// add parses one file. What is no Kubernetes object (values, patches) is passed over.
func (r *source) add(in []byte, name string) {
	if r.bytes > fn.MaxInput || r.values > fn.MaxValues {
		return // it has been reported
	}
	if name != "" {
		name = r.label + name
	}
	r.bytes, r.values = r.bytes+len(in), r.values+fn.Values(in)
	if r.bytes > fn.MaxInput || r.values > fn.MaxValues {
		fn.TooLarge(&r.diags, name)
		return
	}
	if base := path.Base(name); base == "kustomization.yaml" || base == "kustomization.yml" {
		r.builds = append(r.builds, buildFile{name, bytes.Clone(in)}) // of what git wrote it may be a small part
	}
	at := diag.At(diag.Ref{File: name}, "")
	if bytes.HasPrefix(in, []byte("version https://git-lfs.github.com/spec/")) {
		r.diags.Errorf(diag.InvalidYAML, at, "is a pointer of Git LFS and not the file itself").
			WithHint("fetch it with `git lfs pull`, in a pipeline by `lfs: true` of actions/checkout; better keep manifests out of LFS")
		return
	}
	nodes, err := (&kio.ByteReader{Reader: bytes.NewReader(in), DisableUnwrapping: true, OmitReaderAnnotations: true, WrapBareSeqNode: true}).Read()
	if err != nil {
		d := r.diags.Errorf(diag.InvalidYAML, at, "is not YAML: %s", errorText(err))
		if bytes.Contains(in, []byte("{{")) {
			d.WithHint("it looks like a template; render it first, for example with `helm template`")
		}
		return
	}
	indent := yaml.DeriveSeqIndentStyle(string(in))
	for i, n := range fn.WithoutLists(r.opened(nodes, name)) {
		if strings.EqualFold(n.GetKind(), v1alpha1.ClusterSpreadKind) && n.GetApiVersion() == "" {
			r.diags.Errorf(diag.NoSpread, diag.At(diag.Ref{Kind: n.GetKind(), Name: tree.String(n.YNode(), "metadata", "name"), File: name}, "apiVersion"), "is missing").
				WithHint("write apiVersion: %s", v1alpha1.APIVersion)
			continue
		}
		if n.GetApiVersion() == "" || n.GetKind() == "" || isBuildFile(n) {
			if r.foreign == nil {
				r.foreign = map[string]bool{}
			}
			r.foreign[name] = true
			continue
		}
		if anchored(n.YNode()) {
			// Notes must not be written through an anchor.
			expanded, err := tree.Expanded(n.YNode())
			if err != nil {
				r.diags.Errorf(diag.TooManyAliases, diag.At(diag.Ref{Kind: n.GetKind(), Name: tree.String(n.YNode(), "metadata", "name"), File: name}, ""), "%s", err).
					WithHint("write the values out")
				continue
			}
			n = yaml.NewRNode(expanded)
		}
		if wrong := place(n, name, i, indent); wrong != "" {
			r.diags.Errorf(diag.WrongType, diag.At(diag.Ref{Kind: n.GetKind(), File: name}, wrong), "must be a mapping")
			continue
		}
		r.items = append(r.items, n)
	}
}

// place notes the file of an object, its position there, and whether lists are indented, so that a file keeps
// its looks. A stream's own notes on files are not followed, they could lead anywhere. It gives the field
// that is in the way of that, if one is.
func place(n *yaml.RNode, name string, position int, indent string) (wrong string) {
	for _, path := range [][]string{{"metadata"}, {"metadata", "annotations"}} {
		if m := tree.Get(n.YNode(), path...); m != nil && m.Kind != yaml.MappingNode {
			return strings.Join(path, ".")
		}
	}
	removeNotes(n.YNode())
	tree.Set(n.YNode(), codec.String(strconv.Itoa(position)), "metadata", "annotations", kioutil.IndexAnnotation)
	if indent != "" {
		tree.Set(n.YNode(), codec.String(indent), "metadata", "annotations", kioutil.SeqIndentAnnotation)
	}
	if name != "" {
		tree.Set(n.YNode(), codec.String(name), "metadata", "annotations", kioutil.PathAnnotation)
	}
	return ""
}

// anchored tells whether the place of an object's notes is one that its other parts may share.
func anchored(n *yaml.Node) bool {
	for _, key := range []string{"metadata", "annotations"} {
		i := slices.IndexFunc(n.Content, func(c *yaml.Node) bool { return c.Value == key })
		if i < 0 || i+1 >= len(n.Content) {
			return slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return c.ShortTag() == "!!merge" })
		}
		if n = n.Content[i+1]; n.Kind == yaml.AliasNode || n.Anchor != "" {
			return true
		}
	}
	return slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return c.ShortTag() == "!!merge" })
}

// errorText takes the layers of packages off the parser's words.
func errorText(err error) string {
	text := err.Error()
	for _, prefix := range []string{"MalformedYAMLError: ", "yaml: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return text
}

// isBuildFile recognises what steers kustomize and kpt and is no object of the package.
func isBuildFile(n *yaml.RNode) bool {
	group, _, _ := strings.Cut(n.GetApiVersion(), "/")
	return group == "kustomize.config.k8s.io" || group == "kpt.dev" || n.GetApiVersion() == "builtin"
}
