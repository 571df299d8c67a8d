// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// TestPipelines runs the scripts that action.yml and ci/gitlab.yaml run, with the real git, a simulated vCenter, and
// stand-ins for gh and curl that keep the comments. They find the scripts in $CI and jq in $JQ.
func TestPipelines(t *testing.T) {
	t.Parallel()
	jq, err := exec.LookPath("gojq")
	if err != nil {
		jq, err = exec.LookPath("jq")
	}
	if err != nil {
		if os.Getenv("VSPREAD_NEEDS_JQ") != "" {
			t.Fatal(err)
		}
		t.Skip("neither gojq nor jq is on the PATH; `make test` installs gojq")
	}
	scripts, err := filepath.Abs("../../ci")
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs(examples)
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/ci",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			if _, err := startLab(e); err != nil {
				return err
			}
			for name, value := range map[string]string{
				"CI": scripts, "JQ": jq, "EXAMPLES": root,
				"GIT_CONFIG_GLOBAL": filepath.Join(e.WorkDir, "gitconfig"),
				"PATH":              filepath.Join(e.WorkDir, "bin") + string(os.PathListSeparator) + e.Getenv("PATH"),
			} {
				e.Setenv(name, value)
			}
			somebody := "[user]\nname = somebody\nemail = somebody@lab.local\n"
			return os.WriteFile(filepath.Join(e.WorkDir, "gitconfig"), []byte(somebody), 0o600)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": positive("exits STATUS COMMAND...", 2, exits),
		},
	})
}

// TestPipelinesPassTheirInputs finds an input that is not handed to a script, and a variable that no script reads.
func TestPipelinesPassTheirInputs(t *testing.T) {
	t.Parallel()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	scripts := read("ci/build.sh") + read("ci/plan.sh") + read("ci/refresh.sh")
	action, err := yaml.Parse(read("action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	inputs, err := action.Pipe(yaml.Lookup("inputs"))
	if err != nil {
		t.Fatal(err)
	}
	names, err := inputs.Fields()
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	steps, err := action.Pipe(yaml.Lookup("runs", "steps"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := steps.String()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if !strings.Contains(text, "inputs."+name+" ") {
			t.Errorf("action.yml does nothing with the input %s", name)
		}
	}
	head, job, _ := strings.Cut(read("ci/gitlab.yaml"), "\n---\n")
	spec, err := yaml.Parse(head)
	if err != nil {
		t.Fatal(err)
	}
	if inputs, err = spec.Pipe(yaml.Lookup("spec", "inputs")); err != nil {
		t.Fatal(err)
	}
	if names, err = inputs.Fields(); err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		if !strings.Contains(job, "$[[ inputs."+name+" ]]") {
			t.Errorf("ci/gitlab.yaml does nothing with the input %s", name)
		}
	}
	for line := range strings.Lines(text + job) {
		name, _, found := strings.Cut(strings.TrimSpace(line), ":")
		if found && strings.HasPrefix(name, "VSPREAD_") && !strings.Contains(scripts, "${"+name) && !strings.Contains(scripts, "$"+name) {
			t.Errorf("no script reads %s", name)
		}
	}
	for line := range strings.Lines(text) {
		// What somebody writes into an input must not become shell.
		if strings.Contains(line, "${{") && strings.Contains(line, "run:") {
			t.Errorf("an expression in a script of action.yml: %s", line)
		}
	}
}
