// SPDX-License-Identifier: Apache-2.0

package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
)

// documents gives the documents of a stream, up to its end. The nodes know the lines of the stream, as an editor counts them.
// What is between two lines of `---` is parsed by itself: that is how kustomize and kpt tell whose a comment is.
func documents(in []byte) ([]*yaml.RNode, *codec.Mistake) {
	var out []*yaml.RNode
	chunks, mistake := split(strings.ReplaceAll(string(in), "\r\n", "\n"))
	if mistake != nil {
		return nil, mistake
	}
	for _, c := range chunks {
		for d := yaml.NewDecoder(strings.NewReader(c.text)); ; {
			node := &yaml.Node{}
			err := d.Decode(node)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				m := codec.FindMistake(c.text, err)
				m.Line += c.before
				return nil, &m
			}
			if yaml.IsYNodeEmptyDoc(node) || yaml.IsMissingOrNull(yaml.NewRNode(node)) {
				continue
			}
			c.number(node)
			out = append(out, wrapped(node))
		}
	}
	return out, nil
}

// chunk is a part of a stream, with the number of lines before it.
type chunk struct {
	text   string
	before int
	// lines gives, for a line as the parser counts, the one of an editor; nil where they are the same.
	lines []int
}

// split takes a stream apart at the lines that separate documents.
func split(text string) ([]chunk, *codec.Mistake) {
	var out []chunk
	line, start := 0, 0 // the number of lines before what is looked at, and where the chunk begins
	before := 0
	for i := 0; i < len(text); {
		end := strings.IndexByte(text[i:], '\n') + 1
		if end == 0 {
			break // without a line end, a separator would have nothing behind it
		}
		if current := text[i : i+end]; i > start && strings.HasPrefix(current, "---") {
			if rest := strings.TrimSpace(current[3:]); rest != "" && rest[0] != '#' {
				return nil, &codec.Mistake{Message: "invalid document separator: " + strings.TrimSpace(current), Position: diag.Position{Line: line + 1, Column: 1}}
			}
			out = append(out, newChunk(text[start:i], before))
			start, before = i+end, line+1
		}
		i, line = i+end, line+1
	}
	return append(out, newChunk(text[start:], before)), nil
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

// number makes the lines of nodes those of the stream.
func (c chunk) number(n *yaml.Node) {
	if n.Line > 0 {
		if c.lines != nil {
			n.Line = c.lines[min(n.Line, len(c.lines))-1]
		}
		n.Line += c.before
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

// notYAML reports what keeps a stream from being YAML.
func notYAML(in []byte, at diag.Where, m *codec.Mistake) *diag.Diagnostic {
	d := &diag.Diagnostic{Severity: diag.Error, Code: diag.InvalidYAML, Where: at, Position: m.Position, Message: fmt.Sprintf("is not YAML: %s", m.Message)}
	if bytes.Contains(in, []byte("{{")) {
		d.WithHint("it looks like a template; render it first, for example with `helm template`")
	}
	return d
}
