// SPDX-License-Identifier: Apache-2.0

package object_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
)

// What only the YAML library writes is first made such that it reads back as what it is.
func TestSealedIsWritable(t *testing.T) {
	t.Parallel()
	n := yaml.MustParse("apiVersion: v1\nkind: A\nmetadata: {name: a, annotations: {b: c}, labels: {d: }}\nspec:\n  text: >-\n    a\n     b\n")
	want := n.Field("spec").Value.Field("text").Value.YNode().Value
	var sealer object.Sealer
	s := sealer.Seal(object.Desired{Node: n})
	text := string(s.AppendDocument(nil))
	for range 2 { // a folded text would grow each time
		again := yaml.MustParse(text)
		if got := again.Field("spec").Value.Field("text").Value.YNode().Value; got != want || !strings.Contains(text, "d: null") {
			t.Fatalf("%q, want %q:\n%s", got, want, text)
		}
		text = codec.Text(again.YNode())
	}
}

// A sealed object is written as its nodes would be, as a document and as an element of a list, whatever was sealed before it.
func TestSealedIsTheObject(t *testing.T) {
	t.Parallel()
	word := rapid.SampledFrom([]string{"a", "b", "aa", "ab", "apple-md-0", "apple-md-00", "no", "12", "two\nlines", "é", ""})
	rapid.Check(t, func(t *rapid.T) {
		var sealer object.Sealer
		for i := range rapid.IntRange(1, 6).Draw(t, "objects") {
			n := codec.Texts("apiVersion", "v1", "kind", rapid.SampledFrom([]string{"A", "B"}).Draw(t, "kind"))
			add := func(to *yaml.Node, key string, value *yaml.Node) {
				to.Content = append(to.Content, codec.String(key), value)
			}
			metadata := codec.Texts("name", fmt.Sprintf("%s%d", word.Draw(t, "name"), i))
			if rapid.IntRange(0, 5).Draw(t, "annotated") > 0 {
				add(metadata, "annotations", codec.Texts("vspread.dev/owner", word.Draw(t, "owner")))
			}
			add(n, "metadata", metadata)
			spec := codec.Texts()
			for j := range rapid.IntRange(0, 3).Draw(t, "fields") {
				add(spec, fmt.Sprintf("field%d", j), codec.String(word.Draw(t, "value")))
			}
			add(n, "spec", spec)
			plain := codec.Text(n)
			s := sealer.Seal(object.Desired{Node: yaml.NewRNode(n), File: "pools/a.yaml"})
			s.Position = i
			if got := string(s.AppendDocument(nil)); got != plain {
				t.Fatalf("as a document:\n%s\nwant:\n%s", got, plain)
			}
			item, ok := s.AppendItem(nil)
			placed := s.Node()
			if got := codec.Text(placed); !strings.Contains(got, "internal.config.kubernetes.io/path: pools/a.yaml") || !strings.Contains(got, fmt.Sprintf("internal.config.kubernetes.io/index: \"%d\"", i)) {
				t.Fatalf("it is not said where it goes:\n%s", got)
			}
			if !ok {
				continue
			}
			var list bytes.Buffer
			e := yaml.NewEncoder(&list)
			if err := e.Encode(&yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{placed}}); err != nil {
				t.Fatal(err)
			}
			if string(item) != list.String() {
				t.Fatalf("as an element:\n%s\nwant:\n%s", item, list.String())
			}
		}
	})
}
