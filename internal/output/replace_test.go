// SPDX-License-Identifier: Apache-2.0

package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// contents gives what is in a directory: files with their contents, and directories.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || p == dir {
			return err
		}
		rel, _ := filepath.Rel(dir, p)
		if d.IsDir() {
			out[filepath.ToSlash(rel)+"/"] = ""
			return nil
		}
		if !d.Type().IsRegular() {
			out[filepath.ToSlash(rel)] = d.Type().String()
			return nil
		}
		text, err := os.ReadFile(p)
		out[filepath.ToSlash(rel)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func fill(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func opened(t *testing.T, dir string) *Target {
	t.Helper()
	target, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(target.Close)
	return target
}

var errDisk = errors.New("the disk says no")

// TestReplaceIsUndone lets each of the renames fail, and then each of those that undo what was done before: nothing is changed, or the
// error says exactly what is.
func TestReplaceIsUndone(t *testing.T) {
	t.Parallel()
	old := map[string]string{"a.yaml": "old a", "b.yaml": "old b", "deep/c.yaml": "old c", "deep/gone.yaml": "old gone", "gone.yaml": "old gone"}
	files := map[string][]byte{"a.yaml": []byte("new a"), "b.yaml": []byte("new b"), "deep/c.yaml": []byte("new c"), "new/d.yaml": []byte("new d"), "z.yaml": []byte("new z")}
	const steps = 7
	for fails := 1; fails <= steps; fails++ {
		for alsoFails := fails; alsoFails < 2*fails; alsoFails++ { // the first one fails no undoing
			t.Run(fmt.Sprintf("%d and %d", fails, alsoFails), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				fill(t, dir, old)
				before := contents(t, dir)
				r := &replacement{target: opened(t, dir)}
				calls := 0
				r.rename = func(from, to string) error {
					if calls++; calls == fails || calls == alsoFails {
						return &os.LinkError{Op: "rename", Old: from, New: to, Err: errDisk}
					}
					return os.Rename(from, to)
				}
				_, err := r.run(files, []string{"gone.yaml", "deep/gone.yaml"})
				if !errors.Is(err, errDisk) {
					t.Fatalf("no error about the disk: %v", err)
				}
				said := err.Error()
				after := contents(t, dir)
				if strings.HasSuffix(said, "; nothing was changed") {
					if d := cmp.Diff(before, after); d != "" {
						t.Errorf("%s (-before +after):\n%s", said, d)
					}
					return
				}
				_, account, found := strings.Cut(said, "; not everything could be put back: ")
				if !found {
					t.Fatalf("no account: %s", said)
				}
				for name, text := range before {
					now, isThere := after[name]
					named := strings.Contains(account, filepath.Join(dir, name)+" ")
					switch {
					case now == text && isThere && !named:
					case now == text && isThere:
						t.Errorf("%s is as it was, and the error says otherwise: %s", name, said)
					case !named:
						t.Errorf("%s is changed, and the error does not say so: %s", name, said)
					default:
						_, keeps, _ := strings.Cut(account, filepath.Join(dir, name)+" ")
						_, keeps, _ = strings.Cut(keeps, "its old one is ")
						keeps, _, _ = strings.Cut(keeps, " ")
						if kept, err := os.ReadFile(keeps); err != nil || string(kept) != text {
							t.Errorf("the old content of %s is not where the error says: %v", name, err)
						}
					}
				}
				for name := range after {
					if _, was := before[name]; !was && !strings.Contains(account, filepath.Join(dir, name)) && !strings.HasSuffix(name, "/") {
						t.Errorf("%s is new, and the error does not say so: %s", name, said)
					}
				}
			})
		}
	}
}

// TestReplaceLeavesNothing wants no temporary file after a success, and the modes as they were.
func TestReplaceLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, map[string]string{"a.yaml": "old", "gone.yaml": "old"})
	if err := os.Chmod(filepath.Join(dir, "a.yaml"), 0o640); err != nil {
		t.Fatal(err)
	}
	plain := filepath.Join(t.TempDir(), "plain")
	fill(t, filepath.Dir(plain), map[string]string{"plain": ""})
	long := strings.Repeat("ä", 120) + ".yaml" // 245 bytes
	changes, err := opened(t, dir).Replace(map[string][]byte{"a.yaml": []byte("new"), "b/b.yaml": []byte("new"), long: nil}, "gone.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]Change{{"a.yaml", Changed}, {"b/b.yaml", Created}, {long, Created}, {"gone.yaml", Removed}}, changes); d != "" {
		t.Errorf("changes (-want +got):\n%s", d)
	}
	if d := cmp.Diff(map[string]string{"a.yaml": "new", "b/": "", "b/b.yaml": "new", long: ""}, contents(t, dir)); d != "" {
		t.Errorf("files (-want +got):\n%s", d)
	}
	want, err := os.Stat(plain)
	if err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]fs.FileMode{"a.yaml": 0o640, "b/b.yaml": want.Mode()} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode() != mode {
			t.Errorf("%s has the mode %v, not %v (%v)", name, info.Mode(), mode, err)
		}
	}
}

