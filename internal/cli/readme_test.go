// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReadme follows the README to the letter: every block of shell in the section from an empty directory,
// but the installation.
func TestReadme(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n## From an empty directory")
	if !found {
		t.Fatal("the section is not in the README")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var script strings.Builder
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(section, -1) {
		if !strings.Contains(block[1], "go install") {
			script.WriteString(block[1])
		}
	}
	dir := t.TempDir()
	sh := exec.Command("sh", "-eu")
	sh.Dir, sh.Stdin = dir, strings.NewReader(script.String())
	if out, err := sh.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, script.String())
	}
	pools, err := filepath.Glob(filepath.Join(dir, "rendered", "pools", "*.yaml"))
	if err != nil || len(pools) != 3 {
		t.Errorf("%d pools, want 3", len(pools))
	}
	for _, f := range []string{"bootstrap/apple-md.yaml", "storage/apple-storage.yaml", "cluster.yaml"} {
		if _, err := os.Stat(filepath.Join(dir, "rendered", f)); err != nil {
			t.Error(err)
		}
	}
}

// TestDocumentationNamesWhatExists finds links and file names in the documentation that lead nowhere.
func TestDocumentationNamesWhatExists(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)#:]+)\)`)
	for _, pattern := range []string{"../../*.md", "../../docs/*.md", "../../examples/*/README.md"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range link.FindAllStringSubmatch(string(text), -1) {
				if _, err := os.Stat(filepath.Join(filepath.Dir(f), m[1])); err != nil {
					t.Errorf("%s links to %s: %v", f, m[1], err)
				}
			}
		}
	}
}
