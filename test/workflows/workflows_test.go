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

// found is what an expression finds in a file of the repository.
func found(t *testing.T, file, expression string) string {
	t.Helper()
	m := regexp.MustCompile(expression).FindSubmatch(read(t, filepath.Join(root, file)))
	if m == nil {
		t.Fatalf("%s has no %s", file, expression)
	}
	return string(m[1])
}

// TestOneKustomize wants the tests, the image and the job for GitLab to have one version of kustomize.
func TestOneKustomize(t *testing.T) {
	want := found(t, "Makefile", `(?m)^KUSTOMIZE_VERSION\s*:= (\S+)$`)
	for file, expression := range map[string]string{"image/rootfs.sh": `(?m)^kustomize=(\S+)$`, "ci/gitlab.yaml": `kustomize/v5@(v[0-9.]+)`} {
		if got := found(t, file, expression); got != want {
			t.Errorf("%s has kustomize %s, and the Makefile %s", file, got, want)
		}
	}
}

// TestOneGo wants what is built here, by whom ever, to be built with one version of Go, that of go.mod, which setup-go reads, and images
// to be named by their digests.
func TestOneGo(t *testing.T) {
	want := found(t, "go.mod", `(?m)^toolchain go(\S+)$`)
	for file, expression := range map[string]string{"Dockerfile": `golang:([^@\s]+)@sha256:[0-9a-f]{64}\s`, "ci/gitlab.yaml": `golang:([^@\s]+)@sha256:[0-9a-f]{64}\s`} {
		if got := found(t, file, expression); got != want {
			t.Errorf("%s has Go %s, and go.mod %s", file, got, want)
		}
	}
	for _, f := range append(workflows(t), filepath.Join(root, "action.yml")) {
		text := string(read(t, f))
		if strings.Contains(text, "go-version:") || strings.Count(text, "setup-go@") != strings.Count(text, "go-version-file:") {
			t.Errorf("%s does not take the version of Go from go.mod", f)
		}
	}
}

// TestActionCache wants the action not to ask for a cache that there cannot be: its key is made of files of the workspace,
// and the action is not in it.
func TestActionCache(t *testing.T) {
	var action struct {
		Runs struct {
			Steps []struct {
				Uses string
				With map[string]any
			}
		}
	}
	if err := yaml.Unmarshal(read(t, filepath.Join(root, "action.yml")), &action); err != nil {
		t.Fatal(err)
	}
	for _, step := range action.Runs.Steps {
		if strings.HasPrefix(step.Uses, "actions/setup-go@") && step.With["cache"] != false {
			t.Errorf("%+v", step.With)
		}
	}
}

// TestReleaseNotes runs what the workflow of a release takes its words from.
func TestReleaseNotes(t *testing.T) {
	dir := t.TempDir()
	copyFile(t, filepath.Join(root, "image/notes.sh"), filepath.Join(dir, "notes.sh"))
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("CHANGELOG.md", "# Changelog\n\n## Unreleased\n\n* Soon.\n\n## v0.2.0\n\n* New.\n\n## v0.1.1\n\n## v0.1.0\n\n* First,\n  of all.\n")
	for _, version := range []string{"v0.2.0", "v0.1.1"} {
		write("internal/cli/testdata/releases/"+version+"/homelab/input.yaml", "")
	}
	for version, want := range map[string]string{
		"v0.2.0": "\n* New.\n", "v0.1.0": "v0.1.0 is not frozen", "v0.1.1": "says nothing", "v0.3.0": "says nothing", "v0": "says nothing",
	} {
		command := exec.Command("sh", "notes.sh", version)
		command.Dir = dir
		out, err := command.CombinedOutput()
		if isGood := version == "v0.2.0"; isGood != (err == nil) || isGood && string(out) != want || !strings.Contains(string(out), want) {
			t.Errorf("%s: %q (%v), want %q", version, out, err, want)
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
