// SPDX-License-Identifier: Apache-2.0

// Package workflows holds the workflows of this repository, its action, and the workflow that `vspread init` writes to
// actionlint, and to what actionlint does not ask: pinned actions and no more rights than needed.
package workflows

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
	"sigs.k8s.io/yaml"
)

const root = "../.."

func workflows(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, ".github/workflows/*.yaml"))
	if err != nil || len(files) < 3 {
		t.Fatalf("%d workflows (%v)", len(files), err)
	}
	return files
}

func lint(t *testing.T, dir string, files []string) {
	t.Helper()
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{WorkingDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	found, err := linter.LintFiles(files, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range found {
		t.Errorf("%s:%d:%d: %s [%s]", e.Filepath, e.Line, e.Column, e.Message, e.Kind)
	}
}

// TestWorkflows lints them with the action of this repository, which one of them uses.
func TestWorkflows(t *testing.T) {
	// actionlint finds the local action from the root of a git repository.
	dir := t.TempDir()
	copyFile(t, filepath.Join(root, "action.yml"), filepath.Join(dir, "action.yml"))
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, f := range workflows(t) {
		to := filepath.Join(dir, ".github/workflows", filepath.Base(f))
		copyFile(t, f, to)
		files = append(files, to)
	}
	lint(t, dir, files)
}

// TestInit lints what init writes, in a repository that it writes it into.
func TestInit(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	example := filepath.Join(root, "examples/homelab")
	command := exec.Command("go", "run", ".", "init", filepath.Join("examples/homelab", "cluster.yaml"), filepath.Join("examples/homelab", "control-plane.yaml"),
		"-f", filepath.Join("examples/homelab", "inventory.yaml"), "-C", dir)
	command.Dir = root
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", example, err, out)
	}
	file := filepath.Join(dir, ".github/workflows/vspread.yaml")
	lint(t, dir, []string{file})
	// Its inputs are those of the action.
	var action struct{ Inputs map[string]any }
	if err := yaml.Unmarshal(read(t, filepath.Join(root, "action.yml")), &action); err != nil {
		t.Fatal(err)
	}
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct {
				Uses string
				With map[string]any
			}
		}
	}
	if err := yaml.Unmarshal(read(t, file), &workflow); err != nil {
		t.Fatal(err)
	}
	used := false
	for _, job := range workflow.Jobs {
		for _, step := range job.Steps {
			if !strings.HasPrefix(step.Uses, "vspread/vspread@") {
				continue
			}
			used = true
			for name := range step.With {
				if action.Inputs[name] == nil {
					t.Errorf("the action has no input %s", name)
				}
			}
		}
	}
	if !used {
		t.Error("init's workflow does not use the action")
	}
}

// TestPinned wants every action of others by its whole commit, with the version beside it for people and for tools that
// renew it; the same version everywhere.
func TestPinned(t *testing.T) {
	pinned := regexp.MustCompile(`^([\w.-]+/[\w./-]+)@([0-9a-f]{40}) # v\d+\.\d+\.\d+$`)
	commits := map[string]string{}
	for _, f := range append(workflows(t), filepath.Join(root, "action.yml")) {
		for line := range strings.Lines(string(read(t, f))) {
			_, uses, found := strings.Cut(strings.TrimSpace(line), "uses: ")
			if !found || uses == "./" {
				continue
			}
			m := pinned.FindStringSubmatch(uses)
			if m == nil {
				t.Errorf("%s: %s is not pinned to a commit with its version beside it", f, uses)
				continue
			}
			if other := commits[m[1]]; other != "" && other != m[2] {
				t.Errorf("%s: %s has two versions", f, m[1])
			}
			commits[m[1]] = m[2]
		}
	}
	if len(commits) == 0 {
		t.Error("no action is used")
	}
}

// TestRights wants each workflow to begin with few rights, and no job to keep a token in its clone.
func TestRights(t *testing.T) {
	for _, f := range workflows(t) {
		var workflow struct {
			Permissions *map[string]string
			Jobs        map[string]struct {
				TimeoutMinutes int `json:"timeout-minutes"`
				Steps          []struct {
					Uses string
					With map[string]any
				}
			}
		}
		if err := yaml.Unmarshal(read(t, f), &workflow); err != nil {
			t.Fatal(err)
		}
		if workflow.Permissions == nil {
			t.Errorf("%s has no permissions, so it has all", f)
			continue
		}
		for right, level := range *workflow.Permissions {
			if level != "read" {
				t.Errorf("%s: %s: %s for every job", f, right, level)
			}
		}
		for name, job := range workflow.Jobs {
			if job.TimeoutMinutes == 0 {
				t.Errorf("%s: %s may run for six hours", f, name)
			}
			for _, step := range job.Steps {
				if strings.HasPrefix(step.Uses, "actions/checkout@") && step.With["persist-credentials"] != false {
					t.Errorf("%s: %s keeps the token in its clone", f, name)
				}
			}
		}
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, read(t, from), 0o644); err != nil {
		t.Fatal(err)
	}
}
