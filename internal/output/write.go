// SPDX-License-Identifier: Apache-2.0

package output

import (
	"maps"
	"slices"
)

// Write brings the files to disk, all or none.
func (l *Layout) Write(t *Target) ([]Change, error) {
	files := map[string][]byte{}
	for name := range l.after {
		if l.touched[name] {
			files[name] = Document(l.after[name])
		}
	}
	removed := slices.DeleteFunc(slices.Collect(maps.Keys(l.before)), func(name string) bool { return len(l.after[name]) > 0 })
	return t.Replace(files, removed...)
}
