// SPDX-License-Identifier: Apache-2.0

package source

import (
	"bytes"
	"path"
	"strings"
)

// isHidden tells whether a file's name begins with a dot.
func isHidden(file string) bool { return strings.HasPrefix(path.Base(file), ".") }

// counts tells whether a file of a directory is read: one that is hidden only where objects may be in it, which Flux, Argo CD and
// kubectl apply like any other. The rest are configurations of tools, and what editors and systems leave, which need not be YAML.
func counts(file string, in []byte) bool {
	return !isHidden(file) || bytes.Contains(in, []byte("apiVersion")) && bytes.Contains(in, []byte("kind"))
}
