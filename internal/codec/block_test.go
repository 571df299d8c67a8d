// SPDX-License-Identifier: Apache-2.0

package codec_test

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/codec"
)

// encoded is what the YAML library makes of a tree.
func encoded(t interface{ Fatal(...any) }, n *yaml.Node, wide bool) string {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	if wide {
		e.DefaultSeqIndent()
	} else {
		e.CompactSeqIndent()
	}
	if err := e.Encode(n); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var (
	texts = []string{
		"", "a", "apple-md-datastore00", "/DC/network/VM Network", "v1.35.4", "y", "n", "no", "true", "True", "null", "NULL", "~", "<<", "0", "12", "012", "-1", "1e3", ".5", "1.0",
		"2026-12-01", "a: b", "a:b", "a:", ":a", "a #b", "a#b", "#a", "- a", "-a", "a - b", "? a", "?a", " a", "a ", "a  b", "{{ local_hostname }}", "{a}'s", "[a", "*a", "&a", "%a", "@a", "!a", "|a", ">a",
		"'a'", "\"a\"", "a'b", "a\"b", "a\\b", "\\", "`a", "=", "a=b", "a,b", "[]", "{}", "a\nb", "a\n", "\ta", "a\tb", "é", "aé", "\u2028", "\x07", "...", "---", "--- a", "a---", "Infinity", "NaN", ".inf",
		"0x1f", "0b1", "1_000", "60:30", "on", "Off", "/", "//", "/ ", "/: a", "/:", "/ #", strings.Repeat("a", 100), strings.Repeat("a", 101), strings.Repeat("a b ", 60) + "c", "1234567890123456789",
	}
	tags     = []string{"", yaml.NodeTagString, yaml.NodeTagInt, yaml.NodeTagBool, yaml.NodeTagNull, yaml.NodeTagFloat, "!!timestamp", "!mine"}
	styles   = []yaml.Style{0, 0, 0, yaml.DoubleQuotedStyle, yaml.SingleQuotedStyle, yaml.LiteralStyle, yaml.FoldedStyle, yaml.TaggedStyle, yaml.FlowStyle}
	comments = []string{"", "", "", "", "", "", "", "", "# why"}
)

func someText() *rapid.Generator[string] {
	const ascii = "abcABC019 /-_.:#'\"{}[],&*!|>%@`=+~<?\\"
	return rapid.OneOf(rapid.SampledFrom(texts), rapid.StringOfN(rapid.SampledFrom([]rune(ascii)), 0, 12, -1), rapid.StringN(0, 5, -1))
}

// someTree draws a tree; odd ones have what AppendBlock may refuse.
func someTree(t *rapid.T, depth int, odd bool) *yaml.Node {
	n := &yaml.Node{Kind: rapid.SampledFrom([]yaml.Kind{yaml.ScalarNode, yaml.ScalarNode, yaml.MappingNode, yaml.SequenceNode}).Draw(t, "kind")}
	if depth == 0 {
		n.Kind = yaml.MappingNode
	}
	if depth > 4 {
		n.Kind = yaml.ScalarNode
	}
	if odd {
		n.HeadComment = rapid.SampledFrom(comments).Draw(t, "head")
		n.LineComment = rapid.SampledFrom(comments).Draw(t, "line")
	}
	switch n.Kind {
	case yaml.ScalarNode:
		n.Value = someText().Draw(t, "value")
		n.Tag = yaml.NodeTagString
		if odd {
			n.Tag = rapid.SampledFrom(tags).Draw(t, "tag")
		}
		n.Style = rapid.SampledFrom(styles[:5]).Draw(t, "style")
		if odd {
			n.Style = rapid.SampledFrom(styles).Draw(t, "style")
		}
		if n.Tag == yaml.NodeTagString && !odd && rapid.Bool().Draw(t, "known") {
			n = codec.String(n.Value)
		}
		return n
	case yaml.MappingNode:
		n.Tag = rapid.SampledFrom([]string{yaml.NodeTagMap, ""}).Draw(t, "tag")
	default:
		n.Tag = rapid.SampledFrom([]string{yaml.NodeTagSeq, ""}).Draw(t, "tag")
	}
	if odd {
		n.Style = rapid.SampledFrom([]yaml.Style{0, 0, 0, yaml.FlowStyle}).Draw(t, "style")
	}
	least := 0
	if depth == 0 {
		least = 1
	}
	for range rapid.IntRange(least, 3).Draw(t, "length") {
		if n.Kind == yaml.MappingNode {
			n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: someText().Draw(t, "key")})
		}
		n.Content = append(n.Content, someTree(t, depth+1, odd))
	}
	return n
}