// TestStagedIsPrivate looks at the new content of a file that others must not read, before it is in its place.
func TestStagedIsPrivate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, map[string]string{"a.yaml": "old"})
	if err := os.Chmod(filepath.Join(dir, "a.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	seen := 0
	r := &replacement{target: opened(t, dir), rename: func(from, to string) error {
		info, err := os.Lstat(from)
		if err != nil || info.Mode() != 0o600 {
			t.Errorf("%s has the mode %v (%v)", from, info.Mode(), err)
		}
		seen++
		return os.Rename(from, to)
	}}
	if _, err := r.run(map[string][]byte{"a.yaml": []byte("new")}, nil); err != nil || seen != 1 {
		t.Errorf("%d renames, %v", seen, err)
	}
	f, err := newTemporary(filepath.Join(dir, "new.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err != nil || info.Mode() != 0o600 {
		t.Errorf("a temporary file has the mode %v (%v)", info.Mode(), err)
	}
}

// TestReplaceRefuses changes nothing where a file must not be written, and says why in one line.
func TestReplaceRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		lay  func(dir, outside string) error
		want string
	}{
		{"a link to a file outside", func(dir, outside string) error {
			return os.Symlink(filepath.Join(outside, "x"), filepath.Join(dir, "b.yaml"))
		}, "leads out of"},
		{"a link to nothing outside", func(dir, outside string) error {
			return os.Symlink(filepath.Join(outside, "none"), filepath.Join(dir, "b.yaml"))
		}, "leads out of"},
		{"a link by way of another", func(dir, outside string) error {
			return errors.Join(os.Symlink(filepath.Join(outside, "x"), filepath.Join(dir, "l")), os.Symlink("l", filepath.Join(dir, "b.yaml")))
		}, "leads out of"},
		{"a directory that is a link", func(dir, outside string) error { return os.Symlink(outside, filepath.Join(dir, "d")) }, "leads out of"},
		{"a link in a circle", func(dir, _ string) error { return os.Symlink("b.yaml", filepath.Join(dir, "b.yaml")) }, "too many symbolic links"},
		{"a directory", func(dir, _ string) error { return os.Mkdir(filepath.Join(dir, "b.yaml"), 0o777) }, "it is a directory"},
		{"a file where a directory goes", func(dir, _ string) error { return os.WriteFile(filepath.Join(dir, "d"), nil, 0o666) }, "not a directory"},
		{"a read-only file", func(dir, _ string) error { return os.WriteFile(filepath.Join(dir, "b.yaml"), nil, 0o444) }, "read-only"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir, outside := t.TempDir(), t.TempDir()
			fill(t, outside, map[string]string{"x": "mine"})
			fill(t, dir, map[string]string{"a.yaml": "old", "gone.yaml": "old"})
			if err := c.lay(dir, outside); err != nil {
				t.Fatal(err)
			}
			before, beforeOutside := contents(t, dir), contents(t, outside)
			_, err := opened(t, dir).Replace(map[string][]byte{"a.yaml": []byte("new"), "b.yaml": []byte("new"), "d/e.yaml": []byte("new")}, "gone.yaml")
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("the error is %v", err)
			}
			if d := cmp.Diff(before, contents(t, dir)); d != "" {
				t.Errorf("in the directory (-before +after):\n%s", d)
			}
			if d := cmp.Diff(beforeOutside, contents(t, outside)); d != "" {
				t.Errorf("outside (-before +after):\n%s", d)
			}
		})
	}
}

// TestReplaceFollowsLinksWithin writes through a link that stays in the directory, and keeps it.
func TestReplaceFollowsLinksWithin(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, map[string]string{"real/a.yaml": "old"})
	if err := errors.Join(os.Symlink("real/a.yaml", filepath.Join(dir, "a.yaml")), os.Symlink("real", filepath.Join(dir, "d"))); err != nil {
		t.Fatal(err)
	}
	if _, err := opened(t, dir).Replace(map[string][]byte{"a.yaml": []byte("new"), "d/b.yaml": []byte("new")}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]string{"a.yaml": "L---------", "d": "L---------", "real/": "", "real/a.yaml": "new", "real/b.yaml": "new"}, contents(t, dir)); d != "" {
		t.Errorf("files (-want +got):\n%s", d)
	}
}

// TestSweep removes what a killed run left, and nothing else.
func TestSweep(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fill(t, dir, map[string]string{
		".a.yaml.vspread-123.tmp": "", "pools/.b.yaml.vspread-4.tmp": "", ".hidden/.c.yaml.vspread-5.tmp": "",
		".a.yaml.tmp": "", "a.yaml.vspread-6.tmp": "", ".a.yaml.vspread-x.tmp": "", ".a.yaml.vspread-7.tmp/x": "",
	})
	if err := os.Symlink("a.yaml.vspread-6.tmp", filepath.Join(dir, ".l.yaml.vspread-8.tmp")); err != nil {
		t.Fatal(err)
	}
	target := opened(t, dir)
	before := len(contents(t, dir))
	if said := target.Sweep("a.yaml", "none/a.yaml"); len(said) != 1 || len(contents(t, dir)) != before-1 {
		t.Errorf("of one file: %v", said)
	}
	said := target.Sweep()
	if len(said) != 1 || said[0].Object.File != filepath.ToSlash(dir)+"/pools/.b.yaml.vspread-4.tmp" || len(contents(t, dir)) != before-2 {
		t.Errorf("of all: %v", said)
	}
}
