// SPDX-License-Identifier: Apache-2.0

package source

import (
	"bytes"
	"fmt"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/vspread/vspread/internal/codec"
)

// blob is a file that git holds, by what `git cat-file` finds it: an id, or, for a symbolic link, its place in a commit.
type blob struct{ name, spec string }

const (
	linkMode    = "120000"
	gitlinkMode = "160000" // a submodule
)

// revision reads the files below paths, given from the current directory, as they are in a commit. Blobs are
// read instead of an archive, which leaves out what .gitattributes says. Symbolic links are followed within the
// commit, as in a directory.
func (r *reader) revision(commit string, paths []string) error {
	// Where the current directory is in the repository; a bare one has only its root.
	prefix, err := git(nil, "rev-parse", "--show-prefix")
	if err != nil {
		return err
	}
	root := strings.TrimSuffix(string(prefix), "\n")
	for _, given := range paths {
		p, had := filepath.ToSlash(filepath.Clean(given)), r.count()
		out, err := git(nil, "ls-tree", "-r", "-z", commit, "--", p)
		if err != nil {
			return err
		}
		var files []blob
		for entry := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
			head, name, found := strings.Cut(entry, "\t")
			fields := strings.Fields(head)
			r.putPackage(name)
			if !found || len(fields) != 3 || fields[1] != "blob" || !isRead(p, name) {
				continue
			}
			file := blob{name, fields[2]}
			if fields[0] == linkMode {
				file.spec = commit + ":" + path.Join(root, name)
			}
			files = append(files, file)
		}
		if err := r.blobs(files, r.label+p); err != nil {
			return err
		}
		r.note(given, had)
	}
	return nil
}

// blobs reads files that git holds. How large they are is asked first, and what is too large together is not read:
// any number of links may lead to one large file.
func (r *reader) blobs(files []blob, place string) error {
	if len(files) == 0 || !r.budget.IsLeft() {
		return nil
	}
	var ask strings.Builder
	for _, f := range files {
		if strings.Contains(f.spec, "\n") {
			return fmt.Errorf("%q has a line end in its name", f.name)
		}
		fmt.Fprintln(&ask, f.spec)
	}
	out, err := git(strings.NewReader(ask.String()), "cat-file", "--batch-check", "--follow-symlinks")
	if err != nil {
		return err
	}
	ask.Reset()
	ahead, sizes := r.budget, make([]int, len(files))
	answers := strings.Split(string(out), "\n")
	for i, f := range files {
		fields := strings.Fields(answers[min(i, len(answers)-1)])
		switch {
		case len(fields) == 2 && fields[1] == "missing":
			return fmt.Errorf("git does not have what is in %s: %s", r.label+f.name, isIncomplete)
		case len(fields) != 3 || fields[1] != "blob":
			return notFollowed(r.label + f.name)
		}
		if sizes[i], err = strconv.Atoi(fields[2]); err != nil {
			return fmt.Errorf("git cat-file: %q about %s", fields[2], f.name)
		}
		if !ahead.Bytes(sizes[i]) {
			r.budget = ahead
			codec.TooLarge(&r.Diags, place)
			return nil
		}
		fmt.Fprintln(&ask, fields[0])
	}
	if out, err = git(strings.NewReader(ask.String()), "cat-file", "--batch"); err != nil {
		return err
	}
	for i, f := range files {
		// A line about the content, the content, and a line end.
		_, rest, _ := bytes.Cut(out, []byte("\n"))
		if len(rest) <= sizes[i] {
			return fmt.Errorf("git cat-file: %s is cut short", f.name)
		}
		if content := rest[:sizes[i]]; r.label+f.name == place || counts(f.name, content) {
			r.add(content, f.name, f.name)
		}
		out = rest[sizes[i]+1:]
	}
	return nil
}
