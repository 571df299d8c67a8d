// SPDX-License-Identifier: Apache-2.0

package tree_test

import (
	"errors"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/tree"
)

func parse(t *testing.T, text string) *yaml.Node {
	t.Helper()
	n, err := yaml.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return n.YNode()
}

func text(t *testing.T, n *yaml.Node) string {
	t.Helper()
	s, err := yaml.String(n)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func scalar(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: s}
}

func TestEdits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in, want string
		edit           func(*yaml.Node)
	}{
		{"set makes mappings on the way", "a: 1\n", "a: 1\nb:\n  c: x\n", func(n *yaml.Node) { tree.Set(n, scalar("x"), "b", "c") }},
		{"set keeps a comment", "a: old # why\n", "a: x # why\n", func(n *yaml.Node) { tree.Set(n, scalar("x"), "a") }},
		{"replace drops comments", "# above\na: old # why\n", "a: x\n", func(n *yaml.Node) { tree.Replace(n, scalar("x"), "a") }},
		{"replace leaves an equal value", "# above\na: x # why\n", "# above\na: x # why\n", func(n *yaml.Node) { tree.Replace(n, scalar("x"), "a") }},
		{"replace makes mappings on the way", "a: 1\n", "a: 1\nb:\n  c: x\n", func(n *yaml.Node) { tree.Replace(n, scalar("x"), "b", "c") }},
		{"set grows an empty flow mapping", "a: {}\n", "a:\n  b: x\n", func(n *yaml.Node) { tree.Set(n, scalar("x"), "a", "b") }},
		{"fill leaves what is there", "a: 1\n", "a: 1\n", func(n *yaml.Node) { tree.Fill(n, scalar("x"), "a") }},
		{"fill replaces null", "a:\n", "a: x\n", func(n *yaml.Node) { tree.Fill(n, scalar("x"), "a") }},
		{"remove", "a: {b: 1, c: 2}\n", "a: {c: 2}\n", func(n *yaml.Node) { tree.Remove(n, "a", "b") }},
		{"remove of nothing", "a: 1\n", "a: 1\n", func(n *yaml.Node) { tree.Remove(n, "x", "y") }},
		{"move", "a: 1\nb: 2\n", "b: 2\nc:\n  d: 1\n", func(n *yaml.Node) { tree.Move(n, []string{"a"}, []string{"c", "d"}) }},
		{"sort", "c: 1\nx: 2\na: 3\n", "a: 3\nc: 1\nx: 2\n", func(n *yaml.Node) { tree.Sort(n, []string{"a", "b", "c"}) }},
		{"prune", "a: \"\"\nb: {c: null, d: {}}\ne: [{f: \"\"}, {g: 1}]\nk: {l: \"\"}\nh: 0\n", "e: [{}, {g: 1}]\nk: {l: \"\"}\nh: 0\n", func(n *yaml.Node) { tree.Prune(n, "k") }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := parse(t, tt.in)
			tt.edit(n)
			if got := text(t, n); got != tt.want {
				t.Errorf("got\n%swant\n%s", got, tt.want)
			}
		})
	}
}

func TestEqual(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"{a: 1, b: [x]}", "b:\n- \"x\" # why\na: 1\n", true},
		{"a: 1", "a: \"1\"", false},
		{"a: 1", "{a: 1, b: 2}", false},
		{"[1, 2]", "[2, 1]", false},
	} {
		if got := tree.Equal(parse(t, tt.a), parse(t, tt.b)); got != tt.want {
			t.Errorf("Equal(%q, %q) = %t", tt.a, tt.b, got)
		}
	}
}

func TestExpanded(t *testing.T) {
	t.Parallel()
	n := parse(t, "base: &b {x: 1, y: 2}\nuse: *b\nmerged:\n  <<: *b\n  y: 3\nlist:\n  <<: [*b, {z: 4}]\n")
	if !tree.HasAliases(n) {
		t.Error("HasAliases is false")
	}
	got, err := tree.Expanded(n)
	if err != nil {
		t.Fatal(err)
	}
	want := "base: {x: 1, y: 2}\nuse: {x: 1, y: 2}\nmerged:\n  x: 1\n  y: 3\nlist:\n  x: 1\n  y: 2\n  z: 4\n"
	if s := text(t, got); s != want {
		t.Errorf("got\n%s", s)
	}
	if tree.HasAliases(got) {
		t.Error("aliases are left")
	}
}

func TestExpandedIsBounded(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 10; i++ {
		p := string(rune('0' + i - 1))
		b.WriteString("a" + string(rune('0'+i)) + ": &a" + string(rune('0'+i)) + " [" + strings.TrimSuffix(strings.Repeat("*a"+p+", ", 10), ", ") + "]\n")
	}
	if _, err := tree.Expanded(parse(t, b.String())); !errors.Is(err, tree.ErrTooLarge) {
		t.Errorf("got %v", err)
	}
}
