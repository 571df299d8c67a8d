// SPDX-License-Identifier: Apache-2.0

package output

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// Change is a file and what happened to it.
type Change struct {
	Name   string
	Action Action
}

// Action is what happened to a file.
type Action string

// The actions.
const (
	Created   Action = "created"
	Changed   Action = "changed"
	Removed   Action = "removed"
	Unchanged Action = "unchanged"
)

// Write brings the files to disk. All contents are made and stored next to their files before the first file
// is replaced, so that a full disk or a missing right changes nothing.
func (l *Layout) Write() ([]Change, error) {
	var changes []Change
	var staged []stagedFile
	discard := func() {
		for _, f := range slices.Backward(staged) {
			f.discard()
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.after)) {
		if !l.touched[name] {
			continue
		}
		target := filepath.Join(l.dir, filepath.FromSlash(name))
		content := Document(l.after[name])
		old, err := os.ReadFile(target)
		action := Changed
		switch {
		case errors.Is(err, fs.ErrNotExist):
			action = Created
		case err != nil:
			discard()
			return nil, err
		case bytes.Equal(old, content):
			changes = append(changes, Change{Name: name, Action: Unchanged})
			continue
		}
		f, err := stage(target, content)
		if err != nil {
			discard()
			return nil, err
		}
		staged = append(staged, f)
		changes = append(changes, Change{Name: name, Action: action})
	}
	for i, f := range staged {
		if err := f.commit(); err != nil {
			for _, rest := range staged[i:] {
				rest.discard()
			}
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.before)) {
		if len(l.after[name]) > 0 {
			continue
		}
		if err := os.Remove(filepath.Join(l.dir, filepath.FromSlash(name))); err != nil {
			return nil, err
		}
		changes = append(changes, Change{Name: name, Action: Removed})
	}
	return changes, nil
}
