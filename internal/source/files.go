// SPDX-License-Identifier: Apache-2.0

package source

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vspread/vspread/internal/codec"
)

// Options say how Files reads.
type Options struct {
	// Stdin is what the path "-" means.
	Stdin io.Reader
	// Skip is a directory not to enter, or "".
	Skip string
	// Strict is for a directory that will be written to: symbolic links are refused instead of followed, and ResourceLists
	// are left as they are.
	Strict bool
}

// Files takes paths in their order; "-" is standard input. Objects are annotated with their path, relative to the
// directory that was named, or of several to what these have in common, and their index in the file; and with what the user
// would call the file.
func Files(paths []string, o Options) (*Manifests, error) {
	r := &reader{strict: o.Strict}
	err := r.paths(paths, o)
	return &r.Manifests, err
}

func (r *reader) paths(paths []string, o Options) error {
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
			in, err := codec.ReadAll(o.Stdin)
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
		if err := r.directory(p, name, labels[p], o.Skip); err != nil {
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
		for !IsWithin(p, common) && common != filepath.Dir(common) {
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

func (r *reader) directory(dir, name, label, skip string) error {
	return filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if p != dir && (strings.HasPrefix(d.Name(), ".") || IsSame(p, skip)) {
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
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		r.putPackage(label + rel)
		if !isFile || !isYAML(d.Name()) {
			return nil
		}
		return r.file(p, path.Join(name, rel), label+rel)
	})
}

func (r *reader) file(p, name, place string) error {
	if !r.budget.IsLeft() {
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
