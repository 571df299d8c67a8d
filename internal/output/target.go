// SPDX-License-Identifier: Apache-2.0

package output

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Target is a directory to write into, which no other run of vspread writes into until it is closed. It is made where there is
// none, and goes again when nothing was written.
type Target struct {
	// dir is what the user calls it, real the way without links.
	dir, real string
	made      []string
	lock      *lock
}

// Open makes a directory the target, and waits for another run that writes into it.
func Open(dir string) (*Target, error) { return openWithin(dir, patience) }

func openWithin(dir string, wait time.Duration) (*Target, error) {
	t := &Target{dir: dir}
	for {
		made, err := makeDirectories(filepath.Clean(dir))
		t.made = append(t.made, made...)
		if err == nil {
			t.real, err = filepath.EvalSymlinks(dir)
		}
		if err == nil {
			t.lock, err = take(t.real, wait)
		}
		if errors.Is(err, errLocked) {
			err = fmt.Errorf("write into %s: %w; run vspread again when it has ended", dir, err)
		}
		if err != nil {
			removeDirectories(t.made)
			return nil, err
		}
		if t.lock.isOf(t.real) {
			return t, nil
		}
		t.lock.release() // the other run had made the directory, and nothing to write
	}
}

// OpenFile makes the directory of a file the target, and gives the name that the file has there. A link stays one: the file is what
// it leads to.
func OpenFile(name string) (*Target, string, error) {
	file, err := linked(name)
	if err != nil {
		return nil, "", fmt.Errorf("write %s: %w", name, err)
	}
	t, err := Open(filepath.Dir(file))
	return t, filepath.Base(file), err
}

// Close lets other runs write.
func (t *Target) Close() {
	if t == nil {
		return
	}
	if t.lock != nil && t.lock.isFile {
		t.lock.release() // it is in the directory
		removeDirectories(t.made)
		return
	}
	removeDirectories(t.made)
	t.lock.release()
}

// Read gives what a file of the directory holds; the error of one that is not there is fs.ErrNotExist.
func (t *Target) Read(name string) ([]byte, error) {
	p, info, err := t.resolve(name)
	if err == nil && info == nil {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: t.path(name), Err: err}
	}
	f, err := os.Open(p.path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	return io.ReadAll(f)
}

// path is what the user would call a file of the directory.
func (t *Target) path(name string) string { return filepath.Join(t.dir, filepath.FromSlash(name)) }

// place is where a file is, without links.
type place struct{ name, path string }

// resolve finds where a file of the directory is, or would be. Links are followed, and none leads out of the directory. Without an
// error, it is a regular file, or nothing, which has no info.
func (t *Target) resolve(name string) (place, fs.FileInfo, error) {
	p := place{name: name}
	file, err := linked(filepath.Join(t.real, filepath.FromSlash(name)))
	if err != nil {
		return p, nil, err
	}
	dir, err := realDirectory(filepath.Dir(file))
	if err != nil {
		return p, nil, err
	}
	p.path = filepath.Join(dir, filepath.Base(file))
	if rel, err := filepath.Rel(t.real, p.path); err != nil || !filepath.IsLocal(rel) {
		return p, nil, fmt.Errorf("a symbolic link leads out of %s, and nothing is written there", t.dir)
	}
	info, err := os.Lstat(p.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return p, nil, nil
	case err != nil:
		return p, nil, withoutPath(err)
	case info.IsDir():
		return p, nil, errors.New("it is a directory, and a file is to be written")
	case !info.Mode().IsRegular():
		return p, nil, fmt.Errorf("it is %s, and a file is to be written", kindOf(info.Mode()))
	}
	return p, info, nil
}

func kindOf(m fs.FileMode) string {
	switch {
	case m&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "no regular file"
}

// mostLinks is how many symbolic links may lead to one another, as in Linux.
const mostLinks = 40

// linked follows symbolic links, also to where there is nothing yet.
func linked(name string) (string, error) {
	for range mostLinks {
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

// realDirectory gives the way to a directory without links, also to one that is not there yet.
func realDirectory(dir string) (string, error) {
	var rest []string
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Lstat(d); errors.Is(err, fs.ErrNotExist) && d != filepath.Dir(d) {
			rest = append([]string{filepath.Base(d)}, rest...)
			continue
		}
		real, err := filepath.EvalSymlinks(d)
		if err != nil {
			return "", withoutPath(err)
		}
		return filepath.Join(real, filepath.Join(rest...)), nil
	}
}

// withoutPath leaves of an error what the system says: the file is named by what the user calls it.
func withoutPath(err error) error {
	var file *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &file) && !strings.Contains(file.Err.Error(), "\n"):
		return file.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
