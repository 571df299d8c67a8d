// SPDX-License-Identifier: Apache-2.0

package source

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// git runs git in the current directory and gives what it writes. Nothing is changed.
func git(stdin io.Reader, args ...string) ([]byte, error) {
	how := options
	switch bare, outer := bareRepository(); {
	case outer != "":
		return nil, fmt.Errorf("git %s: %s looks like a bare repository and is among the files of the repository %s, whose authors could let git run any program by it; "+
			"go to another directory", args[0], bare, outer)
	case bare == "":
		how = append(slices.Clone(how), "-c", "safe.bareRepository=explicit")
	}
	return run(stdin, append(slices.Clone(how), args...), args[0])
}

// inRepository tells whether the current directory is in a git repository, and whether it is in its work tree; a bare
// repository has none.
func inRepository() (is, inWorkTree bool) {
	out, err := git(nil, "rev-parse", "--is-inside-work-tree")
	return err == nil, err == nil && strings.TrimSpace(string(out)) == "true"
}

// Repository finds the git repository that a directory is in, whose root it gives without links, and the way from there to the
// directory. In none, the directory counts as the root of one to come.
func Repository(directory string) (root, path string, is bool, err error) {
	start, err := filepath.Abs(directory)
	if err != nil {
		return "", "", false, err
	}
	// The directory may be a link, and need not be there.
	rest := ""
	for there := start; ; there = filepath.Dir(there) {
		if linked, err := filepath.EvalSymlinks(there); err == nil {
			start = filepath.Join(linked, rest)
			break
		}
		if there == filepath.Dir(there) {
			break
		}
		rest = filepath.Join(filepath.Base(there), rest)
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			rel, err := filepath.Rel(dir, start)
			return dir, filepath.ToSlash(rel), err == nil, err
		}
		if dir == filepath.Dir(dir) {
			return start, ".", false, nil
		}
	}
}

// errNoRevision is what git's own words for it do not say.
var errNoRevision = errors.New("no such revision")

// resolve gives the commit that a revision means.
func resolve(revision string) (string, error) {
	out, err := git(nil, "rev-parse", "--verify", "--end-of-options", revision+"^{commit}")
	if err != nil && strings.HasSuffix(err.Error(), "Needed a single revision") {
		err = errNoRevision
	}
	commit := strings.TrimSpace(string(out))
	if strings.HasPrefix(commit, "^") {
		return "", errNoRevision // what is not to be shown, in the language of `git log`
	}
	return commit, err
}

// unmistakable writes a revision in a way that is the name of no file.
func unmistakable(revision string) string {
	out, err := git(nil, "rev-parse", "--symbolic-full-name", "--verify", "--end-of-options", revision)
	if name := strings.TrimSpace(string(out)); err == nil && strings.HasPrefix(name, "refs/") {
		return name
	}
	return revision + "^0"
}

// isShallow tells whether the repository lacks a part of its history.
func isShallow() bool {
	out, err := git(nil, "rev-parse", "--is-shallow-repository")
	return err == nil && strings.TrimSpace(string(out)) == "true"
}

// isRead tells whether a file below a path is one that is read: YAML, and not hidden.
func isRead(below, name string) bool {
	rel := name
	if below != "." {
		rel = strings.TrimPrefix(strings.TrimPrefix(name, below), "/")
	}
	if rel == "" {
		return true // the file that was named
	}
	for dir := path.Dir(rel); dir != "." && dir != "/"; dir = path.Dir(dir) {
		if base := path.Base(dir); strings.HasPrefix(base, ".") && base != ".." {
			return false
		}
	}
	return isYAML(path.Base(rel))
}
