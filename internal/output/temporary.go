// SPDX-License-Identifier: Apache-2.0

package output

import (
	"os"
	"path/filepath"
	"regexp"
	"unicode/utf8"
)

// temporaryName is what files are called for a moment: a new content before it replaces the old one, an old content until all new
// ones are in place. A hidden name that no tool reads as YAML, and by which what a killed run left is recognised.
var temporaryName = regexp.MustCompile(`^\.(.*)\.vspread-[0-9]+\.tmp$`)

// longestName leaves room for what a temporary name has besides: file systems take 255 bytes.
const longestName = 200

// newTemporary makes an empty file next to another one: one that was not there, which nobody else may read.
func newTemporary(target string) (*os.File, error) {
	return os.CreateTemp(filepath.Dir(target), "."+shortened(filepath.Base(target))+".vspread-*.tmp")
}

func shortened(name string) string {
	if len(name) <= longestName {
		return name
	}
	name = name[:longestName]
	for !utf8.ValidString(name) && len(name) > longestName-utf8.UTFMax {
		name = name[:len(name)-1]
	}
	return name
}

// isTemporary tells whether a name is a temporary one, of any file or of that one.
func isTemporary(name, of string) bool {
	m := temporaryName.FindStringSubmatch(name)
	return m != nil && (of == "" || m[1] == shortened(of))
}

// makeDirectories makes a directory and those above it that are not there, and gives the ones that it made, the topmost first.
func makeDirectories(dir string) (made []string, err error) {
	if _, err := os.Stat(dir); err == nil || !os.IsNotExist(err) {
		return nil, err
	}
	if above := filepath.Dir(dir); above != dir {
		if made, err = makeDirectories(above); err != nil {
			return made, err
		}
	}
	err = os.Mkdir(dir, 0o777)
	if os.IsExist(err) {
		return made, nil // somebody else was faster
	}
	if err == nil {
		made = append(made, dir)
	}
	return made, err
}

// removeDirectories takes directories away that nothing is in.
func removeDirectories(made []string) {
	for i := len(made) - 1; i >= 0; i-- {
		_ = os.Remove(made[i])
	}
}

// modeOfNew gives the permissions that a new file gets in a directory: the umask, and what the directory or its file system says,
// are known only by trying.
func modeOfNew(dir string) (os.FileMode, error) {
	f, err := newTemporary(filepath.Join(dir, "mode"))
	if err != nil {
		return 0, err
	}
	name := f.Name()
	_ = f.Close()
	if err := os.Remove(name); err != nil {
		return 0, err
	}
	f, err = os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return 0, err
	}
	info, err := f.Stat()
	_ = f.Close()
	if removed := os.Remove(name); err == nil {
		err = removed
	}
	if err != nil {
		return 0, err
	}
	return info.Mode().Perm(), nil
}
