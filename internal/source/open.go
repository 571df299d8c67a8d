// SPDX-License-Identifier: Apache-2.0

package source

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
)

// errNoFile is what a named pipe, a socket or a device is: reading it may wait for ever, or never end.
var errNoFile = errors.New("it is a named pipe, a socket or a device, and a file is meant")

// ReadFile reads a file: at most codec.MaxInput bytes, and one more where there are more.
func ReadFile(name string) ([]byte, error) {
	f, err := openFile(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	return codec.ReadAll(f)
}

// refuseLarge reports a file beyond codec.MaxInput.
func refuseLarge(name string, content []byte) diag.List {
	var diags diag.List
	if len(content) > codec.MaxInput {
		codec.TooLarge(&diags, name)
	}
	return diags
}

// openFile opens a regular file, or what a shell hands over by /dev/stdin and /dev/fd.
func openFile(name string) (*os.File, error) {
	if isHandedOver(name) {
		return os.Open(name)
	}
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errNoFile}
	}
	// Without waiting, in case it has become a pipe meanwhile.
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	if info, err = f.Stat(); err == nil && !info.IsDir() && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "read", Path: name, Err: errNoFile}
	}
	if err != nil {
		_ = f.Close() // it is not read
		return nil, err
	}
	return f, nil
}

// isHandedOver tells whether a name is that of an open file of this process, as shells write it for <(command).
func isHandedOver(name string) bool {
	clean := filepath.ToSlash(filepath.Clean(name))
	return clean == "/dev/null" || clean == "/dev/stdin" || strings.HasPrefix(clean, "/dev/fd/") || strings.HasPrefix(clean, "/proc/self/fd/")
}
