// SPDX-License-Identifier: Apache-2.0

package object

import (
	"bytes"
	"strconv"
	"unique"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// Sealed is a new object that nobody looks into any more: as text, and that as what differs from other objects of its Cluster, it
// takes a small part of the memory of its nodes.
type Sealed struct {
	Ref   diag.Ref
	Owner string
	// File is where the object goes, and Position which one it is there.
	File     string
	Position int
	// Template is as in Desired.
	Template bool

	// form is what the text is kept as a difference from; without one it is whole.
	form *form
	text []byte
	// annotated is where in the text further annotations go.
	annotated int
	// node is the object where it cannot be written without the YAML library.
	node *yaml.Node
}

// Head is what a sealed object tells of itself, without the object.
func Head(d Desired) Sealed {
	o := New(d.Node.YNode(), -1)
	o.Ref.APIVersion = unique.Make(o.Ref.APIVersion).Value() // of which there are few
	return Sealed{Ref: o.Ref, Owner: o.Owner(), File: d.File, Template: d.Template}
}

// Key identifies the object.
func (s *Sealed) Key() Key { return (&Object{Ref: s.Ref}).Key() }

// Sealer seals the objects of a Cluster. Its zero value is ready for use.
type Sealer struct {
	forms   map[string]*form
	scratch []byte
}

// Seal writes an object; its nodes are not needed any more then.
func (w *Sealer) Seal(d Desired) Sealed {
	s := Head(d)
	text, annotated, ok := codec.AppendAnnotated(w.scratch[:0], d.Node.YNode(), codec.Block{})
	if !ok || annotated == 0 {
		s.node = d.Node.YNode()
		tree.Writable(s.node)
		return s
	}
	w.scratch, s.annotated = text, annotated
	if f := w.forms[s.Ref.Kind]; f != nil {
		if difference, ok := f.difference(text); ok {
			s.form, s.text = f, difference
			return s
		}
	}
	s.text = bytes.Clone(text)
	if w.forms == nil {
		w.forms = map[string]*form{}
	}
	w.forms[s.Ref.Kind] = newForm(s.text)
	return s
}

// Weight is about how many bytes of memory it takes.
func (s *Sealed) Weight() int {
	const bare = 300
	if s.node != nil {
		return bare + codec.Weight(s.node)
	}
	return bare + len(s.text)
}

// appendText gives the whole text.
func (s *Sealed) appendText(b []byte) []byte {
	if s.form == nil {
		return append(b, s.text...)
	}
	return s.form.appendText(b, s.text)
}

// Node gives the object with the annotations that tell where it goes.
func (s *Sealed) Node() *yaml.Node {
	n := tree.Clone(s.node)
	if n == nil {
		n = yaml.MustParse(string(s.appendText(nil))).YNode()
	}
	PlaceAt(n, s.File, s.Position)
	return n
}

// AppendDocument writes the object as a document, without annotations of where it goes.
func (s *Sealed) AppendDocument(b []byte) []byte {
	if s.node != nil {
		return append(b, codec.Text(s.node)...)
	}
	return s.appendText(b)
}

// AppendItem writes the object as an element of a list, with the annotations that tell where it goes; false is one that only the
// YAML library can write.
func (s *Sealed) AppendItem(b []byte) ([]byte, bool) {
	if s.node != nil {
		return b, false
	}
	lead := "- "
	add := func(text []byte) {
		for line := range bytes.Lines(text) {
			b = append(append(b, lead...), line...)
			lead = "  "
		}
	}
	text := s.appendText(nil)
	add(text[:s.annotated])
	b = append(b, "      "...)
	b, _ = codec.AppendBlock(b, placement(s.File, s.Position), codec.Block{Indent: 6})
	add(text[s.annotated:])
	return b, true
}

// PlaceAt notes where an object goes.
func PlaceAt(n *yaml.Node, file string, position int) {
	p := placement(file, position)
	annotations := tree.Get(n, "metadata", "annotations")
	for i := 0; i < len(p.Content); i += 2 {
		if key := p.Content[i]; annotations != nil && annotations.Kind == yaml.MappingNode && tree.Get(annotations, key.Value) == nil {
			annotations.Content = append(annotations.Content, key, p.Content[i+1])
		} else {
			tree.Set(n, p.Content[i+1], "metadata", "annotations", key.Value)
		}
	}
}

func placement(file string, position int) *yaml.Node {
	p := codec.Texts(kioutil.PathAnnotation, file, kioutil.IndexAnnotation, strconv.Itoa(position))
	p.Content[3].Style = yaml.DoubleQuotedStyle
	return p
}
