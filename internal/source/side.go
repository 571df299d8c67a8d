// SPDX-License-Identifier: Apache-2.0

package source

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vspread/vspread/internal/diag"
)

// Side is one side of a comparison: files of a revision, of the work tree, or given by name.
type Side struct {
	*Manifests
	// Name is what the user calls it; Revision is the commit, if it is one.
	Name, Revision string
	// LooksUp tells that the paths that the user gave are looked up in it.
	LooksUp bool
	// label is put before the names of its files.
	label string
}

// WorkTree is what the work tree is called in reports.
const WorkTree = "working tree"

// IsPath tells whether a side is read from disk or stdin. What is a revision as well has to be written so that it is one of
// the two; outside of a work tree, where git keeps its own files, it is the revision.
func IsPath(value string) (bool, error) {
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
	return false, fmt.Errorf("%q is on disk and a revision as well; write ./%s or %s", value, value, unmistakable(value))
}

// OpenSide reads a side: what a value names, as IsPath told, or otherwise a revision or WorkTree. In the last two, paths are
// looked up; stdin is what "-" means.
func OpenSide(value string, isPath bool, otherwise string, paths []string, stdin io.Reader) (*Side, error) {
	r := &reader{}
	side := &Side{Manifests: &r.Manifests}
	switch {
	case value == "" && otherwise == WorkTree:
		side.Name = WorkTree
		switch is, inWorkTree := inRepository(); {
		case inWorkTree:
			side.LooksUp = true
			return side, r.workTree(paths)
		case is:
			return nil, errors.New("this git repository has no working tree here; say what to compare with --from and --to")
		}
		return side, r.paths(paths, Options{Stdin: stdin}) // which wants every path to exist
	case value == "-":
		side.Name = "stdin"
		return side, r.paths([]string{value}, Options{Stdin: stdin})
	case isPath:
		side.Name = filepath.ToSlash(filepath.Clean(value))
		if info, err := os.Stat(value); err == nil && info.IsDir() && side.Name != "." {
			side.label = side.Name + "/"
		} else if dir := path.Dir(side.Name); dir != "." {
			side.label = dir + "/"
		}
		return side, r.paths([]string{value}, Options{Stdin: stdin})
	}
	side.Name = cmp.Or(value, otherwise)
	commit, err := resolve(side.Name)
	if side.Name == commit {
		side.Name = commit[:12]
	}
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
	side.Revision, side.LooksUp = commit, true
	side.label = side.Name + ":"
	r.label = side.label
	return side, r.revision(commit, paths)
}

// File is what the side as a whole is called where a message names a file.
func (s *Side) File() string { return strings.TrimSuffix(cmp.Or(s.label, s.Name), ":") }

// Unmatched reports the paths that lead to nothing in every side that they are looked up in: a path that is misspelt must not
// look like one below which nothing changes.
func Unmatched(paths []string, sides ...*Side) diag.List {
	var diags diag.List
	var names []string
	sides = slices.DeleteFunc(sides, func(s *Side) bool { return !s.LooksUp })
	for _, s := range sides {
		names = append(names, s.Name)
	}
	for _, p := range paths {
		if slices.ContainsFunc(sides, func(s *Side) bool { return !slices.Contains(s.empty, p) }) || len(sides) == 0 {
			continue
		}
		diags.Errorf(diag.EmptySide, diag.Where{}, "there are no manifests below %s in %s", p, strings.Join(slices.Compact(names), ", nor in ")).
			WithHint("check the path; it is looked up from the current directory")
	}
	return diags
}

// IsSaidOf tells whether the same is said of the same file of another side.
func (s *Side) IsSaidOf(other *Side, d *diag.Diagnostic, diags diag.List) bool {
	file := strings.TrimPrefix(d.Object.File, s.label)
	return slices.ContainsFunc(diags, func(x *diag.Diagnostic) bool {
		return x.Code == d.Code && x.Message == d.Message && strings.TrimPrefix(x.Object.File, other.label) == file
	})
}
