// SPDX-License-Identifier: Apache-2.0

package output

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// Replace writes files of the directory whole and removes others: all of them, or none. All contents are stored next to their files,
// and what was there is kept under another name, before the first file is replaced: a full disk or a missing right changes nothing.
// What fails later is undone; what cannot be undone, the error tells. It gives what happened to the files, in the order of their
// names and those that were removed last.
func (t *Target) Replace(files map[string][]byte, removed ...string) ([]Change, error) {
	r := &replacement{target: t, rename: os.Rename}
	return r.run(files, removed)
}

// replacement is a change of several files.
type replacement struct {
	target *Target
	steps  []*staged
	made   []string
	modes  map[string]fs.FileMode
	rename func(from, to string) error
}

func (r *replacement) run(files map[string][]byte, removed []string) ([]Change, error) {
	var changes []Change
	for _, name := range slices.Sorted(maps.Keys(files)) {
		action, err := r.stage(name, files[name])
		if err != nil {
			return nil, r.undo(nil, failed(r.target.path(name), err))
		}
		changes = append(changes, Change{Name: name, Action: action})
	}
	for _, name := range slices.Sorted(slices.Values(removed)) {
		if err := r.stageRemoval(name); err != nil {
			return nil, r.undo(nil, failed(r.target.path(name), err))
		}
		changes = append(changes, Change{Name: name, Action: Removed})
	}
	// What goes is moved away first: that needs the rights which removing it does.
	slices.SortStableFunc(r.steps, func(a, b *staged) int { return order(a) - order(b) })
	for i, s := range r.steps {
		if err := s.commit(r.rename); err != nil {
			return nil, r.undo(r.steps[:i], failed(r.target.path(s.name), err))
		}
	}
	r.discard()
	return changes, nil
}

func failed(name string, err error) error {
	return &fs.PathError{Op: "write", Path: name, Err: withoutPath(err)}
}

func order(s *staged) int {
	if s.fresh == "" {
		return 0
	}
	return 1
}

// stage stores a new content next to its file.
func (r *replacement) stage(name string, content []byte) (Action, error) {
	p, info, err := r.target.resolve(name)
	if err != nil {
		return "", err
	}
	action := Created
	if info != nil {
		action = Changed
		if info.Size() == int64(len(content)) {
			if old, err := os.ReadFile(p.path); err != nil || bytes.Equal(old, content) {
				return Unchanged, err
			}
		}
		if info.Mode().Perm()&0o222 == 0 {
			return "", errors.New("it is read-only: make it writable with `chmod u+w` if it may be replaced")
		}
	}
	made, err := makeDirectories(filepath.Dir(p.path))
	r.made = append(r.made, made...)
	if err != nil {
		return "", err
	}
	s, err := stage(p, info, content, r.modeOfNew)
	if err != nil {
		return "", err
	}
	r.steps = append(r.steps, s)
	return action, nil
}

// stageRemoval prepares that a file goes.
func (r *replacement) stageRemoval(name string) error {
	p, info, err := r.target.resolve(name)
	if err == nil && info == nil {
		err = fs.ErrNotExist
	}
	if err != nil {
		return err
	}
	s, err := stageRemoval(p)
	if err != nil {
		return err
	}
	r.steps = append(r.steps, s)
	return nil
}

// modeOfNew asks once for each directory.
func (r *replacement) modeOfNew(dir string) (fs.FileMode, error) {
	if m, isKnown := r.modes[dir]; isKnown {
		return m, nil
	}
	m, err := modeOfNew(dir)
	if r.modes == nil {
		r.modes = map[string]fs.FileMode{}
	}
	r.modes[dir] = m
	return m, err
}

// undo puts back what was done, and gives the error with what became of the files.
func (r *replacement) undo(done []*staged, err error) error {
	var remains []string
	for _, s := range slices.Backward(done) {
		if undone := s.undo(r.rename); undone != nil {
			remains = append(remains, s.account(r.target.path(s.name), undone))
		}
	}
	r.discard()
	if len(remains) == 0 {
		return fmt.Errorf("%w; nothing was changed", err)
	}
	slices.Sort(remains)
	return fmt.Errorf("%w; not everything could be put back: %s; all other files are as they were", err, strings.Join(remains, ", "))
}

// discard removes what is needed no longer.
func (r *replacement) discard() {
	for _, s := range r.steps {
		s.discard()
	}
	removeDirectories(r.made)
}
