// SPDX-License-Identifier: Apache-2.0

package codec_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
	sigsyaml "sigs.k8s.io/yaml"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/codec"
)

type config struct {
	Name    string            `json:"name"`
	Count   *int              `json:"count,omitempty"`
	Drain   bool              `json:"drain,omitempty"`
	Hosts   []string          `json:"hosts,omitempty"`
	Labels  map[string]string `json:"labels,omitempty"`
	Machine struct {
		CPUs int `json:"cpus,omitempty"`
	} `json:"machine,omitempty"`
	Groups []struct {
		Name string `json:"name"`
	} `json:"groups,omitempty"`
}

func decode(t *testing.T, text string) (config, []codec.Problem) {
	t.Helper()
	n, err := yaml.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var c config
	problems := codec.Decode(n.YNode(), "", &c)
	return c, problems
}

func TestDecode(t *testing.T) {
	t.Parallel()
	c, problems := decode(t, "name: a\ncount: 0x10\ndrain: true\nhosts: [x, 'no']\nlabels: {a: b}\nmachine: {cpus: }\ngroups: [{name: g}]\n")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if c.Name != "a" || *c.Count != 16 || !c.Drain || c.Labels["a"] != "b" || c.Groups[0].Name != "g" {
		t.Errorf("decoded %+v", c)
	}
	if d := cmp.Diff([]string{"x", "no"}, c.Hosts); d != "" {
		t.Error(d)
	}
}

func TestDecodeReportsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	_, problems := decode(t, `name: 1.33
name: again
count: ${REPLICAS}
drian: true
hosts: esxi01
labels: {a: [b]}
machine: {cpus: 99999999999, cpu: 1}
groups:
- nam: x
- name: true
`)
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprintf("%d %s %s: %s (%s)", p.Line, p.Code, p.Path, p.Message, p.Hint))
	}
	want := []string{
		`1 WrongType name: must be a string, not the number 1.33 (put quotes around it: "1.33")`,
		`2 DuplicateKey name: "name" stands twice (keep one of the two)`,
		"3 WrongType count: must be a whole number, not the text \"${REPLICAS}\" (fill in variables before vspread runs, for example with `clusterctl generate yaml`)",
		`4 UnknownField drian: unknown field "drian" (did you mean "drain"?)`,
		`5 WrongType hosts: must be a list, not the text "esxi01" ()`,
		`6 WrongType labels.a: must be a string, not a list ()`,
		`7 WrongType machine.cpus: 99999999999 is not a number that fits here ()`,
		`7 UnknownField machine.cpu: unknown field "cpu" (did you mean "cpus"?)`,
		`9 UnknownField groups[0].nam: unknown field "nam" (did you mean "name"?)`,
		`10 WrongType groups[1].name: must be a string, not the boolean true (put quotes around it: "true")`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestDecodeRefusesAliases(t *testing.T) {
	t.Parallel()
	_, problems := decode(t, "name: &a x\nhosts: [*a]\n")
	if len(problems) != 1 || problems[0].Path != "hosts[0]" {
		t.Errorf("got %+v", problems)
	}
}

// What reads YAML in Kubernetes is a YAML 1.1 reader: every string must come back from it as itself.
func TestStringsSurviveYAML11(t *testing.T) {
	t.Parallel()
	tricky := []string{
		"n", "y", "no", "NO", "on", "off", "yes", "true", "null", "~", "", "0777", "0o17", "1e3", "12:30", "1.33", "<<", "=",
		"0x1f", "-", ".inf", "2026-11-20", "a: b", "a #b", "#x", "*a", "&a", "!x", "%x", "@x", "`x", "{a}", "[a]", "'", `"`, " a ", "a\nb", "${VAR}", "ä", "😀", "\ttab", "1_000",
	}
	check := func(fatalf func(string, ...any), s string) {
		text := codec.Text(codec.Encode(map[string][]string{"k": {s}}))
		var back map[string][]string
		if err := sigsyaml.Unmarshal([]byte(text), &back); err != nil || back["k"][0] != s {
			fatalf("%q comes back as %v (%v) from\n%s", s, back, err, text)
		}
		var any map[string][]any
		if err := sigsyaml.Unmarshal([]byte(text), &any); err != nil || any["k"][0] != s {
			fatalf("%q comes back as %#v from\n%s", s, any["k"][0], text)
		}
	}
	for _, s := range tricky {
		check(t.Errorf, s)
	}
	rapid.Check(t, func(rt *rapid.T) {
		check(rt.Fatalf, rapid.StringMatching(`[ -~äß\n]{0,12}`).Draw(rt, "string"))
	})
}

func TestEncodeKeepsTheOrderOfFields(t *testing.T) {
	t.Parallel()
	two := 2
	got := codec.Text(codec.Encode(config{Name: "no", Count: &two, Hosts: []string{"a"}}))
	want := "name: \"no\"\ncount: 2\nhosts:\n- a\nmachine: {}\n"
	if got != want {
		t.Errorf("got\n%s", got)
	}
}

// TestHintsOfNumbers: what people write for a number leads on to the number.
func TestHintsOfNumbers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{`{memoryMiB: 8Gi}`, "write memoryMiB: 8192"}, {`{memoryMiB: 8GiB}`, "write memoryMiB: 8192"}, {`{memoryMiB: "8 GiB"}`, "write memoryMiB: 8192"},
		{`{memoryMiB: 8192Mi}`, "write memoryMiB: 8192"}, {`{memoryMiB: 0.5Gi}`, "write memoryMiB: 512"}, {`{memoryMiB: 8G}`, "write a number alone; it counts MiB, and this is about 7630"},
		{`{diskGiB: 40Gi}`, "write diskGiB: 40"}, {`{diskGiB: 1Ti}`, "write diskGiB: 1024"}, {`{diskGiB: large}`, "write a number alone; it counts GiB"},
		{`{numCPUs: "5"}`, "take off the quotes: 5"}, {`{numCPUs: '5 '}`, "take off the quotes: 5"}, {`{numCPUs: 5.0}`, "write 5"}, {`{numCPUs: 1e1}`, "write 10"},
		{`{numCPUs: five}`, ""}, {`{numCPUs: 2.5}`, ""}, {`{numCPUs: [1]}`, ""}, {`{memoryMiB: "${MEMORY}"}`, "fill in variables before vspread runs, for example with `clusterctl generate yaml`"},
	} {
		var out struct {
			NumCPUs   int `json:"numCPUs"`
			MemoryMiB int `json:"memoryMiB"`
			DiskGiB   int `json:"diskGiB"`
		}
		problems := codec.Decode(yaml.MustParse(tt.text).YNode(), "", &out)
		if len(problems) != 1 || problems[0].Hint != tt.want {
			t.Errorf("%s: %+v, want %q", tt.text, problems, tt.want)
		}
	}
}

// TestDecodeApplied: what is applied means what an API server is sent, and a text without quotes may be a secret.
func TestDecodeApplied(t *testing.T) {
	t.Parallel()
	type object struct {
		Password string            `json:"password"`
		Paused   bool              `json:"paused"`
		Labels   map[string]string `json:"labels"`
	}
	for text, want := range map[string]string{
		"{paused: yes}": "", "{paused: On, password: 'yes'}": "", "{password: abc, labels: {a: b}}": "",
		"{password: 12345678}":    "password: must be a string, not a number (put quotes around it)",
		"{password: 0x1F}":        "password: must be a string, not a number (put quotes around it)",
		"{password: y}":           "password: must be a string, and without quotes it is none to an API server (put quotes around it)",
		"{labels: {a: off}}":      "labels.a: must be a string, and without quotes it is none to an API server (put quotes around it)",
		"{password: [12345678]}":  "password: must be a string, not a list ()",
		"{paused: \"yes\"}":       "paused: must be true or false, not the text \"yes\" ()",
		"{password: 2024-01-01}":  "",
		"{password: !!str 12345}": "",
	} {
		n, err := yaml.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		var o object
		var got string
		for _, p := range codec.DecodeApplied(n.YNode(), "", &o) {
			got += fmt.Sprintf("%s: %s (%s)", p.Path, p.Message, p.Hint)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}
