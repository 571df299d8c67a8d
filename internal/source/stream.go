// SPDX-License-Identifier: Apache-2.0

package source

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
)

// documents gives the documents of a stream, up to its end. The nodes know the lines of the stream, as an editor counts them.
// What is between two lines of `---` is parsed by itself: that is how kustomize and kpt tell whose a comment is.
func documents(in []byte, budget *codec.Budget) ([]*yaml.RNode, *codec.Mistake) {
	var out []*yaml.RNode
	for c, mistake := range chunks(strings.ReplaceAll(string(in), "\r\n", "\n")) {
		if mistake != nil {
			return nil, mistake
		}
		nodes, mistake := c.parse(budget)
		if mistake != nil {
			return nil, mistake
		}
		out = append(out, nodes...)
	}
	return out, nil
}

// parse gives the documents of a chunk, nearly always one.
func (c chunk) parse(budget *codec.Budget) ([]*yaml.RNode, *codec.Mistake) {
	var out []*yaml.RNode
	for _, v := range c.values() {
		if !budget.Text(v.text) {
			return nil, v.beyond(codec.ErrTooLarge)
		}
		d := yaml.NewDecoder(strings.NewReader(v.text))
		for isFirst := true; ; isFirst = false {
			node := &yaml.Node{}
			err := d.Decode(node)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				m := codec.FindMistake(v.text, err)
				m.Position = v.inStream(m.Position)
				return nil, &m
			}
			if err := budget.Document(node); err != nil {
				return nil, v.beyond(err)
			}
			if yaml.IsYNodeEmptyDoc(node) || yaml.IsMissingOrNull(yaml.NewRNode(node)) {
				continue
			}
			v.number(node)
			if !isFirst {
				// Other readers take the first document only.
				return nil, &codec.Mistake{Message: codec.Unseparated, Position: diag.Position{Line: node.Line, Column: node.Column}}
			}
			out = append(out, wrapped(node))
		}
	}
	return out, nil
}

// beyond is the mistake of a document that is more than is read.
func (c chunk) beyond(err error) *codec.Mistake {
	return &codec.Mistake{Message: err.Error(), Position: diag.Position{Line: c.before + 1, Column: 1}, IsBound: true}
}

// chunk is a part of a stream, with the number of lines before it.
type chunk struct {
	text   string
	before int
	// column is the number of characters before it on its first line.
	column int
	// lines gives, for a line as the parser counts, the one of an editor; nil where they are the same.
	lines []int
}

// chunks takes a stream apart at the lines that separate documents, and leaves out what is blank.
func chunks(text string) iter.Seq2[chunk, *codec.Mistake] {
	return func(yield func(chunk, *codec.Mistake) bool) {
		line, start := 0, 0 // the number of lines before what is looked at, and where the chunk begins
		before := 0
		for i := 0; i < len(text); {
			end := strings.IndexByte(text[i:], '\n') + 1
			if end == 0 {
				break // without a line end, a separator would have nothing behind it
			}
			if current := text[i : i+end]; i > start && strings.HasPrefix(current, "---") {
				rest := strings.TrimSpace(current[3:])
				if rest != "" && rest[0] != '#' {
					yield(chunk{}, &codec.Mistake{Message: "invalid document separator: " + rest, Position: diag.Position{Line: line + 1, Column: 1}})
					return
				}
				if part := text[start:i]; strings.TrimSpace(part) != "" && !yield(newChunk(part, before), nil) {
					return
				}
				if start, before = i+end, line+1; rest != "" {
					start, before = i+strings.IndexByte(current, '#'), line // a comment is about what follows
				}
			}
			i, line = i+end, line+1
		}
		if part := text[start:]; strings.TrimSpace(part) != "" {
			yield(newChunk(part, before), nil)
		}
	}
}

// breaks end a line for YAML's parser and for no editor.
var breaks = []string{"\u0085", "\u2028", "\u2029"}

func newChunk(text string, before int) chunk {
	c := chunk{text: text, before: before}
	for _, b := range breaks {
		if strings.Contains(text, b) {
			c.lines = editorLines(text)
			break
		}
	}
	return c
}

// editorLines gives the line of an editor for each line of the parser.
func editorLines(text string) []int {
	lines := []int{1}
	for _, r := range text {
		last := lines[len(lines)-1]
		switch r {
		case '\n', '\r':
			lines = append(lines, last+1)
		case '\u0085', '\u2028', '\u2029':
			lines = append(lines, last)
		}
	}
	return lines
}

// values gives each value of a chunk of JSON, and any other chunk as it is.
func (c chunk) values() []chunk {
	values := jsonValues(c.text)
	if len(values) == 0 || c.lines != nil {
		return []chunk{c}
	}
	out := make([]chunk, len(values))
	line, at := 0, 0
	for i, v := range values {
		line += strings.Count(c.text[at:v.offset], "\n")
		at = v.offset
		out[i] = chunk{text: v.text, before: c.before + line, column: utf8.RuneCountInString(c.text[strings.LastIndexByte(c.text[:at], '\n')+1 : at])}
	}
	return out
}

// inStream gives the position in the stream of one in the chunk.
func (c chunk) inStream(p diag.Position) diag.Position {
	if p.Line == 1 {
		p.Column += c.column
	}
	return diag.Position{Line: p.Line + c.before, Column: p.Column}
}

// number makes the lines of nodes those of the stream.
func (c chunk) number(n *yaml.Node) {
	if n.Line > 0 {
		if c.lines != nil {
			n.Line = c.lines[min(n.Line, len(c.lines))-1]
		}
		p := c.inStream(diag.Position{Line: n.Line, Column: n.Column})
		n.Line, n.Column = p.Line, p.Column
	}
	for _, child := range n.Content {
		c.number(child)
	}
}

// wrapped gives a document as an object. A list has no place for notes, and is put into a mapping.
func wrapped(document *yaml.Node) *yaml.RNode {
	n := yaml.NewRNode(document)
	if len(document.Content) == 0 || document.Content[0].Kind != yaml.SequenceNode {
		return n
	}
	return yaml.NewRNode(&yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{
		{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: yaml.BareSeqNodeWrappingKey}, document.Content[0],
	}})
}

// notYAML reports what keeps a stream from being read.
func notYAML(in []byte, at diag.Where, m *codec.Mistake) *diag.Diagnostic {
	d := &diag.Diagnostic{Severity: diag.Error, Code: m.Code(), Where: at, Position: m.Position, Message: "is not YAML: " + m.Message}
	switch {
	case m.IsBound:
		d.Message = m.Message
		d.WithHint("render one cluster at a time")
	case bytes.Contains(in, []byte("{{")):
		d.WithHint("it looks like a template; render it first, for example with `helm template`")
	}
	return d
}
