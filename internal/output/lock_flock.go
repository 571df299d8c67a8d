// SPDX-License-Identifier: Apache-2.0

//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package output

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// tryLock locks a directory itself, so that nothing is left in it and two containers see one lock. NFS locks only what is open for
// writing, which a directory cannot be: there it is a file in it.
func tryLock(dir string) (*lock, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, nil // it may be written to and not read
	}
	err = flock(f)
	if err == nil {
		return &lock{file: f}, nil
	}
	_ = f.Close()
	if errors.Is(err, errLocked) {
		return nil, err
	}
	return tryLockFile(filepath.Join(dir, lockFile))
}

// tryLockFile locks a file, which is made and goes with the lock.
func tryLockFile(name string) (*lock, error) {
	for {
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0o666)
		if err != nil {
			return nil, nil // what is to be written will say why
		}
		if err := flock(f); err != nil {
			_ = f.Close()
			if errors.Is(err, errLocked) {
				return nil, err
			}
			return nil, nil // this file system has no locks
		}
		mine, errMine := f.Stat()
		there, errThere := os.Lstat(name)
		if errMine == nil && errThere == nil && os.SameFile(mine, there) {
			return &lock{file: f, isFile: true}, nil
		}
		_ = f.Close() // its owner removed it while it was waited for
	}
}

func flock(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EWOULDBLOCK):
			return errLocked
		case !errors.Is(err, syscall.EINTR):
			return err
		}
	}
}

// holder says which process has the lock of a directory, where Linux tells it.
func holder(dir string) string {
	info, err := os.Stat(dir)
	if err != nil {
		return ""
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	locks, err := os.ReadFile("/proc/locks")
	if err != nil {
		return ""
	}
	inode, found := fmt.Sprintf(":%d", stat.Ino), ""
	for line := range strings.Lines(string(locks)) {
		// 1: FLOCK ADVISORY WRITE 4711 08:01:1234 0 EOF; of another container, the process is 0 or less.
		fields := strings.Fields(line)
		if len(fields) < 6 || fields[1] != "FLOCK" || !strings.HasSuffix(fields[5], inode) {
			continue
		}
		if found != "" || fields[4] <= "0" {
			return "" // another file system's, perhaps
		}
		found = " (process " + fields[4] + ")"
	}
	return found
}
