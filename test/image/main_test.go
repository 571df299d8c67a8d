// SPDX-License-Identifier: Apache-2.0

// Package image holds the images' root file systems to what their hosts ask of them: they are built by image/rootfs.sh, as
// in the Dockerfile, and run as a container engine would, without one.
package image

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// inside is set in a child that is about to become a container's process.
const inside = "VSPREAD_TEST_CONTAINER"

func TestMain(m *testing.M) {
	if root := os.Getenv(inside); root != "" {
		fmt.Fprintln(os.Stderr, enter(root))
		os.Exit(125)
	}
	os.Exit(m.Run())
}

// enter makes root the read-only root directory, with the directory tmp beside it as /tmp where the image has one, gives up
// all rights and becomes the program of the arguments. It has namespaces of its own for mounts and network.
func enter(root string) error {
	user, err := strconv.Atoi(os.Args[1])
	if err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, "") },
		func() error { return syscall.Mount(root, root, "", syscall.MS_BIND|syscall.MS_REC, "") },
		func() error {
			return syscall.Mount("", root, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, "")
		},
		func() error {
			if _, err := os.Stat(filepath.Join(root, "tmp")); err != nil {
				return nil
			}
			return syscall.Mount(filepath.Join(filepath.Dir(root), "tmp"), filepath.Join(root, "tmp"), "", syscall.MS_BIND, "")
		},
		func() error { return syscall.Chroot(root) },
		func() error { return syscall.Chdir("/") },
		func() error { return syscall.Setgroups(nil) },
		func() error { return syscall.Setgid(user) },
		func() error { return syscall.Setuid(user) },
	} {
		if err := step(); err != nil {
			return fmt.Errorf("a container cannot be made here: %w", err)
		}
	}
	if directory := os.Args[2]; directory != "" {
		if err := os.Chdir(directory); err != nil {
			return err
		}
	}
	path, err := exec.LookPath(os.Args[3])
	if err != nil {
		return err
	}
	var env []string
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, inside) {
			env = append(env, v)
		}
	}
	return syscall.Exec(path, os.Args[3:], env)
}

// container is a root file system and how a program is run in it.
type container struct {
	root string
	user int
	env  []string
	// directory is where the program starts.
	directory string
}

// run gives what the program writes and its exit status.
func (c container) run(t *testing.T, stdin string, command ...string) (stdout, stderr string, status int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := exec.Command(self, append([]string{strconv.Itoa(c.user), c.directory}, command...)...)
	p.Env = append([]string{inside + "=" + c.root}, c.env...)
	p.Stdin = strings.NewReader(stdin)
	var out, complaint strings.Builder
	p.Stdout, p.Stderr = &out, &complaint
	p.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWNET}
	if err := p.Run(); p.ProcessState == nil {
		t.Fatalf("%v: this test makes containers and needs the rights of root, as in `sudo make test-image`", err)
	}
	if p.ProcessState.ExitCode() == 125 {
		t.Fatal(complaint.String())
	}
	return out.String(), complaint.String(), p.ProcessState.ExitCode()
}

// build runs image/rootfs.sh, into another directory each time.
func build(t *testing.T, kind, arch string) string {
	t.Helper()
	// The user of the container must be able to get there.
	dir, err := os.MkdirTemp("", "vspread-image-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	tmp := filepath.Join(dir, "tmp")
	if err := errors.Join(os.Mkdir(tmp, 0o777), os.Chmod(tmp, 0o777)); err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(dir, "root-fs")
	p := exec.Command("image/rootfs.sh", root, kind)
	p.Dir = "../.."
	p.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+arch, "VERSION=v0.1.0")
	if out, err := p.CombinedOutput(); err != nil {
		t.Fatalf("%s for %s: %v\n%s", kind, arch, err, out)
	}
	return root
}

// other is the architecture that this machine is not.
func other() string {
	if runtime.GOARCH == "arm64" {
		return "amd64"
	}
	return "arm64"
}

// umask sets the mask of this process, which what it starts inherits, and gives the old one.
func umask(mask int) int { return syscall.Umask(mask) }
