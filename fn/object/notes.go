// SPDX-License-Identifier: Apache-2.0

package object

import (
	"cmp"
	"slices"
	"strconv"

	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/tree"
)

// called is what a file is called in messages, where that is not its place. It is written nowhere.
const called = "internal.config.kubernetes.io/called"

// notes are the annotations that tell where an object was read from and how it looked there.
var notes = []string{
	kioutil.PathAnnotation, kioutil.LegacyPathAnnotation, //nolint:staticcheck // older kpt's as well
	kioutil.IndexAnnotation, kioutil.LegacyIndexAnnotation, //nolint:staticcheck // older kpt's as well
	kioutil.SeqIndentAnnotation, called,
}

// Notes lists the annotations that tell where an object was read from and how it looked there.
func Notes() []string { return slices.Clone(notes) }

// Origin is where an object was read from.
type Origin struct {
	// Name is what the user calls the file, Place where it is, as in Object.
	Name, Place string
	// Position is the object's position in the file.
	Position int
	// Indent is how the file indents lists, as kyaml calls it, or "".
	Indent string
}

// Annotate notes where an object was read from, so that a file keeps its looks, in place of the notes that it has.
func Annotate(node *yaml.Node, o Origin) {
	RemoveNotes(node)
	note := func(name, value string) { tree.Set(node, codec.String(value), "metadata", "annotations", name) }
	note(kioutil.IndexAnnotation, strconv.Itoa(o.Position))
	if o.Indent != "" {
		note(kioutil.SeqIndentAnnotation, o.Indent)
	}
	if o.Place != "" {
		note(kioutil.PathAnnotation, o.Place)
	}
	if o.Name != o.Place {
		note(called, o.Name)
	}
}

// RemoveNotes takes the notes off an object.
func RemoveNotes(node *yaml.Node) {
	for _, note := range notes {
		tree.Remove(node, "metadata", "annotations", note)
	}
}

// WithoutNotes gives a copy of an object without the notes.
func WithoutNotes(node *yaml.Node) *yaml.Node {
	node = tree.Clone(node)
	RemoveNotes(node)
	return node
}

// origin gives the file that an object is in, and what that is called in messages.
func origin(node *yaml.Node) (place, name string) {
	annotations := tree.Get(node, "metadata", "annotations")
	place = tree.String(annotations, kioutil.PathAnnotation)
	if place == "" {
		place = tree.String(annotations, kioutil.LegacyPathAnnotation) //nolint:staticcheck // older kpt sets only this one
	}
	return place, cmp.Or(tree.String(annotations, called), place)
}
