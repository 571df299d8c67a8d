// SPDX-License-Identifier: Apache-2.0

package source

import (
	"os"
	"path/filepath"
	"slices"
)

// bareRepository gives the bare repository that git would find the current directory to be in, if it is one, and the repository whose
// files it is among, if it is. Git itself tells the two apart since version 2.38 by safe.bareRepository, and refuses both.
func bareRepository() (bare, outer string) {
	dir, err := os.Getwd()
	if err != nil || os.Getenv("GIT_DIR") != "" {
		return "", ""
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			if bare == "" || !isTracked(dir, bare) {
				return bare, ""
			}
			return bare, dir
		}
		if bare == "" && isGitDirectory(dir) {
			bare = dir
		}
		if dir == filepath.Dir(dir) {
			return bare, ""
		}
	}
}

// isGitDirectory tells whether git takes a directory for a repository.
func isGitDirectory(dir string) bool {
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

// isTracked tells whether a repository has files of a directory in its index. That it cannot be asked counts as a yes.
func isTracked(repository, dir string) bool {
	args := append(slices.Clone(options), "-C", repository, "-c", "safe.bareRepository=explicit", "ls-files", "-z", "--", dir)
	out, err := run(nil, args, "ls-files")
	return err != nil || len(out) > 0
}
