// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

// locate finds where in its git repository the directory is, and gives the way from there to the repository's root: a
// forge reads workflows at the root only. A directory in no repository is the root of one to come.
func (p *plan) locate(c *cobra.Command, o initOptions) (root string, err error) {
	p.Path = "."
	start, err := filepath.Abs(o.directory)
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			rel, err := filepath.Rel(dir, start)
			if err != nil {
				return "", err
			}
			p.Path = filepath.ToSlash(rel)
			break
		}
		if dir == filepath.Dir(dir) {
			p.InNoRepository = true
			return "", nil
		}
	}
	if p.Path == "." {
		return "", nil
	}
	if o.ci != "none" && strings.ContainsAny(p.Path, " \t\n") {
		return "", usagef(c, "%q has a space in it, and a workflow takes several directories apart by spaces; choose another directory, or --ci none", p.Path)
	}
	return strings.Repeat("../", strings.Count(p.Path, "/")+1), nil
}

// Rendered is the directory for what comes out, from the root of the repository.
func (p plan) Rendered() string {
	if p.Path == "." {
		return "rendered"
	}
	return p.Path + "/rendered"
}

var notInName = regexp.MustCompile(`[^A-Za-z0-9._]+`)

// Slug is a name for the workflow, one for each directory of a repository.
func (p plan) Slug() string {
	if p.Path == "." {
		return "vspread"
	}
	return "vspread-" + strings.Trim(notInName.ReplaceAllString(p.Path, "-"), "-")
}