// AppendBlock writes what the YAML library writes, or nothing.
func TestBlockIsWhatTheLibraryWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := someTree(t, 0, rapid.Bool().Draw(t, "odd"))
		wide := rapid.Bool().Draw(t, "wide")
		got, ok := codec.AppendBlock([]byte("before\n"), n, codec.Block{Wide: wide})
		if !ok {
			if string(got) != "before\n" {
				t.Fatalf("it refuses, and has written %q", got)
			}
			return
		}
		want := func() (text string) {
			defer func() {
				if p := recover(); p != nil {
					text = "the library panics"
				}
			}()
			return "before\n" + encoded(t, n, wide)
		}()
		if string(got) != want {
			t.Fatalf("got:\n%s\nwant:\n%s", got, want)
		}
	})
}

// What most objects have is written, and not left to the library.
func TestBlockWritesMostTexts(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"a", "apple-md-0", "/DC/vm/Ubuntu 24.04", "v1.35.4", "Prune=false", "ns/apple", "{{ local_hostname }}", `hostnamectl set-hostname "{{ ds.meta_data.hostname }}"`, "a:b", "y", "12", "true"} {
		n := codec.Encode(map[string]any{"a": []any{s, map[string]any{"b": s, "c": 12, "d": true}}, "e": map[string]any{}, "f": []string{}})
		got, ok := codec.AppendBlock(nil, n, codec.Block{})
		if !ok || string(got) != encoded(t, n, false) {
			t.Errorf("%s: %v\n%s", s, ok, got)
		}
	}
}

// Annotations are left out as kyaml's writer leaves them out, and the lines below the first are indented.
func TestBlockWithout(t *testing.T) {
	t.Parallel()
	for _, metadata := range []string{
		"{name: a}",
		"{name: a, annotations: {internal.config.kubernetes.io/path: x}}",
		"{name: a, annotations: {internal.config.kubernetes.io/path: x, b: c}}",
		"{name: a, annotations: {internal.config.kubernetes.io/path: x}, labels: {internal.config.kubernetes.io/path: x}}",
		"{name: a, annotations: {}}",
		"{annotations: {internal.config.kubernetes.io/path: x}}",
	} {
		n := yaml.MustParse("kind: A\nmetadata: " + metadata + "\nspec: {metadata: {annotations: {internal.config.kubernetes.io/path: x}}}\n")
		unflow(n.YNode())
		got, ok := codec.AppendBlock(nil, n.YNode(), codec.Block{Without: []string{kioutil.PathAnnotation}})
		var b bytes.Buffer
		if err := (kio.ByteWriter{Writer: &b, ClearAnnotations: []string{kioutil.PathAnnotation}}).Write([]*yaml.RNode{n}); err != nil {
			t.Fatal(err)
		}
		if ok && string(got) != b.String() {
			t.Errorf("%s: got\n%s\nwant\n%s", metadata, got, b.String())
		}
		indented, again := codec.AppendBlock([]byte("- "), n.YNode(), codec.Block{Without: []string{kioutil.PathAnnotation}, Indent: 2})
		if want := "- " + strings.TrimSuffix(strings.ReplaceAll(b.String(), "\n", "\n  "), "  "); ok != again || ok && string(indented) != want {
			t.Errorf("%s: got\n%s\nwant\n%s", metadata, indented, want)
		}
	}
}

func unflow(n *yaml.Node) {
	if len(n.Content) > 0 {
		n.Style = 0
	}
	for _, c := range n.Content {
		unflow(c)
	}
}

// Texts that are taken for strings at a glance are strings to YAML 1.1 as well.
func TestStringIsQuotedWhereItMustBe(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(someText(), rapid.StringMatching(`[a-zA-Z/][-a-zA-Z0-9/._= ]{0,8}`)).Draw(t, "text")
		isOther := yaml.IsValueNonString(s) || s == "<<"
		if n := codec.String(s); isOther != (n.Style == yaml.DoubleQuotedStyle) {
			t.Fatalf("%q is quoted: %v", s, !isOther)
		}
	})
}
