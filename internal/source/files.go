// SPDX-License-Identifier: Apache-2.0

package source

import (
	"errors"
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

// Files takes paths in their order; "-" is standard input. Links in a directory are followed to files of the directories that were
// named, and no further. Objects are annotated with their path, relative to the
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
			if abs, err := filepath.Abs(p); err == nil {
				r.roots = append(r.roots, abs)
			}
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
			in, err := r.content(p)
			if err != nil {
				return err
			}
			r.add(in, name, filepath.Base(p))
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
			if isFile, err = r.link(p, name); !isFile || err != nil {
				return err
			}
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

// link tells whether a symbolic link in a directory leads to a file.
func (r *reader) link(p, directory string) (isFile bool, err error) {
	if r.strict {
		return false, notFollowed(p)
	}
	info, err := os.Stat(p)
	switch {
	case isHidden(filepath.ToSlash(p)) && (err != nil || info.IsDir()):
		return false, nil // a hidden directory, or what an editor notes about a file that is open
	case err != nil:
		return false, err
	case info.IsDir():
		return false, notFollowed(p)
	case !info.Mode().IsRegular():
		return false, nil
	case !isYAML(p):
		return true, nil // which is not read
	}
	isFile, err = isInside(p, r.roots...)
	if err == nil && !isFile {
		err = leadsOut(p, directory)
	}
	return isFile, err
}

// file reads a file that was found in a directory.
func (r *reader) file(p, name, place string) error {
	in, err := r.content(p)
	if err == nil && counts(place, in) {
		r.add(in, name, place)
	}
	return err
}

func (r *reader) content(p string) ([]byte, error) {
	if !r.budget.IsLeft() {
		return nil, nil // it has been reported
	}
	in, err := ReadFile(p)
	var file *fs.PathError
	if err != nil && !errors.As(err, &file) {
		err = fmt.Errorf("read %s: %w", p, err)
	}
	return in, err
}
