// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

var errNoFile = errors.New("it is no regular file")

// readFile reads a file of certificates or thumbprints. It does not wait for a named pipe, and does not read a device.
func readFile(name string) ([]byte, error) {
	// Opening a pipe would wait for who writes into it. What a shell hands over, by <(command), is open already.
	clean, flag := filepath.ToSlash(filepath.Clean(name)), syscall.O_NONBLOCK
	handed := clean == os.DevNull || strings.HasPrefix(clean, "/dev/fd/")
	if handed {
		flag = 0
	}
	f, err := os.OpenFile(name, os.O_RDONLY|flag, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, &fs.PathError{Op: "read", Path: name, Err: syscall.EISDIR}
	case !info.Mode().IsRegular() && !handed:
		return nil, errNoFile
	}
	content, err := io.ReadAll(io.LimitReader(f, longestFile+1))
	if len(content) > longestFile {
		return nil, fmt.Errorf("it has more than %d MiB", longestFile>>20)
	}
	return content, err
}
