// SPDX-License-Identifier: Apache-2.0

package output

import (
	"errors"
	"os"
)

// lockFile is a file by which a directory is locked where the directory itself cannot be: on Windows, and on NFS.
const lockFile = ".vspread.lock"

// errLocked tells that another run has the lock.
var errLocked = errors.New("another run of vspread writes into it")

// lock is a directory's, held until it is released or the process ends, however it ends.
type lock struct {
	file *os.File
	// isFile tells that it is a file in the directory, which goes with the lock.
	isFile bool
}

// isOf tells whether the lock is that of the directory which is there now.
func (l *lock) isOf(dir string) bool {
	there, err := os.Stat(dir)
	if err != nil || l == nil || l.isFile {
		return err == nil
	}
	mine, err := l.file.Stat()
	return err == nil && os.SameFile(mine, there)
}

func (l *lock) release() {
	if l == nil {
		return
	}
	if l.isFile {
		_ = os.Remove(l.file.Name()) // before another run can have it
	}
	_ = l.file.Close()
}
