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
	"cmp"
	"io"
	"path"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/parallel"
	"github.com/vspread/vspread/internal/tree"
)

// Document writes objects one after the other, without the notes.
func Document(items []*yaml.RNode) []byte {
	var out bytes.Buffer
	if err := Stream(&out, items, nil); err != nil {
		panic(err) // memory takes everything
	}
	return out.Bytes()
}

// Stream is Document for objects of which many are sealed; they follow the items, and others follow them. The error is that of
// writing.
func Stream(out io.Writer, items []*yaml.RNode, added []*object.Sealed, last ...*yaml.RNode) error {
	n := len(items) + len(added) + len(last)
	return parallel.Write(out, n, func(text []byte, at int) []byte {
		if at > 0 {
			text = append(text, "---\n"...)
		}
		switch behind := at - len(items); {
		case behind < 0:
			return appendObject(text, items[at], n == 1)
		case behind < len(added):
			return added[behind].AppendDocument(text)
		default:
			return appendObject(text, last[behind-len(added)], n == 1)
		}
	})
}

// appendObject writes an object without the notes; alone tells that nothing else is in the file.
func appendObject(out []byte, n *yaml.RNode, alone bool) []byte {
	annotations := tree.Get(n.YNode(), "metadata", "annotations")
	isJSON := path.Ext(cmp.Or(tree.String(annotations, kioutil.PathAnnotation), tree.String(annotations, kioutil.LegacyPathAnnotation))) == ".json" //nolint:staticcheck // older kpt's as well
	if !isJSON {
		wide := tree.String(annotations, kioutil.SeqIndentAnnotation) == string(yaml.WideSequenceStyle)
		if written, ok := codec.AppendBlock(out, n.YNode(), codec.Block{Wide: wide, Without: notes}); ok {
			return written
		}
	}
	tree.Writable(n.YNode())
	if !alone && isJSON {
		// The writer would write JSON, and a file of several is YAML.
		n = n.Copy()
		object.RemoveNotes(n.YNode())
	}
	// One by one: the YAML library's encoder keeps all that it has written, some hundred bytes for each value.
	b := bytes.NewBuffer(out)
	w := kio.ByteWriter{Writer: b, ClearAnnotations: notes, KeepReaderAnnotations: false}
	if err := w.Write([]*yaml.RNode{n}); err != nil {
		panic(err) // nodes that were read or made as YAML
	}
	return b.Bytes()
}

var notes = object.Notes()
