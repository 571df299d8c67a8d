// SPDX-License-Identifier: Apache-2.0

package codec_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/codec"
)

func nodes(n *yaml.Node) int {
	count := 1
	for _, c := range n.Content {
		count += nodes(c)
	}
	return count
}

// TestEstimateIsNoLessThanHalf: what is parsed never has more than twice as many values as a look at the text told, so that a text
// within the bounds takes bounded memory.
func TestEstimateIsNoLessThanHalf(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([\[\]{},:?&*!|>#'"a\- \n\r\x{85}\x{2028}]|a: |- |\? ){0,60}`).Draw(t, "text")
		var n yaml.Node
		if yaml.Unmarshal([]byte(text), &n) != nil || len(n.Content) == 0 {
			return
		}
		if got, most := nodes(&n), 2*codec.Estimate(text)+2; got > most {
			t.Fatalf("%d values, and %d were told at most of %q", got, most, text)
		}
	})
}

// TestBudget: each bound holds where it is reached, and what is within is read.
func TestBudget(t *testing.T) {
	t.Parallel()
	nested := func(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }
	list := func(n int) string { return "[" + strings.Repeat("a,", n) + "]" }
	for name, tt := range map[string]struct {
		text            string
		budget, isAlone bool
	}{
		"small":                  {"a: b\n", true, true},
		"deepest":                {nested(codec.MaxDepth), true, true},
		"too deep":               {nested(codec.MaxDepth + 1), false, false},
		"too deep in a block":    {strings.Repeat("- ", codec.MaxDepth+1) + "a", false, false},
		"largest object":         {list(codec.MaxObject - 2), true, true},
		"too large an object":    {list(codec.MaxObject), true, false},
		"too many values":        {list(codec.MaxValues), false, false},
		"too many pairs":         {"{" + strings.Repeat("a,", codec.MaxValues) + "}", false, false},
		"brackets alone":         {strings.Repeat("[", codec.MaxValues), false, false},
		"old line ends":          {strings.Repeat("a\r", codec.MaxValues), false, false},
		"line ends of YAML 1.1":  {strings.Repeat("- a\u0085", codec.MaxValues/2), false, false},
		"blocks within one line": {strings.Repeat("- ", codec.MaxValues), false, false},
	} {
		var b codec.Budget
		ok, alone := b.Bytes(len(tt.text)) && b.Text(tt.text), false
		if ok {
			var n yaml.Node
			if err := yaml.Unmarshal([]byte(tt.text), &n); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			ok, alone = b.Document(&n) == nil, codec.Within(n.Content[0]) == nil
		}
		if ok != tt.budget || alone != tt.isAlone {
			t.Errorf("%s: %t, %t, want %t, %t", name, ok, alone, tt.budget, tt.isAlone)
		}
	}
	var b codec.Budget
	if !b.Bytes(codec.MaxInput) || b.Bytes(1) || b.Text("a") || b.IsLeft() {
		t.Error("the bytes are not counted over all files")
	}
	b = codec.Budget{}
	n := yaml.Node{Kind: yaml.ScalarNode}
	read := 0
	for read < codec.MaxValues && b.Document(&n) == nil {
		read++
	}
	if read > codec.MaxValues/10 {
		t.Errorf("%d empty documents are read", read)
	}
}
