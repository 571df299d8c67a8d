// SPDX-License-Identifier: Apache-2.0

package tree_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	sigs "sigs.k8s.io/yaml"

	"github.com/vspread/vspread/internal/tree"
)

// odd are scalars that readers of YAML take for different things.
var odd = []string{
	"yes", "Yes", "yEs", "YES", "y", "N", "no", "on", "Off", "true", "TRUE", "tRue", "~", "null", "Null", "nuLL", `""`, "''",
	"0x10", "010", "0o10", "0b11", "1_000", "1e3", "1.0", "1.", ".5", "+5", "-3", "--", "_1", "0x", "1e400", "-0", "00", "08", "+0x10", "1,000",
	"18446744073709551616", "9223372036854775808", "2024-01-01", "2024-01-01T00:00:00Z", "2024-01-01 00:00:00", "12:30", "190:20:30",
	"!!binary aGk=", "!!str 5", "!!str yes", `!!int "3"`, "!!float 3", "!!bool yes", "!!null x", "!!timestamp 2024-01-01", "!foo bar",
	".inf", "-.INF", ".nan", "=", "v1.30", "10.0.0.1", "1.30", "20Gi", "'yes'", `"no"`, "<", "a b", "- 1", "50%", "",
}

// TestSent compares with the library that kubectl and Argo CD read YAML with.
func TestSent(t *testing.T) {
	t.Parallel()
	for _, text := range odd {
		compareSent(t, text)
	}
}

// TestSentOfRandomScalars is TestSent for what somebody may type.
func TestSentOfRandomScalars(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		compareSent(t, rapid.StringMatching(`(!!(str|int|float|bool|binary) )?(['"]?[-+.0-9_xXoObeEyYnNsStTrRuUlLfF~:= aZ]{0,9}['"]?)`).Draw(t, "scalar"))
	})
}

type failing interface {
	Helper()
	Fatalf(format string, args ...any)
}

func compareSent(t failing, scalar string) {
	t.Helper()
	text := "v: " + scalar + "\n"
	n, err := yaml.Parse(text)
	want, refused := sigs.YAMLToJSON([]byte(text))
	if err != nil || n.YNode().Kind != yaml.MappingNode || len(n.YNode().Content) != 2 {
		return // no scalar
	}
	value := n.YNode().Content[1]
	if value.Kind != yaml.ScalarNode {
		return
	}
	got, ok := tree.Sent(value)
	if ok != (refused == nil) {
		t.Fatalf("%q: Sent gives %q, %t, and the clients say %s, %v", scalar, got, ok, want, refused)
	}
	if ok && `{"v":`+got+`}` != string(want) {
		t.Fatalf("%q: Sent gives %s, and the clients send %s", scalar, got, want)
	}
	// What is written means what it meant when it was read.
	written, err := yaml.Marshal(value)
	if err != nil {
		t.Fatalf("%q: %v", scalar, err)
	}
	again, err := sigs.YAMLToJSON(append([]byte("v: "), written...))
	if ok && (err != nil || string(again) != string(want)) {
		t.Fatalf("%q is written as %q and means %s, not %s", scalar, written, again, want)
	}
}

// TestSentOfMade: a text that is made here is sent as a text, but for one that the writer leaves bare.
func TestSentOfMade(t *testing.T) {
	t.Parallel()
	for _, text := range odd {
		made := &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: strings.Trim(text, `"'`)}
		written, err := yaml.Marshal(made)
		if err != nil {
			t.Fatal(err)
		}
		want, err := sigs.YAMLToJSON(written)
		if got, ok := tree.Sent(made); ok && (err != nil || got != string(want)) {
			t.Errorf("%q: Sent gives %s, and %q means %s, %v", made.Value, got, written, want, err)
		}
	}
}

// TestEqualIsWhatIsSent: two scalars are equal when the clients send the same for both.
func TestEqualIsWhatIsSent(t *testing.T) {
	t.Parallel()
	sent := map[string]*yaml.Node{}
	for _, text := range odd {
		n, err := yaml.Parse("v: " + text + "\n")
		if err != nil || len(n.YNode().Content) != 2 {
			continue
		}
		sent[text] = n.YNode().Content[1]
	}
	for a, x := range sent {
		for b, y := range sent {
			p, errP := sigs.YAMLToJSON([]byte("v: " + a + "\n"))
			q, errQ := sigs.YAMLToJSON([]byte("v: " + b + "\n"))
			want := a == b || errP == nil && errQ == nil && string(p) == string(q) && json.Valid(p)
			if got := tree.Equal(x, y); got != want {
				t.Errorf("Equal(%q, %q) = %t: %s and %s", a, b, got, p, q)
			}
		}
	}
}

func TestBool(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]bool{
		"true": {true, true}, "yes": {true, true}, "ON": {true, true}, "y": {true, true}, "no": {false, true}, "False": {false, true},
		`"true"`: {}, "1": {}, "~": {}, "tRue": {}, "!!str true": {}, "!!bool \"yes\"": {true, true}, "${PAUSED}": {}, "[]": {},
	} {
		n, err := yaml.Parse("v: " + text + "\n")
		if err != nil {
			t.Fatal(err)
		}
		if value, ok := tree.Bool(n.YNode().Content[1]); [2]bool{value, ok} != want {
			t.Errorf("Bool(%s) = %t, %t", text, value, ok)
		}
	}
	if _, ok := tree.Bool(nil); ok {
		t.Error("nothing is a boolean")
	}
}
