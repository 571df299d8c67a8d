// SPDX-License-Identifier: Apache-2.0

package output

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// staged is a file that will be replaced or removed.
type staged struct {
	place
	// fresh is the new content, next to the file; nothing where it is to be removed.
	fresh string
	// old is what is there now under another name, or, until it is moved there, the name of nothing; nothing where there is no file.
	old string
	// isKept tells that the old content cannot be put back, and stays under the name.
	isKept bool
}

// stage stores a content next to a file, with the permissions and the owner of the file or those that new files get, and the
// content that it replaces.
func stage(p place, info fs.FileInfo, content []byte, modeOfNew func(dir string) (fs.FileMode, error)) (*staged, error) {
	s := &staged{place: p}
	mode := fs.FileMode(0)
	var err error
	if info != nil {
		mode = info.Mode().Perm()
		s.old, err = second(p.path, info)
	} else {
		mode, err = modeOfNew(filepath.Dir(p.path))
	}
	if err == nil {
		s.fresh, err = store(p.path, content, mode, info)
	}
	if err != nil {
		s.discard()
		return nil, err
	}
	return s, nil
}

// stageRemoval finds a name for what goes.
func stageRemoval(p place) (*staged, error) {
	f, err := newTemporary(p.path)
	if err != nil {
		return nil, err
	}
	return &staged{place: p, old: f.Name()}, f.Close()
}

// store writes a content into a temporary file, which nobody else may read before it is whole.
func store(target string, content []byte, mode fs.FileMode, of fs.FileInfo) (string, error) {
	f, err := newTemporary(target)
	if err != nil {
		return "", err
	}
	_, err = f.Write(content)
	if of != nil {
		keepOwner(f, of)
	}
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return f.Name(), err
}

// second gives a file a second name, by which it can be put back, or a copy where that cannot be: a file system without hard links, a
// file that a container has mounted.
func second(file string, info fs.FileInfo) (string, error) {
	f, err := newTemporary(file)
	if err != nil {
		return "", err
	}
	name := f.Name()
	if err := errors.Join(f.Close(), os.Remove(name)); err != nil {
		return "", err
	}
	if os.Link(file, name) == nil {
		return name, nil
	}
	in, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { _ = in.Close() }() // it was only read
	content, err := io.ReadAll(in)
	if err != nil {
		return "", err
	}
	return store(file, content, info.Mode().Perm(), info)
}

// commit puts the new content in the place of the file, so that a reader sees the old or the new one whole, or moves the file away.
func (s *staged) commit(rename func(from, to string) error) error {
	if s.fresh == "" {
		return rename(s.path, s.old)
	}
	return rename(s.fresh, s.path)
}

// undo takes a commit back.
func (s *staged) undo(rename func(from, to string) error) error {
	if s.old == "" {
		return os.Remove(s.path)
	}
	err := rename(s.old, s.path)
	s.isKept = err != nil
	return err
}

// account says what became of a file whose commit could not be taken back, under what the user calls it.
func (s *staged) account(name string, err error) string {
	what := "is removed"
	switch {
	case s.fresh != "" && s.old == "":
		return fmt.Sprintf("%s is new (%v)", name, withoutPath(err))
	case s.fresh != "":
		what = "has its new content"
	}
	return fmt.Sprintf("%s %s and its old one is %s (%v)", name, what, filepath.Join(filepath.Dir(name), filepath.Base(s.old)), withoutPath(err))
}

// discard removes what is stored for a file.
func (s *staged) discard() {
	if s.fresh != "" {
		_ = os.Remove(s.fresh)
	}
	if s.old != "" && !s.isKept {
		_ = os.Remove(s.old)
	}
}
