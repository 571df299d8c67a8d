// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
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

	items []*yaml.RNode
	// foreign are the places of files with something in them that is no object.
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
	name, place string
	content     []byte
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

// read takes paths in their order; "-" is standard input. Objects are annotated with their path, relative to the
// directory that was named, or of several to what these have in common, and their index in the file; and with what the user
// would call the file.
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
			in, err := codec.ReadAll(r.stdin.In)
			if err != nil {
				return err
			}
			r.add(in, "", "")
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
	if r.bytes > codec.MaxInput {
		return nil // it has been reported
	}
	f, err := os.Open(p)
	if err != nil {
		return err
	}
	defer f.Close()
	in, err := codec.ReadAll(f)
	if err != nil {
		return fmt.Errorf("read %s: %w", p, err)
	}
	r.add(in, name, place)
	return nil
}
