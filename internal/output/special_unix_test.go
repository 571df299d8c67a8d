// SPDX-License-Identifier: Apache-2.0

//go:build unix

package output

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestSpecialFiles refuses what is no file before it is opened: a named pipe would wait for ever.
func TestSpecialFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	socket, err := net.Listen("unix", filepath.Join(dir, "socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = socket.Close() }()
	err = errors.Join(
		syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o666),
		os.Symlink("pipe", filepath.Join(dir, "link")),
	)
	if err != nil {
		t.Fatal(err)
	}
	target := opened(t, dir)
	for name, want := range map[string]string{"pipe": "it is a named pipe", "link": "it is a named pipe", "socket": "it is a socket"} {
		if _, err := target.Replace(map[string][]byte{"a": nil, name: nil}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is written: %v", name, err)
		}
		if _, err := target.Replace(nil, name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is removed: %v", name, err)
		}
		if _, err := target.Read(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is read: %v", name, err)
		}
	}
	if _, err := os.Lstat(filepath.Join(dir, "a")); err == nil {
		t.Error("a is written")
	}
}

// TestOwnerStays gives a file of somebody else's back its owner, as root can.
func TestOwnerStays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, map[string]string{"a.yaml": "old"})
	want := uint32(os.Geteuid()) // who is not root keeps what is his own
	if want == 0 {
		want = 12345
		if err := os.Chown(filepath.Join(dir, "a.yaml"), int(want), int(want)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := opened(t, dir).Replace(map[string][]byte{"a.yaml": []byte("new")}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, "a.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); !ok || stat.Uid != want {
		t.Errorf("the owner is %d, not %d", stat.Uid, want)
	}
}
