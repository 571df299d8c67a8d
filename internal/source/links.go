// SPDX-License-Identifier: Apache-2.0

package source

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// isInside tells whether a file is, where its links lead, in one of the directories, and none of git's own. The directories have no
// links on the way to them.
func isInside(file string, directories ...string) (bool, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return false, err
	}
	real, err := filepath.EvalSymlinks(abs)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(directories, func(dir string) bool {
		rel, err := filepath.Rel(dir, real)
		return err == nil && filepath.IsLocal(rel) && !slices.Contains(strings.Split(filepath.ToSlash(rel), "/"), ".git")
	}), nil
}

// notFollowed is the error about a link that leads to no file.
func notFollowed(name string) error {
	return fmt.Errorf("%s is a symbolic link; name what it leads to instead", name)
}

// leadsOut is the error about a link to a file outside of what was named: it may be somebody's secret.
func leadsOut(name, of string) error {
	return fmt.Errorf("%s is a symbolic link that leads out of %s, so it is not followed; name what it leads to instead", name, of)
}
