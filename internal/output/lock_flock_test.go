// SPDX-License-Identifier: Apache-2.0

//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package output

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestOneAtATime lets a second run wait, which gives up after a while and gets its turn when the first one has ended.
func TestOneAtATime(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "out", "put")
	first, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openWithin(dir, 50*time.Millisecond); !errors.Is(err, errLocked) || !strings.Contains(err.Error(), dir) {
		t.Fatalf("the second one does not wait: %v", err)
	}
	got := make(chan error)
	go func() {
		second, err := openWithin(dir, time.Minute)
		second.Close()
		got <- err
	}()
	select {
	case err := <-got:
		t.Fatalf("the second one does not wait: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	first.Close() // which takes the directory away, as nothing was written
	if err := <-got; err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Dir(dir)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the directory is left: %v", err)
	}
}

// TestLockFile does the same by a file in the directory, as where a directory cannot be locked.
func TestLockFile(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), lockFile)
	first, err := tryLockFile(name)
	if err != nil || first == nil {
		t.Fatal(first, err)
	}
	if _, err := tryLockFile(name); !errors.Is(err, errLocked) {
		t.Fatalf("it is locked twice: %v", err)
	}
	first.release()
	if _, err := os.Stat(name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file is left: %v", err)
	}
	second, err := tryLockFile(name)
	if err != nil || second == nil {
		t.Fatal(second, err)
	}
	second.release()
}
