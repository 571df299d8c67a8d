// SPDX-License-Identifier: Apache-2.0

package output

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// stagedFile is a new content next to the file that it will replace.
type stagedFile struct {
	temporary, target string
	// made is the directory that had to be made for it, if any.
	made string
}

// stage writes a content next to a file, with the file's permissions or those that new files get. A link stays one: what it leads to
// is replaced. A file that nobody may write is left alone, though replacing it would be possible.
func stage(name string, content []byte) (stagedFile, error) {
	failed := func(err error) (stagedFile, error) { return stagedFile{}, fmt.Errorf("write %s: %w", name, err) }
	target, err := linked(name)
	if err != nil {
		return failed(err)
	}
	if info, err := os.Stat(target); err == nil && info.Mode().Perm()&0o222 == 0 {
		return failed(errors.New("it is read-only: make it writable with `chmod u+w` if it may be replaced"))
	}
	made := ""
	if _, err := os.Stat(filepath.Dir(target)); errors.Is(err, os.ErrNotExist) {
		made = filepath.Dir(target)
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
		return failed(err)
	}
	temporary := filepath.Join(filepath.Dir(target), fmt.Sprintf(".%s.%d.tmp", filepath.Base(target), os.Getpid()))
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return failed(err)
	}
	_, err = f.Write(content)
	if info, statErr := os.Stat(target); statErr == nil {
		err = errors.Join(err, f.Chmod(info.Mode().Perm()))
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(temporary)
		return failed(err)
	}
	return stagedFile{temporary, target, made}, nil
}

// linked follows symbolic links, also to where there is nothing yet.
func linked(name string) (string, error) {
	const most = 40 // as in Linux
	for range most {
		to, err := os.Readlink(name)
		if err != nil {
			return name, nil // it is no link
		}
		if !filepath.IsAbs(to) {
			dir, err := filepath.EvalSymlinks(filepath.Dir(name))
			if err != nil {
				return "", err
			}
			to = filepath.Join(dir, to)
		}
		name = to
	}
	return "", errors.New("too many symbolic links")
}

// commit replaces the file, so that a reader sees the old or the new content whole.
func (f stagedFile) commit() error {
	if err := os.Rename(f.temporary, f.target); err != nil {
		return fmt.Errorf("write %s: %w", f.target, err)
	}
	return nil
}

func (f stagedFile) discard() {
	_ = os.Remove(f.temporary)
	if f.made != "" {
		_ = os.Remove(f.made) // when nothing else is in it
	}
}

// ReplaceFile replaces one file whole.
func ReplaceFile(target string, content []byte) error {
	f, err := stage(target, content)
	if err != nil {
		return err
	}
	if err := f.commit(); err != nil {
		f.discard()
		return err
	}
	return nil
}
