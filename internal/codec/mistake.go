// SPDX-License-Identifier: Apache-2.0

package codec

import (
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/diag"
)

// Mistake is what keeps a text from being YAML, and where.
type Mistake struct {
	Message string
	diag.Position
	// IsBound tells that it may be YAML, and is more than is read.
	IsBound bool
}

// Code is what a diagnostic of it is called.
func (m *Mistake) Code() diag.Code {
	if m.IsBound {
		return diag.InputTooLarge
	}
	return diag.InvalidYAML
}

// maxSearched is how many values a text may have for the exact place of a mistake to be searched, by parsing the text again and again.
const maxSearched = 100_000

// Unseparated is what is said of a second document, or what nobody would call one, with no line of `---` before it.
const Unseparated = "something follows the document; separate documents by a line of ---"

// unanchored is an alias to nothing.
const unanchored = "unknown anchor: what begins with * is the alias of an anchor before it; write a text that begins with * in quotes"

// FindMistake finds where a text, of which a parser has said that it is no YAML, stops being YAML. The parser's own numbers do not
// serve: its lines are those where the outermost thing begins that is not complete, some are one low, and it has no columns.
func FindMistake(text string, err error) Mistake {
	full := err.Error()
	message, line := words(full)
	if estimate(text) > maxSearched {
		return Mistake{Message: message, Position: diag.Position{Line: max(line, 1), Column: 1}}
	}
	// The parser reads forwards and stops: the shortest beginning of which it says the same ends where the mistake is.
	n := 1 + sort.Search(max(len(text)-1, 0), func(n int) bool { return parseError(text[:n+1]) == full })
	return Mistake{Message: message, Position: PositionOf(text, startOfWord(text, min(n, len(text)), message))}
}

// PositionOf gives the position of an offset in a text.
func PositionOf(text string, offset int) diag.Position {
	before := text[:offset]
	start := strings.LastIndexByte(before, '\n') + 1
	return diag.Position{Line: 1 + strings.Count(before, "\n"), Column: 1 + utf8.RuneCountInString(before[start:])}
}

// startOfWord gives the offset of the last character before an end. Of an alias, which has a name, and of a document it is the
// beginning.
func startOfWord(text string, end int, message string) int {
	switch message {
	case unanchored:
		if i := strings.LastIndexByte(text[:end], '*'); i >= 0 {
			return i
		}
	case Unseparated:
		line := text[strings.LastIndexByte(text[:end], '\n')+1 : end]
		return end - len(strings.TrimLeft(line, " "))
	}
	_, size := utf8.DecodeLastRuneInString(text[:end])
	return end - size
}

// parseError gives what the parser says of a text, or "".
func parseError(text string) string {
	for d := yaml.NewDecoder(strings.NewReader(text)); ; {
		switch err := d.Decode(new(yaml.Node)); {
		case errors.Is(err, io.EOF):
			return ""
		case err != nil:
			return err.Error()
		}
	}
}

// words takes the name of the package and the line off the parser's words.
func words(text string) (message string, line int) {
	text = strings.TrimPrefix(text, "yaml: ")
	if n, err := fmt.Sscanf(text, "line %d:", &line); n == 1 && err == nil {
		_, text, _ = strings.Cut(text, ": ")
	}
	if strings.HasPrefix(text, "did not find expected") {
		line++ // which it counts from 0
	}
	if text == "did not find expected <document start>" {
		text = Unseparated
	}
	// The name is left out: of a password that begins with * and has no quotes it is the rest.
	if strings.HasPrefix(text, "unknown anchor ") {
		text = unanchored
	}
	return text, line
}
