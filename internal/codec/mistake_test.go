// SPDX-License-Identifier: Apache-2.0

package codec_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/codec"
)

// parse gives the error of a stream, or nil.
func parse(text string) error {
	for d := yaml.NewDecoder(strings.NewReader(text)); ; {
		err := d.Decode(new(yaml.Node))
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// TestFindMistake marks with ^ the character that an editor is to show.
func TestFindMistake(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"a: b\n c^: d\n", "mapping values are not allowed in this context"},
		{"a:\n  b: c\n ^d: e\n", "did not find expected key"},
		{"a: b^: c\n", "mapping values are not allowed in this context"},
		{"x: y\na: ^\"foo\nb: 3\nc: 5\n", "found unexpected end of stream"},
		{"x: 1\na: b\n^foo\nc: d\n", "could not find expected ':'"},
		{"x: 1\na: ^*sha\n", "unknown anchor: what begins with * is the alias of an anchor before it; write a text that begins with * in quotes"},
		{"password: ^*hunter2\n", "unknown anchor: what begins with * is the alias of an anchor before it; write a text that begins with * in quotes"},
		{"x: 1\n^\tb: c\n", "found a tab character that violates indentation"},
		{"x: 1\nb:\n^\tc: d\n", "found character that cannot start any token"},
		{"x: ^- a\n", "block sequence entries are not allowed in this context"},
		{"- a\nb^: c\n", "did not find expected '-' indicator"},
		{"x: 1\ny: ^@a\n", "found character that cannot start any token"},
		{"x: 1\nz: ^\x01\n", "control characters are not allowed"},
		{"x: ^\xff\n", "invalid leading UTF-8 octet"},
		{"{\"a\": 1,\n \"b\" ^2}\n", "did not find expected ',' or '}'"},
		{"x: |\n  a\n b\nc^: d\n", "did not find expected key"},
		{"spec:\n  a: b\n  workers:\n  - name: md\n   ^replicas: 3\n", "did not find expected key"},
		{"a: 1\n^}\n", "did not find expected key"},
		{"k: \"^\\q\"\n", "found unknown escape character"},
		{"{\"a\": 1}\n^{\"b\": 2}\n", "something follows the document; separate documents by a line of ---"},
		{"a: 1\n...\n^]]]\n", "something follows the document; separate documents by a line of ---"},
		{"é: b\nü: é^: x\n", "mapping values are not allowed in this context"},
	} {
		before, after, _ := strings.Cut(tt.text, "^")
		text := before + after
		err := parse(text)
		if err == nil {
			t.Errorf("%q is YAML", text)
			continue
		}
		m := codec.FindMistake(text, err)
		if want := codec.PositionOf(text, len(before)); m.Message != tt.want || m.Position != want {
			t.Errorf("%q: %d:%d %s, want %d:%d %s", text, m.Line, m.Column, m.Message, want.Line, want.Column, tt.want)
		}
	}
}

// TestFindMistakeInRandomTexts: whatever the text is, the position is in it, and up to that line the text is wrong in the same way.
func TestFindMistakeInRandomTexts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"a", ": ", "- ", "\n", "  ", "[", "]", "{", "}", ",", "\"", "'", "|", "*", "&", "!", "#", "\t", "---\n", "é", "?", "%"}), 1, 30)
		text := strings.Join(words.Draw(t, "words"), "")
		err := parse(text)
		if err == nil {
			return
		}
		m := codec.FindMistake(text, err)
		lines := strings.SplitAfter(text, "\n")
		if m.Line < 1 || m.Line > len(lines) || m.Column < 1 || m.Column > len([]rune(lines[m.Line-1]))+1 {
			t.Fatalf("%q: %d:%d is not in it", text, m.Line, m.Column)
		}
		if parse(strings.Join(lines[:m.Line], "")) == nil {
			t.Fatalf("%q: up to line %d it is fine", text, m.Line)
		}
	})
}

// TestFindMistakeInLargeTexts does not parse a large text again and again, and has the line all the same.
func TestFindMistakeInLargeTexts(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("a: b\n---\n", 200_000) + "a:\n  b: c\n d: e\n"
	m := codec.FindMistake(text, parse(text))
	if m.Line < 400_001 || m.Line > 400_003 || m.Column != 1 {
		t.Errorf("%d:%d", m.Line, m.Column)
	}
}
