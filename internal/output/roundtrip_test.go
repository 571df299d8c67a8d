// SPDX-License-Identifier: Apache-2.0

package output_test

import (
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/output"
	"github.com/vspread/vspread/internal/source"
	"github.com/vspread/vspread/internal/tree"
)

// FuzzStream reads any text, writes its objects as a stream and into a directory, and reads both again: no object is lost, none
// means something else, and what is written can be read.
func FuzzStream(f *testing.F) {
	const object = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
	for _, text := range []string{
		object, object + "---\n" + object, object + "...\n---\n" + object, object + "--- # c\n" + object, "# a\n---\n# b\n\n# c\n" + object + "# d\n",
		`{"apiVersion":"v1","kind":"A","metadata":{"name":"a"}}` + "\n" + `{"apiVersion":"v1","kind":"A","metadata":{"name":"b"},"x":"\ud83d\ude00"}`,
		"apiVersion: v1\nkind: List\nitems:\n- &a {apiVersion: v1, kind: A, metadata: {name: a}}\n- *a\n- {apiVersion: v1, kind: B, metadata: {name: b}, x: *a}\n",
		object + "x: &x [1]\ny: {<<: {z: *x}}\n", object + "x: >\n  a\n   b\n\n\ny: |+\n\n  a\n\n", strings.ReplaceAll(object+"---\n"+object, "\n", "\r"),
		strings.ReplaceAll(object+"# c\n---\n"+object, "\n", "\r\n"), object + "x: [yes, 0x1, 1e3, 2024-01-01, !!binary aGk=, !a b, ~, '']\n",
		"apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: a}\n---\napiVersion: batch/v1\nkind: Job\nmetadata: {generateName: a}\n",
		object + "? [a]\n: b\n? |\n  c\n: d\n", "- " + strings.ReplaceAll(object, "\n", "\n  "), "apiVersion: v1\nkind: ConfigMap\nmetadata: &m {name: a, annotations: &n {a: b}}\nx: [*m, *n]\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := source.Files([]string{"-"}, source.Options{Stdin: strings.NewReader(text)})
		if err != nil || m.Diags.HasErrors() || hasPlaces(m.Items) {
			return
		}
		before := meanings(m.Items)
		all := m.Items
		written := output.Document(all)
		same(t, "the stream", text, string(written), before, read(t, "-", string(written)))

		m, _ = source.Files([]string{"-"}, source.Options{Stdin: strings.NewReader(text)})
		dir := t.TempDir()
		layout := output.Arrange(dir, m.Items, m.Items, nil)
		if layout.Diags.HasErrors() {
			t.Fatalf("%v\n%s", layout.Diags, text)
		}
		target, err := output.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer target.Close()
		if _, err := layout.Write(target); err != nil {
			t.Fatal(err)
		}
		if len(m.Items) > 0 {
			same(t, "the directory", text, "", before, read(t, filepath.Join(dir, "stdin.yaml"), ""))
		}
	})
}

// hasPlaces tells whether objects come with notes of other tools on where they belong.
func hasPlaces(items []*yaml.RNode) bool {
	for _, n := range items {
		if object.New(n.YNode(), 0).Place != "" {
			return true
		}
	}
	return false
}

func read(t *testing.T, path, text string) []*yaml.Node {
	t.Helper()
	m, err := source.Files([]string{path}, source.Options{Stdin: strings.NewReader(text)})
	if err != nil || m.Diags.HasErrors() {
		t.Fatalf("what is written cannot be read: %v %v\n%q", err, m.Diags, text)
	}
	return meanings(m.Items)
}

// meanings are the objects as they are, without notes and with aliases written out, where they are bounded.
func meanings(items []*yaml.RNode) []*yaml.Node {
	out := make([]*yaml.Node, len(items))
	for i, n := range items {
		out[i] = n.YNode()
		if expanded, err := tree.Expanded(out[i]); err == nil {
			out[i] = expanded
		}
		out[i] = object.WithoutNotes(out[i])
	}
	return out
}

func same(t *testing.T, where, text, written string, before, after []*yaml.Node) {
	t.Helper()
	if len(before) != len(after) {
		t.Fatalf("%s: %d objects become %d\n%q\n%q", where, len(before), len(after), text, written)
	}
	for i := range before {
		if tree.HasAliases(before[i]) {
			continue // too many to be written out
		}
		if !tree.Equal(withoutEmpty(before[i]), withoutEmpty(after[i])) {
			x, _ := yaml.Marshal(before[i])
			y, _ := yaml.Marshal(after[i])
			t.Fatalf("%s: object %d is another one\n%q\n%s\n=== becomes\n%s", where, i, text, x, y)
		}
	}
}

// withoutEmpty takes away annotations and metadata without anything in them, as they are left where notes were.
func withoutEmpty(n *yaml.Node) *yaml.Node {
	n = tree.Clone(n)
	for _, path := range [][]string{{"metadata", "annotations"}, {"metadata"}} {
		if m := tree.Get(n, path...); m == nil || m.Kind == yaml.MappingNode && len(m.Content) == 0 {
			tree.Remove(n, path...)
		}
	}
	return n
}
