// SPDX-License-Identifier: Apache-2.0

package source

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

// environment is what git is run with: nothing is locked, fetched or asked for, messages are the same everywhere, and a path is a
// path, also when it could be read as a pattern. Older versions of git know no GIT_NO_LAZY_FETCH; that no protocol is allowed does
// the same.
var environment = []string{
	"GIT_OPTIONAL_LOCKS=0", "LC_ALL=C", "GIT_LITERAL_PATHSPECS=1", "GIT_GLOB_PATHSPECS=0", "GIT_NOGLOB_PATHSPECS=0", "GIT_ICASE_PATHSPECS=0",
	"GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_TERMINAL_PROMPT=0",
}

// options keep git from running what the repository's own configuration names.
var options = []string{"--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull}

// run runs git; what it is asked for is named in errors.
func run(stdin io.Reader, args []string, what string) ([]byte, error) {
	c := exec.Command("git", args...)
	c.Env = append(os.Environ(), environment...)
	c.Stdin = stdin
	var said bytes.Buffer
	c.Stderr = &said
	out, err := c.Output()
	switch line := complaint(said.String()); {
	case err == nil:
		return out, nil
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("git is not installed, and revisions are read by it; give directories or files to --from and --to")
	case objectMissing.MatchString(line):
		return nil, fmt.Errorf("git %s: %s: %s", what, line, isIncomplete)
	case line != "":
		return nil, fmt.Errorf("git %s: %s", what, line)
	}
	return nil, fmt.Errorf("git %s: %w", what, err)
}

// complaint is the line of what git says that tells why it failed: warnings may stand before it.
func complaint(said string) string {
	first := ""
	for line := range strings.Lines(strings.TrimSpace(said)) {
		line = strings.TrimSuffix(line, "\n")
		if text, isFatal := strings.CutPrefix(line, "fatal: "); isFatal {
			return text
		}
		first = cmp.Or(first, strings.TrimPrefix(line, "error: "))
	}
	return first
}

// objectMissing is how git says that it does not have what it should.
var objectMissing = regexp.MustCompile(`(?i)(could not (fetch|read)|unable to read)( tree| sha1 file of .*)? \(?[0-9a-f]{40}|: bad file$`)

// isIncomplete says why git does not have what is in a commit, and what helps. Nothing is fetched here: a plan reads files only.
const isIncomplete = "this clone is a partial one, as by `git clone --filter`, or broken; fetch the rest with `git fetch --refetch --no-filter`"
