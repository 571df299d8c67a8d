// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vspread/vspread/internal/cli"
)

// releases has a directory for each release, and in it one for each example of that time: what went in and what came out.
const releases = "testdata/releases"

// movements are the kinds of changes that a newer vspread must not make to machines of the same input.
const movements = "replace,may-replace,remove,drain,create,scale,no-effect"

var freeze = flag.String("freeze", "", "write the examples as they are now into testdata/releases, for this version")

// TestReleasesRollNothing renders what every release was given, and compares with what that release made of it: an upgrade of
// vspread alone moves no machine. What must, says so in the changelog, in an entry above that release that begins
// with **rolls** and the examples that show it.
func TestReleasesRollNothing(t *testing.T) {
	t.Parallel()
	changelog, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	if *freeze != "" {
		freezeExamples(t, string(changelog))
	}
	inputs, err := filepath.Glob(filepath.Join(releases, "*", "*", "input.yaml"))
	if err != nil || len(inputs) == 0 {
		t.Fatalf("no release is frozen (%v): make freeze VERSION=…", err)
	}
	for _, input := range inputs {
		dir := filepath.Dir(input)
		version, example := filepath.Base(filepath.Dir(dir)), filepath.Base(dir)
		t.Run(version+"/"+example, func(t *testing.T) {
			t.Parallel()
			announced := slices.Contains(rolls(string(changelog), version), example)
			plan, does := moves(t, filepath.Join(dir, "output.yaml"), renderedAnew(t, input))
			switch {
			case does && !announced:
				t.Errorf("an upgrade from %s would do this to machines; if it must, say so in CHANGELOG.md: * **rolls** `%s`: what and why\n%s", version, example, plan)
			case !does && announced:
				t.Errorf("CHANGELOG.md says that an upgrade from %s rolls `%s`, and it does not", version, example)
			}
		})
	}
}

// TestRollIsSeen makes sure that the test above can fail: on another name of a template, another content under a name, a
// pool that is missing.
func TestRollIsSeen(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(examples, "homelab", ".expected", "output.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"nothing":   {"", ""},
		"hash":      {"-wwuyocrv", "-aaaaaaaa"},
		"content":   {"memoryMiB: 8192", "memoryMiB: 8191"},
		"bootstrap": {"apple-md-4mruv2ld", "apple-md-aaaaaaaa"},
		"name":      {"apple-md-datastore00\n", "apple-md-ds00\n"},
		"replicas":  {"replicas: 2", "replicas: 3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			after := strings.ReplaceAll(string(text), change[0], change[1])
			if name == "nothing" {
				after = string(text)
			} else if after == string(text) {
				t.Fatalf("%q is not in the example", change[0])
			}
			file := filepath.Join(t.TempDir(), "after.yaml")
			write(t, file, after)
			if plan, does := moves(t, filepath.Join(examples, "homelab", ".expected", "output.yaml"), file); does != (name != "nothing") {
				t.Errorf("moves machines: %v\n%s", does, plan)
			}
		})
	}
}

// TestRolls reads a changelog as the test above does.
func TestRolls(t *testing.T) {
	t.Parallel()
	changelog := "# Changelog\n\n**rolls** `x`\n\n## Unreleased\n\n* **rolls** `a`, `b`: for a reason, see `c`.\n* More.\n\n## v0.2.0\n\n* **rolls** `d`,\n  `e`: two lines.\n\n## v0.1.0\n\n* **rolls** `f`: older.\n"
	for version, want := range map[string][]string{
		"v0.2.0": {"a", "b"},
		"v0.1.0": {"a", "b", "d", "e"},
		"v0.0.9": nil, // not released: it can be frozen again
	} {
		if got := rolls(changelog, version); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", version, got, want)
		}
	}
}

// rolls are the examples that the changelog says roll on an upgrade from a version.
func rolls(changelog, version string) []string {
	newer, _, released := strings.Cut(changelog, "\n## "+version+"\n")
	if !released {
		return nil
	}
	var out []string
	_, newer, _ = strings.Cut(newer, "\n## ")
	for _, entry := range regexp.MustCompile("(?s)\n\\* \\*\\*rolls\\*\\* ([^:]*):").FindAllStringSubmatch(newer, -1) {
		for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(entry[1], -1) {
			out = append(out, name[1])
		}
	}
	return out
}

// freezeExamples writes the examples and what they give as those of a version, unless it is released.
func freezeExamples(t *testing.T, changelog string) {
	t.Helper()
	if !regexp.MustCompile(`^v\d+\.\d+\.\d+$`).MatchString(*freeze) {
		t.Fatalf("-freeze %s is no version", *freeze)
	}
	if strings.Contains(changelog, "\n## "+*freeze+"\n") {
		if _, err := os.Stat(filepath.Join(releases, *freeze)); !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("%s is released: what it wrote does not change any more", *freeze)
		}
	}
	if err := os.RemoveAll(filepath.Join(releases, *freeze)); err != nil {
		t.Fatal(err)
	}
	for _, dir := range exampleDirs(t) {
		files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		var input []string
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if filepath.Base(f) != "kustomization.yaml" {
				input = append(input, string(text))
			}
		}
		target := filepath.Join(releases, *freeze, filepath.Base(dir))
		write(t, filepath.Join(target, "input.yaml"), strings.Join(input, "---\n"))
		output, err := os.ReadFile(renderedAnew(t, filepath.Join(target, "input.yaml")))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(target, "output.yaml"), string(output))
	}
}

// renderedAnew gives a file with what an input gives today.
func renderedAnew(t *testing.T, input string) string {
	t.Helper()
	var out, diagnostics bytes.Buffer
	if status := cli.Main([]string{"render", input}, cli.Streams{Out: &out, Err: &diagnostics}); status != cli.OK {
		t.Fatalf("%s was understood, and is not: status %d\n%s", input, status, &diagnostics)
	}
	file := filepath.Join(t.TempDir(), "output.yaml")
	write(t, file, out.String())
	return file
}

// moves compares two files of manifests and tells whether machines are moved.
func moves(t *testing.T, from, to string) (plan string, moved bool) {
	t.Helper()
	var out, diagnostics bytes.Buffer
	status := cli.Main([]string{"plan", "--from", from, "--to", to, "--fail-on", movements}, cli.Streams{Out: &out, Err: &diagnostics})
	// A template that is edited under its name is an error of the plan, not a change.
	return out.String() + diagnostics.String(), status != cli.OK
}
