// SPDX-License-Identifier: Apache-2.0

package source

import (
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// places know where in their files objects are.
type places struct {
	byFile map[string][]placed
	// texts are the files with inventories, which are texts in a text.
	texts map[string]string
	// fileLines and textLines are the lines of files, and of the texts in them, once a position in them is asked for.
	fileLines map[string][]string
	textLines map[*yaml.Node][]string
}

// placed is an object as it was read.
type placed struct {
	ref  diag.Ref
	node *yaml.Node
}

func (p *places) put(file string, node *yaml.Node) {
	if p.byFile == nil {
		p.byFile = map[string][]placed{}
	}
	ref := object.New(node, 0).Ref
	ref.File = file
	p.byFile[file] = append(p.byFile[file], placed{ref, node})
}

func (p *places) putText(file string, in []byte) {
	if p.texts == nil {
		p.texts = map[string]string{}
		p.fileLines, p.textLines = map[string][]string{}, map[*yaml.Node][]string{}
	}
	p.texts[file] = string(in)
	delete(p.fileLines, file)
}

// Locate gives diagnostics the positions of what they are about, where it was read here: of the field, of the nearest one above it
// where it is missing, or of the object.
func (p *places) Locate(diags diag.List) {
	for _, d := range diags {
		if d.Position.Line > 0 {
			continue
		}
		node := p.object(d)
		if node == nil {
			continue
		}
		f := tree.Find(node, d.Field, d.Code == diag.DuplicateKey)
		d.Position = diag.Position{Line: f.Name.Line, Column: f.Name.Column}
		if d.InText.Line == 0 {
			continue
		}
		value, at := f.Value, d.InText
		if value != nil && value.Kind == yaml.MappingNode {
			value, at = part(value, at)
		}
		if inFile, ok := p.inText(d.Object.File, value, at); ok {
			d.Position, d.InText = inFile, diag.Position{}
		}
	}
}

// object finds what a diagnostic is about; of an object that stands twice, the second one.
func (p *places) object(d *diag.Diagnostic) *yaml.Node {
	ref := d.Object
	if ref.Kind == "" && ref.Name == "" {
		return nil // the file as a whole
	}
	var found *yaml.Node
	for _, x := range p.byFile[ref.File] {
		isIt := x.ref.Kind == ref.Kind && x.ref.Name == ref.Name && (x.ref.Namespace == ref.Namespace) && (ref.APIVersion == "" || x.ref.APIVersion == ref.APIVersion)
		if isIt && (found == nil || d.Code == diag.DuplicateObject) {
			found = x.node
		}
	}
	return found
}

// part finds the key of a ConfigMap's data that holds a line of a text that is split over several.
func part(data *yaml.Node, at diag.Position) (*yaml.Node, diag.Position) {
	type numbered struct {
		key   string
		value *yaml.Node
	}
	var parts []numbered
	for i := 0; i+1 < len(data.Content); i += 2 {
		if k := data.Content[i].Value; inventory.IsPart(k) && k != inventory.Key {
			parts = append(parts, numbered{k, data.Content[i+1]})
		}
	}
	number := func(x numbered) int {
		n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(x.key, "inventory."), ".yaml"))
		return n
	}
	slices.SortFunc(parts, func(a, b numbered) int { return number(a) - number(b) })
	for _, x := range parts {
		lines := strings.Count(x.value.Value, "\n")
		if at.Line <= lines {
			return x.value, at
		}
		at.Line -= lines
	}
	return nil, at
}

// inText gives the position in the file of one within a block of text. Of text in quotes it is not known.
func (p *places) inText(file string, value *yaml.Node, at diag.Position) (diag.Position, bool) {
	text, isKnown := p.texts[file]
	if !isKnown || value == nil || value.Style&yaml.LiteralStyle == 0 {
		return diag.Position{}, false
	}
	line := value.Line + at.Line
	// What the block is indented by is no part of the text.
	if _, isSplit := p.fileLines[file]; !isSplit {
		p.fileLines[file] = strings.Split(text, "\n")
	}
	if _, isSplit := p.textLines[value]; !isSplit {
		p.textLines[value] = strings.Split(value.Value, "\n")
	}
	indented, own := indent(p.fileLines[file], line), indent(p.textLines[value], at.Line)
	return diag.Position{Line: line, Column: at.Column + indented - own}, true
}

// indent is that of a line, counted from 1; one that is not there has none.
func indent(lines []string, line int) int {
	line = max(line, 1)
	if line > len(lines) {
		return 0
	}
	return len(lines[line-1]) - len(strings.TrimLeft(lines[line-1], " "))
}
