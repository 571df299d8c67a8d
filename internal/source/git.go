// SPDX-License-Identifier: Apache-2.0

package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// environment is what git is run with: nothing is locked, messages are the same everywhere, and a path is a path, also
// when it could be read as a pattern.
var environment = []string{"GIT_OPTIONAL_LOCKS=0", "LC_ALL=C", "GIT_LITERAL_PATHSPECS=1", "GIT_GLOB_PATHSPECS=0", "GIT_NOGLOB_PATHSPECS=0", "GIT_ICASE_PATHSPECS=0"}

// git runs git in the current directory and gives what it writes. Nothing is changed.
func git(stdin io.Reader, args ...string) ([]byte, error) {
	c := exec.Command("git", args...)
	c.Env = append(os.Environ(), environment...)
	c.Stdin = stdin
	var complaint bytes.Buffer
	c.Stderr = &complaint
	out, err := c.Output()
	switch line, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(complaint.String()), "fatal: "), "\n"); {
	case err == nil:
		return out, nil
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("git is not installed, and revisions are read by it; give directories or files to --from and --to")
	case line != "":
		return nil, fmt.Errorf("git %s: %s", args[0], line)
	}
	return nil, fmt.Errorf("git %s: %w", args[0], err)
}

// inRepository tells whether the current directory is in a git repository, and whether it is in its work tree; a bare
// repository has none.
func inRepository() (is, inWorkTree bool) {
	out, err := git(nil, "rev-parse", "--is-inside-work-tree")
	return err == nil, err == nil && strings.TrimSpace(string(out)) == "true"
}

// RepositoryPath finds the git repository that a directory is in, and gives the way to the directory from the repository's root. In
// none, the directory counts as the root of one to come.
func RepositoryPath(directory string) (path string, is bool, err error) {
	start, err := filepath.Abs(directory)
	if err != nil {
		return "", false, err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			rel, err := filepath.Rel(dir, start)
			return filepath.ToSlash(rel), err == nil, err
		}
		if dir == filepath.Dir(dir) {
			return ".", false, nil
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
	return strings.TrimSpace(string(out)), err
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
