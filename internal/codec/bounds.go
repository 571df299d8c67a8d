// SPDX-License-Identifier: Apache-2.0

package codec

import (
	"fmt"
	"io"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// MaxInput is the most bytes that are read; 100 clusters of 64 pools are a fifth of it.
const MaxInput = 64 << 20

// MaxValues is the most values that are read in all: keys, texts, numbers, mappings and lists. In memory each takes some
// 170 bytes, however short it is written. 100 clusters of 64 pools have 1.2 million.
const MaxValues = 4_000_000

// MaxObject is the most values of one object. An API server takes objects of at most 1.5 MiB; the largest
// definitions of resources have 60,000. The YAML library keeps some 700 bytes for each while it writes an object.
const MaxObject = 200_000

// MaxDepth is how deep values may be nested. The deepest definitions of resources have some 50 levels, and each one is
// written with more blanks at the beginning of each line.
const MaxDepth = 100

// ofDocument is what a document counts as besides its values, since each one starts the parser.
const ofDocument = 10

// Budget counts what has been read, so that hostile input takes bounded time and memory. The zero value has nothing spent.
type Budget struct{ bytes, values int }

// Bytes counts the bytes of a file or stream, and tells whether they are within MaxInput.
func (b *Budget) Bytes(n int) bool {
	b.bytes += n
	return b.bytes <= MaxInput
}

// Text tells whether a document may be parsed: it is looked at what it may hold at least half of.
func (b *Budget) Text(in string) bool {
	if !b.IsLeft() {
		return false
	}
	if b.values+estimate(in) > MaxValues {
		b.values = MaxValues + 1
	}
	return b.IsLeft()
}

// Document counts a document that was parsed. The error says what is too much.
func (b *Budget) Document(node *yaml.Node) error {
	s := size{}
	s.add(node, 0) // the document itself is no level
	b.values += s.values + ofDocument
	if !b.IsLeft() {
		return ErrTooLarge
	}
	return s.tooDeep()
}

// IsLeft tells whether more may be read.
func (b *Budget) IsLeft() bool { return b.bytes <= MaxInput && b.values <= MaxValues }

// Within tells whether a node, as that of an object, has at most MaxObject values.
func Within(node *yaml.Node) error {
	s := size{}
	s.add(node, 1)
	if s.values > MaxObject {
		return fmt.Errorf("it has %d values, and at most %d of an object are read", s.values, MaxObject)
	}
	return s.tooDeep()
}

// Weight is about how many bytes of memory a tree takes.
func Weight(node *yaml.Node) int {
	const bare = 170
	n := bare + tree.TextOf(node)
	for _, c := range node.Content {
		n += Weight(c)
	}
	return n
}

type size struct {
	values, depth int
}

func (s *size) add(node *yaml.Node, depth int) {
	s.values++
	s.depth = max(s.depth, depth)
	for _, c := range node.Content {
		s.add(c, depth+1)
	}
}

// ErrTooLarge is what is said of an input beyond MaxInput or MaxValues.
var ErrTooLarge = fmt.Errorf("the input has more than %d MiB or %d values", MaxInput>>20, MaxValues)

func (s *size) tooDeep() error {
	if s.depth > MaxDepth {
		return fmt.Errorf("values are nested %d levels deep, and at most %d are read", s.depth, MaxDepth)
	}
	return nil
}

// estimate gives how many values a text of YAML may hold; it never has more than twice as many. Each value but those of a pair is
// begun by one of these, and two values of a pair by one in {a, b}.
func estimate(in string) int {
	n := 1
	for i := range len(in) {
		switch in[i] {
		case '\n', '\r', ',', '[', '{', '\x85', '\xa8', '\xa9': // the last bytes of U+0085, U+2028 and U+2029
			n++
		case ':', '-', '?':
			if i+1 == len(in) || in[i+1] <= ' ' || in[i+1] >= 0x80 {
				n++
			}
		}
	}
	return n
}

// IsSmall tells whether a text in a text, as in an annotation, is one that may be parsed.
func IsSmall(text string) bool { return estimate(text) <= MaxObject }

// ReadAll reads as much as MaxInput, and one byte more, so that more is noticed.
func ReadAll(r io.Reader) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, MaxInput+1))
}

// TooLarge reports an input beyond MaxInput or MaxValues.
func TooLarge(diags *diag.List, file string) {
	diags.Errorf(diag.InputTooLarge, diag.At(diag.Ref{File: file}, ""), "%s", ErrTooLarge).
		WithHint("render one cluster at a time")
}
