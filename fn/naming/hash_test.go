// SPDX-License-Identifier: Apache-2.0

package naming_test

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	sigs "sigs.k8s.io/yaml"

	"github.com/vspread/vspread/fn/naming"
)

// scalars have, in pairs, one meaning in YAML 1.2 and two to an API server, or the other way round.
var scalars = []string{
	"yes", `"yes"`, "true", "on", `"on"`, "2024-01-01", "2024-01-01T00:00:00Z", `"2024-01-01"`, "2024-01-01 00:00:00", "!!binary aGk=", "hi", "!!binary aGl=",
	"18446744073709551615", "18446744073709551616", "9223372036854775807", "0x10", "16", `"16"`, "1e3", "1000", "1000.0", ".5", "0.5", "010", "8",
	"~", "null", `""`, "[]", "{}", "<b> & c", "ü", "50%", "20Gi", "10.0.0.1", "!!str 5", "-0", "0",
}

// TestOneNameOneSpec: two specs have one name when an API server is sent the same for both, and else two.
func TestOneNameOneSpec(t *testing.T) {
	t.Parallel()
	for _, a := range scalars {
		for _, b := range scalars {
			x, y := sent(t, "template: {spec: {v: "+a+"}}"), sent(t, "template: {spec: {v: "+b+"}}")
			if p, q := hash(t, "template: {spec: {v: "+a+"}}"), hash(t, "template: {spec: {v: "+b+"}}"); (p == q) != (x == y) {
				t.Errorf("%s and %s are named %s and %s, and sent as %s and %s", a, b, p, q, x, y)
			}
		}
	}
}

// TestSpecIsWhatIsSent: the name is a hash of what the library of kubectl and Argo CD makes of the text.
func TestSpecIsWhatIsSent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var value func(depth int) string
		value = func(depth int) string {
			switch kind := rapid.IntRange(0, 4).Draw(t, "kind"); {
			case depth < 3 && kind == 0:
				return "[" + value(depth+1) + ", " + value(depth+1) + "]"
			case depth < 3 && kind == 1:
				keys := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "on", "'on '", "1", "0x2", "true", "no", "a.b/c", "2024-01-01", `"<<"`}), 1, 4, rapid.ID).Draw(t, "keys")
				var entries []string
				for _, k := range keys {
					entries = append(entries, k+": "+value(depth+1))
				}
				return "{" + strings.Join(entries, ", ") + "}"
			}
			return rapid.SampledFrom(scalars).Draw(t, "scalar")
		}
		text := "{template: " + value(0) + ", a: " + value(0) + "}"
		want, err := sigs.YAMLToJSON([]byte(text))
		n, parseErr := yaml.Parse(text)
		if parseErr != nil {
			t.Fatal(parseErr)
		}
		got, hashErr := naming.Spec(n.YNode())
		if err != nil || strings.Contains(string(want), `"true":`) {
			return // on and true are one key, and which value counts is chance
		}
		sum := sha256.Sum256(want)
		if frozen := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:8]; hashErr != nil || got != frozen {
			t.Fatalf("%s is named %s, %v; the clients send %s", text, got, hashErr, want)
		}
	})
}

// TestSpecRefuses what has no one meaning.
func TestSpecRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"{a: 1, a: 2}", "{on: 1, true: 2}", "{1: a, 0x1: b}", "{~: a}", "{[a]: b}", "a: &x 1\nb: *x\n", "a: .nan\n", "a: !!null x\n"} {
		n, err := yaml.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := naming.Spec(n.YNode()); err == nil {
			t.Errorf("%s is named %s", text, got)
		}
	}
}

func hash(t *testing.T, text string) string {
	t.Helper()
	n, err := yaml.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	got, err := naming.Spec(n.YNode())
	if err != nil {
		return fmt.Sprint(err)
	}
	return got
}

func sent(t *testing.T, text string) string {
	t.Helper()
	out, err := sigs.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
