// SPDX-License-Identifier: Apache-2.0

// Package output is where manifests go. Objects and a place for them go in; out come a stream, or files of a directory that are
// replaced whole, and the diagnostics of what is in the way.
//
// Document writes a stream, Wanted and Pruned say what of a rendering belongs into it. Arrange puts the objects into the files of
// a directory, next to what the user keeps there, and says what would be lost; Write then changes the disk. ReplaceFile
// replaces one file. Nothing is read here but the files that are about to be replaced.
package output

import (
	"bytes"
	"path"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/tree"
)

// Document writes objects one after the other, without the notes.
func Document(items []*yaml.RNode) []byte {
	var b bytes.Buffer
	for i, n := range items {
		if i > 0 {
			b.WriteString("---\n")
		}
		tree.Writable(n.YNode())
		if len(items) > 1 && path.Ext(object.New(n.YNode(), 0).Place) == ".json" {
			// The writer would write JSON, and a file of several is YAML.
			n = n.Copy()
			object.RemoveNotes(n.YNode())
		}
		// One by one: the YAML library's encoder keeps all that it has written, some hundred bytes for each value.
		w := kio.ByteWriter{Writer: &b, ClearAnnotations: object.Notes(), KeepReaderAnnotations: false}
		if err := w.Write([]*yaml.RNode{n}); err != nil {
			panic(err) // nodes that were read or made as YAML
		}
	}
	return b.Bytes()
}
