// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/source"
)

const (
	mark      = "^" // before the character that an editor is to show
	spread    = "apiVersion: vspread.dev/v1alpha1\nkind: ClusterSpread\nmetadata: {name: x}\n"
	configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, labels: {vspread.dev/inventory: \"true\"}}\n"
)

// TestLocate marks where a field is, in every form of a file that is read.
func TestLocate(t *testing.T) {
	t.Parallel()
	field := func(path string) diag.Where { return diag.At(diag.Ref{Kind: "ClusterSpread", Name: "x"}, path) }
	lab := func(path string) diag.Where { return diag.At(diag.Ref{Kind: "ConfigMap", Name: "x"}, path) }
	at := func(line, column int) diag.Diagnostic {
		return diag.Diagnostic{InText: diag.Position{Line: line, Column: column}}
	}
	for _, tt := range []struct {
		name, text string
		at         diag.Where
		d          diag.Diagnostic
	}{
		{"key", spread + "spec:\n  ^cluster: a\n", field("spec.cluster"), diag.Diagnostic{}},
		{"object", mark + spread + "spec: {}\n", field(""), diag.Diagnostic{}},
		{"element", spread + "spec:\n  workers:\n  - ^name: a\n", field("spec.workers[0]"), diag.Diagnostic{}},
		{"missing", spread + "spec:\n  workers:\n  - name: a\n  - ^name: b\n", field("spec.workers[1].machine.template"), diag.Diagnostic{}},
		{"missing list", spread + "^spec:\n  cluster: a\n", field("spec.workers[1].name"), diag.Diagnostic{}},
		{"all missing", mark + spread, field("spec.workers"), diag.Diagnostic{}},
		{"dots in the key", spread + "spec:\n  labels: {a: b, ^a.b/c.d: e}\n", field("spec.labels.a.b/c.d"), diag.Diagnostic{}},
		{"missing annotation", strings.Replace(spread, "metadata", "^metadata", 1), field("metadata.annotations"), diag.Diagnostic{}},
		{"second key", spread + "spec: {a: 1, ^a: 2}\n", field("spec.a"), diag.Diagnostic{Code: diag.DuplicateKey}},
		{"first key", spread + "spec: {^a: 1, a: 2}\n", field("spec.a"), diag.Diagnostic{}},
		{"merged", spread + "base: &base\n  ^a: 1\nspec:\n  <<: *base\n", field("spec.a"), diag.Diagnostic{}},
		{"alias", spread + "base: &base\n  ^a: 1\nspec: *base\n", field("spec.a"), diag.Diagnostic{}},
		{"anchored metadata", "apiVersion: vspread.dev/v1alpha1\nkind: ClusterSpread\nmetadata: &m {name: x}\nspec:\n  ^a: 1\n  b: *m\n", field("spec.a"), diag.Diagnostic{}},
		{"second document", service + "---\n" + spread + "spec:\n  ^a: 1\n", field("spec.a"), diag.Diagnostic{}},
		{"comment behind the line", "# c\n" + service + "--- # the spread\n" + spread + "spec:\n  ^a: 1\n", field("spec.a"), diag.Diagnostic{}},
		{"end of a document", service + "...\n---\n" + spread + "spec:\n  ^a: 1\n", field("spec.a"), diag.Diagnostic{}},
		{"empty documents", "---\n---\n\n---\n" + service + "---\n# nothing\n---\n" + spread + "spec:\n  ^a: 1\n", field("spec.a"), diag.Diagnostic{}},
		{"text like a separator", configMap + "data:\n  a: |\n    ---\n    b\n---\n" + spread + "spec:\n  ^a: 1\n", field("spec.a"), diag.Diagnostic{}},
		{"other line ends", service + "---\n# \u0085\u2028\n" + spread + "spec:\n  ^a: 1\n", field("spec.a"), diag.Diagnostic{}},
		{"wide characters", spread + "spec: {ü: é, ^a: 1}\n", field("spec.a"), diag.Diagnostic{}},
		{"List", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: A\n- apiVersion: vspread.dev/v1alpha1\n  kind: ClusterSpread\n  metadata: {name: x}\n  spec:\n    ^a: 1\n", field("spec.a"), diag.Diagnostic{}},
		{"ResourceList", "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- apiVersion: vspread.dev/v1alpha1\n  kind: ClusterSpread\n  metadata: {name: x}\n  spec:\n    ^a: 1\n", field("spec.a"), diag.Diagnostic{}},
		{"JSON", "{\n \"apiVersion\": \"vspread.dev/v1alpha1\", \"kind\": \"ClusterSpread\",\n \"metadata\": {\"name\": \"x\"},\n\t\"spec\": {\n\t\t^\"a\": 1}}\n", field("spec.a"), diag.Diagnostic{}},
		{"JSON Lines", "{\"apiVersion\": \"v1\", \"kind\": \"Service\"}\n{\"apiVersion\": \"v1\", \"kind\": \"Service\"} {\"apiVersion\": \"vspread.dev/v1alpha1\", \"kind\": \"ClusterSpread\", \"metadata\": {\"name\": \"x\"}, \"spec\": {^\"a\": 1}}\n", field("spec.a"), diag.Diagnostic{}},
		{"JSON behind a document", service + "---\n\n  {\"apiVersion\": \"v1\", \"kind\": \"Service\"}\n\n {\"apiVersion\": \"vspread.dev/v1alpha1\", \"kind\": \"ClusterSpread\",\n  \"metadata\": {\"name\": \"x\"},\n  \"spec\": {^\"a\": 1}}\n", field("spec.a"), diag.Diagnostic{}},
		{"second object of a name", spread + "---\n" + mark + spread, field(""), diag.Diagnostic{Code: diag.DuplicateObject}},
		{"text", configMap + "data:\n  inventory.yaml: |\n    hosts:\n    - ^name: a\n", lab(`data["inventory.yaml"].hosts[0]`), at(2, 3)},
		{"indented text", configMap + "data:\n  inventory.yaml: |2 # two\n      \n\n       ^hosts: []\n", lab(`data["inventory.yaml"].hosts`), at(3, 4)},
		{"text in quotes", configMap + "data:\n  ^inventory.yaml: \"a\\nb\"\n", lab(`data["inventory.yaml"].b`), at(2, 1)},
		{"text in parts", configMap + "data:\n  inventory.10.yaml: |\n    c: ^d\n  inventory.2.yaml: |\n    a: b\n    b: c\n", lab(`data["inventory.yaml"].c`), at(3, 4)},
		{"text in a later document", service + "---\n" + configMap + "data:\n  inventory.yaml: |\n    hosts:\n    - {name: ^a}\n", lab(`data["inventory.yaml"].hosts[0].name`), at(2, 10)},
	} {
		for _, end := range []string{"\n", "\r\n"} {
			before, after, found := strings.Cut(tt.text, mark)
			if !found {
				t.Fatalf("%s: no mark", tt.name)
			}
			dir := tree(t, map[string]string{"a.yaml": strings.ReplaceAll(before+after, "\n", end)})
			file := filepath.Join(dir, "a.yaml")
			m, err := source.Files([]string{file}, source.Options{})
			if err != nil || slices.ContainsFunc(m.Diags, func(d *diag.Diagnostic) bool { return d.Code != diag.DuplicateKey }) {
				t.Fatalf("%s: %v %v", tt.name, err, m.Diags)
			}
			d := tt.d
			d.Where = tt.at
			d.Object.File = filepath.ToSlash(file)
			m.Locate(diag.List{&d})
			line := before[strings.LastIndexByte(before, '\n')+1:]
			want := diag.Position{Line: 1 + strings.Count(before, "\n"), Column: 1 + len([]rune(line))}
			if d.Position != want {
				t.Errorf("%s %q: got %v, want %v", tt.name, end, d.Position, want)
			}
		}
	}
}

// TestLocateNothing gives no position where there is none to give.
func TestLocateNothing(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{"a.yaml": spread})
	m, err := source.Files([]string{dir}, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.ToSlash(filepath.Join(dir, "a.yaml"))
	for _, ref := range []diag.Ref{{}, {File: file}, {Kind: "ClusterSpread", Name: "x"}, {Kind: "ClusterSpread", Name: "y", File: file}, {Kind: "ClusterSpread", Name: "x", File: "b.yaml"}} {
		d := diag.Diagnostic{Where: diag.At(ref, "spec")}
		if m.Locate(diag.List{&d}); d.Position.Line != 0 {
			t.Errorf("%v: %v", ref, d.Position)
		}
	}
}

// TestLocateInRandomStreams: each object of a stream knows its own line, whatever stands between the objects.
func TestLocateInRandomStreams(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		between := rapid.SampledFrom([]string{"---\n", "--- # c\n", "...\n---\n", "# c\n---\n", "---\n\n# c\n", "---\n---\n", "\n\n---   \n"})
		end := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "end")
		var b strings.Builder
		b.WriteString(rapid.SampledFrom([]string{"", "---\n", "# c\n", "\n"}).Draw(t, "first"))
		var want []int
		for i := range rapid.IntRange(1, 6).Draw(t, "objects") {
			if i > 0 {
				b.WriteString(between.Draw(t, "between"))
			}
			text := rapid.SampledFrom([]string{"", "data: {a: b}\n", "data:\n  a: |\n    ---\n    b\n\n", "data: # c\n  a: >-\n    b\n    c\n"}).Draw(t, "data")
			fmt.Fprintf(&b, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: n%d\n%s", i, text)
			want = append(want, strings.Count(strings.SplitAfter(b.String(), fmt.Sprintf("name: n%d\n", i))[0], "\n"))
		}
		file := filepath.Join(dir, "a.yaml")
		write(t, file, strings.ReplaceAll(b.String(), "\n", end))
		m, err := source.Files([]string{file}, source.Options{})
		if err != nil || m.Diags.HasErrors() || len(m.Items) != len(want) {
			t.Fatal(err, m.Diags, len(m.Items))
		}
		for i, n := range m.Items {
			d := diag.Diagnostic{Where: diag.At(object.New(n.YNode(), 0).Ref, "metadata.name")}
			if m.Locate(diag.List{&d}); d.Position != (diag.Position{Line: want[i], Column: 3}) {
				t.Fatalf("object %d: %v, want line %d of\n%s", i, d.Position, want[i], b.String())
			}
		}
	})
}
