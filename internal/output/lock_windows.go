// SPDX-License-Identifier: Apache-2.0

package output

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// Of Windows' API, what Go's package leaves out.
const (
	errorSharingViolation = syscall.Errno(32)
	deleteAccess          = 0x00010000
	deleteOnClose         = 0x04000000
)

// tryLock opens a file that nobody else can open meanwhile, and that goes when it is closed, also by the end of the process.
func tryLock(dir string) (*lock, error) {
	name := filepath.Join(dir, lockFile)
	p, err := syscall.UTF16PtrFromString(name)
	if err != nil {
		return nil, nil
	}
	h, err := syscall.CreateFile(p, syscall.GENERIC_READ|syscall.GENERIC_WRITE|deleteAccess, 0, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_HIDDEN|deleteOnClose, 0)
	switch {
	case errors.Is(err, errorSharingViolation):
		return nil, errLocked
	case err != nil:
		return nil, nil // what is to be written will say why
	}
	return &lock{file: os.NewFile(uintptr(h), name), isFile: true}, nil
}

func holder(string) string { return "" }
