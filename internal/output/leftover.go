// SPDX-License-Identifier: Apache-2.0

package output

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/vspread/vspread/internal/diag"
)

// Sweep removes the temporary files that a run left behind which was killed: in the whole directory, or, where names are given, those
// of these files. No other run can have them in use, as long as there is a lock; without one they are only told.
func (t *Target) Sweep(names ...string) diag.List {
	var diags diag.List
	for _, file := range t.leftovers(names) {
		name := path.Join(filepath.ToSlash(t.dir), file)
		at := diag.At(diag.Ref{File: name}, "")
		if t.lock == nil {
			diags.Warnf(diag.Leftover, at, "was left behind by a run of vspread that was killed, or is in use by one that runs").
				WithHint("delete it when no vspread runs")
			continue
		}
		if err := os.Remove(filepath.Join(t.real, filepath.FromSlash(file))); err != nil {
			diags.Warnf(diag.Leftover, at, "was left behind by a run of vspread that was killed, and cannot be removed: %v", withoutPath(err)).
				WithHint("delete it")
			continue
		}
		diags.Warnf(diag.Leftover, at, "was left behind by a run of vspread that was killed, and is removed").
			WithHint("what that run had not written yet is written now")
	}
	return diags
}

// leftovers finds temporary files, by their ways from the directory.
func (t *Target) leftovers(names []string) []string {
	var found []string
	for _, name := range names {
		entries, err := os.ReadDir(filepath.Join(t.real, filepath.FromSlash(path.Dir(name))))
		if err != nil {
			continue // it is not there, or what is to be written will say why
		}
		for _, e := range entries {
			if e.Type().IsRegular() && isTemporary(e.Name(), path.Base(name)) {
				found = append(found, path.Join(path.Dir(name), e.Name()))
			}
		}
	}
	if len(names) > 0 {
		return found
	}
	_ = filepath.WalkDir(t.real, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && d != nil && d.IsDir():
			return fs.SkipDir
		case err != nil:
			return nil
		case d.IsDir() && p != t.real && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case d.Type().IsRegular() && isTemporary(d.Name(), ""):
			if rel, err := filepath.Rel(t.real, p); err == nil {
				found = append(found, filepath.ToSlash(rel))
			}
		}
		return nil
	})
	return found
}
