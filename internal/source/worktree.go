// SPDX-License-Identifier: Apache-2.0

package source

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// tracked is an entry of git's index, or a file that git would add, which has no id.
type tracked struct {
	name, mode, id string
	// isSkipped tells that the file is not looked at, mostly because a sparse checkout leaves it out: what the index
	// says counts.
	isSkipped bool
}

// indexed lists what git knows, and more that the options ask for, below a path from the current directory.
func indexed(path string, options ...string) ([]tracked, error) {
	out, err := git(nil, append(append([]string{"ls-files", "-z", "-t", "--stage", "--cached"}, options...), "--", path)...)
	if err != nil {
		return nil, err
	}
	var entries []tracked
	for line := range strings.SplitSeq(string(out), "\x00") {
		tag, rest, found := strings.Cut(line, " ")
		head, name, isStaged := strings.Cut(rest, "\t")
		fields := strings.Fields(head)
		switch {
		case !found:
		case tag == "?":
			entries = append(entries, tracked{name: rest})
		case !isStaged || len(fields) != 3 || len(entries) > 0 && entries[len(entries)-1].name == name: // the other side of a conflict
		default:
			entries = append(entries, tracked{name, fields[0], fields[1], tag == "S"})
		}
	}
	return entries, nil
}

// workTree reads the files below paths that git knows or would add: what it is told to ignore is in no
// revision either.
func (r *reader) workTree(paths []string) error {
	root, err := git(nil, "rev-parse", "--show-toplevel")
	if err != nil {
		return err
	}
	top, err := filepath.EvalSymlinks(strings.TrimSuffix(string(root), "\n"))
	if err != nil {
		return err
	}
	for _, given := range paths {
		p, had := filepath.ToSlash(filepath.Clean(given)), r.count()
		entries, err := indexed(p, "--others", "--exclude-standard")
		if err != nil {
			return err
		}
		var absent []blob
		for _, e := range entries {
			r.putPackage(e.name)
			if !isRead(p, e.name) || e.mode == gitlinkMode {
				continue
			}
			file, id, err := e.content(top)
			switch {
			case err != nil:
				return err
			case id != "":
				absent = append(absent, blob{e.name, id})
			case file != "":
				in, err := r.content(file)
				if err != nil {
					return err
				}
				if e.name == p || counts(e.name, in) {
					r.add(in, e.name, e.name)
				}
			}
		}
		if err := r.blobs(absent, r.label+p); err != nil {
			return err
		}
		r.note(given, had)
	}
	return nil
}

// mostLinks is how many symbolic links may lead to one another.
const mostLinks = 10

// content tells where to find what is in a file: on disk, in git by an id, or nowhere, if it is deleted or no regular
// file. A link may lead to a file that is not checked out, or be such a file itself, and never out of the repository, whose root is
// given.
func (e tracked) content(root string) (file, id string, err error) {
	link := e.name
	for range mostLinks {
		target := ""
		switch {
		case e.isSkipped && e.mode != linkMode:
			return "", e.id, nil
		case e.isSkipped:
			text, err := git(nil, "cat-file", "blob", e.id)
			if err != nil {
				return "", "", err
			}
			target = string(text)
		default:
			if file, target, err = onDisk(e.name, root); file != "" || err != nil {
				return file, "", err
			}
			if target == "" && e.name == link {
				return "", "", nil
			}
		}
		to, found := followed(e.name, target)
		if !found {
			break
		}
		e = to
	}
	return "", "", notFollowed(link)
}

// onDisk gives the file where there is one to be read, or the target of a link that leads to nothing.
func onDisk(name, root string) (file, target string, err error) {
	entry, err := os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", "", nil // deleted, and not yet for git
	}
	if err != nil {
		return "", "", err
	}
	isLink := entry.Mode()&fs.ModeSymlink != 0
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && isLink:
		target, err = os.Readlink(name)
		return "", target, err
	case err != nil:
		return "", "", err
	case info.IsDir() && isLink:
		return "", "", notFollowed(name)
	case !info.Mode().IsRegular():
		return "", "", nil
	}
	inside, err := isInside(name, root)
	if err == nil && !inside {
		err = leadsOut(name, "the repository")
	}
	if err != nil {
		return "", "", err
	}
	return name, "", nil
}

// followed gives the entry that a symbolic link leads to; false where git has none.
func followed(link, target string) (tracked, bool) {
	target = filepath.ToSlash(target)
	if target == "" || path.IsAbs(target) {
		return tracked{}, false
	}
	target = path.Join(path.Dir(link), target)
	entries, err := indexed(target)
	if err != nil || len(entries) != 1 || entries[0].name != target {
		return tracked{}, false
	}
	return entries[0], true
}
