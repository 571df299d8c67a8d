// SPDX-License-Identifier: Apache-2.0

package object

import (
	"slices"
	"strings"
)

// kustomize notes on an object what it was called in the layers below, and mends references only after the
// outermost layer. So a function in a layer with a namePrefix sees objects under their new names, and
// references to the old ones.
const (
	previousNames = "internal.config.kubernetes.io/previousNames"
	namePrefixes  = "internal.config.kubernetes.io/prefixes"
	nameSuffixes  = "internal.config.kubernetes.io/suffixes"
)

// formerNames lists the names that an object had before the one it has.
func (o *Object) formerNames() []string {
	var out []string
	for name := range strings.SplitSeq(o.Annotation(previousNames), ",") {
		if name != "" && name != o.Ref.Name && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// renamedLike tells whether two objects came through the same layers with prefixes and suffixes.
func (o *Object) renamedLike(other *Object) bool {
	return o.Annotation(namePrefixes) == other.Annotation(namePrefixes) && o.Annotation(nameSuffixes) == other.Annotation(nameSuffixes)
}
