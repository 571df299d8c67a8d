// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/vspread/vspread/fn"
)

// git runs git in the current directory and gives what it writes. Nothing is locked or changed.
func git(stdin io.Reader, args ...string) ([]byte, error) {
	c := exec.Command("git", args...)
	c.Env = append(os.Environ(), "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C")
	c.Stdin = stdin
	var complaint bytes.Buffer
	c.Stderr = &complaint
	out, err := c.Output()
	switch line, _, _ := strings.Cut(strings.TrimSpace(complaint.String()), "\n"); {
	case err == nil:
		return out, nil
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("git is not installed, and revisions are read by it; give directories or files to --from and --to")
	case line != "":
		return nil, fmt.Errorf("git %s: %s", args[0], line)
	}
	return nil, fmt.Errorf("git %s: %w", args[0], err)
}

// isInWorkTree tells whether the current directory is in a git work tree.
func isInWorkTree() bool {
	out, err := git(nil, "rev-parse", "--is-inside-work-tree")
	return err == nil && strings.TrimSpace(string(out)) == "true"
}

// errNoRevision is what git's own words for it do not say.
var errNoRevision = errors.New("no such revision")

// resolve gives the commit that a revision means.
func resolve(revision string) (string, error) {
	out, err := git(nil, "rev-parse", "--verify", "--end-of-options", revision+"^{commit}")
	if err != nil && strings.HasSuffix(err.Error(), "Needed a single revision") {
		err = errNoRevision
	}
	return strings.TrimSpace(string(out)), err
}

// isShallow tells whether the repository lacks a part of its history.
func isShallow() bool {
	out, err := git(nil, "rev-parse", "--is-shallow-repository")
	return err == nil && strings.TrimSpace(string(out)) == "true"
}

// revision reads the files below paths, given from the current directory, as they are in a commit. Blobs are
// read instead of an archive, which leaves out what .gitattributes says.
func (r *source) revision(commit string, paths []string) error {
	for _, p := range paths {
		p = filepath.ToSlash(filepath.Clean(p))
		out, err := git(nil, "ls-tree", "-r", "-z", "--long", commit, "--", p)
		if err != nil {
			return err
		}
		var names []string
		total := 0
		for entry := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
			head, name, found := strings.Cut(entry, "\t")
			fields := strings.Fields(head)
			if !found || len(fields) != 4 || fields[1] != "blob" || !isRead(p, name) {
				continue
			}
			size, _ := strconv.Atoi(fields[3])
			total += size
			names = append(names, name)
		}
		if total > fn.MaxInput {
			fn.TooLarge(&r.diags, r.label+p)
			return nil
		}
		if err := r.blobs(commit, names); err != nil {
			return err
		}
	}
	return nil
}

// isRead tells whether a file below a path is one that is read: YAML, and not hidden.
func isRead(below, name string) bool {
	rel := name
	if below != "." {
		rel = strings.TrimPrefix(strings.TrimPrefix(name, below), "/")
	}
	if rel == "" {
		return true // the file that was named
	}
	for dir := path.Dir(rel); dir != "." && dir != "/"; dir = path.Dir(dir) {
		if base := path.Base(dir); strings.HasPrefix(base, ".") && base != ".." {
			return false
		}
	}
	return isYAML(path.Base(rel))
}

// blobs reads files of a commit. Symbolic links are followed within it, as in a directory.
func (r *source) blobs(commit string, names []string) error {
	if len(names) == 0 {
		return nil
	}
	// Where the current directory is in the repository; a bare one has only its root.
	prefix, err := git(nil, "rev-parse", "--show-prefix")
	if err != nil {
		return err
	}
	var ask strings.Builder
	for _, name := range names {
		if strings.Contains(name, "\n") {
			return fmt.Errorf("%q has a line end in its name", name)
		}
		fmt.Fprintf(&ask, "%s:%s\n", commit, path.Join(strings.TrimSuffix(string(prefix), "\n"), name))
	}
	out, err := git(strings.NewReader(ask.String()), "cat-file", "--batch", "--follow-symlinks")
	if err != nil {
		return err
	}
	answers := bufio.NewReader(bytes.NewReader(out))
	for _, name := range names {
		head, err := answers.ReadString('\n')
		if err != nil {
			return fmt.Errorf("git cat-file: no answer about %s", name)
		}
		fields := strings.Fields(head)
		if len(fields) != 3 || fields[1] != "blob" {
			return fmt.Errorf("%s%s is a symbolic link; name what it leads to instead", r.label, name)
		}
		size, err := strconv.Atoi(fields[2])
		if err != nil || size < 0 || size > len(out) {
			return fmt.Errorf("git cat-file: %q about %s", strings.TrimSpace(head), name)
		}
		content := make([]byte, size)
		if _, err := io.ReadFull(answers, content); err != nil {
			return fmt.Errorf("git cat-file: %s is cut short", name)
		}
		if _, err := answers.Discard(1); err != nil {
			return fmt.Errorf("git cat-file: %s is cut short", name)
		}
		r.add(content, name)
	}
	return nil
}

// workTree reads the files below paths that git knows or would add: what it is told to ignore is in no
// revision either.
func (r *source) workTree(paths []string) error {
	for _, p := range paths {
		p = filepath.ToSlash(filepath.Clean(p))
		out, err := git(nil, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", "--", p)
		if err != nil {
			return err
		}
		for name := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
			if name == "" || !isRead(p, name) {
				continue
			}
			info, err := os.Stat(name)
			switch {
			case errors.Is(err, fs.ErrNotExist):
				continue // deleted, and not yet for git
			case err != nil:
				return err
			case info.IsDir():
				if entry, err := os.Lstat(name); err == nil && entry.Mode()&fs.ModeSymlink != 0 {
					return fmt.Errorf("%s is a symbolic link; name what it leads to instead", name)
				}
				continue // a submodule
			case !info.Mode().IsRegular():
				continue
			}
			if err := r.file(name, name); err != nil {
				return err
			}
		}
	}
	return nil
}
