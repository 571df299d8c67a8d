// SPDX-License-Identifier: Apache-2.0

package workflows

import (
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

type step struct {
	If, Uses, Run string
	With          map[string]any
	Env           map[string]string
}

type job struct {
	Needs       any
	Permissions map[string]string
	Steps       []step
}

func jobs(t *testing.T, file string) map[string]job {
	t.Helper()
	var workflow struct{ Jobs map[string]job }
	if err := yaml.Unmarshal(read(t, filepath.Join(root, file)), &workflow); err != nil {
		t.Fatal(err)
	}
	return workflow.Jobs
}

// TestPublishersRunNoCode wants jobs of a release that may write to do nothing but sign and publish what others have built, and no
// other job to have a right to write.
func TestPublishersRunNoCode(t *testing.T) {
	builds := regexp.MustCompile(`\b(make|go|npm|buildx|build|image/\S+|test/\S+|\./\S+|sh|bash)\b`)
	publishers := 0
	for name, j := range jobs(t, ".github/workflows/release.yaml") {
		mayWrite := slices.Contains(slices.Collect(maps.Values(j.Permissions)), "write")
		if !mayWrite {
			continue
		}
		publishers++
		if !strings.HasPrefix(name, "publish-") || j.Needs == nil {
			t.Errorf("%s may write", name)
		}
		for _, s := range j.Steps {
			action, _, _ := strings.Cut(s.Uses, "@")
			if s.Uses != "" && action != "actions/download-artifact" && action != "actions/attest-build-provenance" {
				t.Errorf("%s may write, and uses %s", name, s.Uses)
			}
			if found := builds.FindString(s.Run); found != "" {
				t.Errorf("%s may write, and runs %s", name, found)
			}
		}
	}
	if publishers != 2 {
		t.Errorf("%d jobs publish", publishers)
	}
}

// TestReleaseIsOnMain wants the first thing that a release does to be a look whether its tag is on main; everything else waits for it.
func TestReleaseIsOnMain(t *testing.T) {
	all := jobs(t, ".github/workflows/release.yaml")
	first := all["test"].Steps
	if len(first) < 2 || first[0].With["fetch-depth"] != float64(0) || first[1].Run != `git merge-base --is-ancestor "$GITHUB_REF_NAME^{commit}" origin/main` {
		t.Errorf("%+v", first)
	}
	for name, j := range all {
		if name != "test" && j.Needs == nil {
			t.Errorf("%s waits for nothing", name)
		}
	}
}

// TestVulnerabilitiesAreLookedFor wants govulncheck each night, by an exact version.
func TestVulnerabilitiesAreLookedFor(t *testing.T) {
	for _, j := range jobs(t, ".github/workflows/nightly.yaml") {
		for _, s := range j.Steps {
			if regexp.MustCompile(`govulncheck@v\d+\.\d+\.\d+ \./\.\.\.$`).MatchString(s.Run) {
				return
			}
		}
	}
	t.Error("the workflow nightly does not run govulncheck")
}

// TestDependenciesAreRenewed wants every module, the actions and the images in the list of what is kept up to date.
func TestDependenciesAreRenewed(t *testing.T) {
	var config struct {
		Updates []struct {
			Ecosystem   string   `json:"package-ecosystem"`
			Directory   string   `json:"directory"`
			Directories []string `json:"directories"`
		}
	}
	if err := yaml.Unmarshal(read(t, filepath.Join(root, ".github/dependabot.yml")), &config); err != nil {
		t.Fatal(err)
	}
	renewed := map[string][]string{}
	for _, u := range config.Updates {
		renewed[u.Ecosystem] = append(u.Directories, u.Directory)
	}
	if !slices.Contains(renewed["github-actions"], "/") || !slices.Contains(renewed["docker"], "/") {
		t.Errorf("%v", renewed)
	}
	modules := 0
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "build" || d.Name() == ".git") {
			return fs.SkipDir
		}
		if d.Name() != "go.mod" {
			return nil
		}
		modules++
		rel, err := filepath.Rel(root, filepath.Dir(p))
		if dir := strings.TrimSuffix("/"+filepath.ToSlash(rel), "."); !slices.Contains(renewed["gomod"], dir) {
			t.Errorf("the module in %s is not renewed", dir)
		}
		return err
	})
	if err != nil || modules < 5 {
		t.Error(modules, err)
	}
}

// TestBuildsHaveNoToken wants what runs code of a request to have a step, and on GitLab a job, of its own without any secret.
func TestBuildsHaveNoToken(t *testing.T) {
	var action struct{ Runs struct{ Steps []step } }
	if err := yaml.Unmarshal(read(t, filepath.Join(root, "action.yml")), &action); err != nil {
		t.Fatal(err)
	}
	builds := 0
	for _, s := range action.Runs.Steps {
		if !strings.Contains(s.Run, "build.sh") {
			continue
		}
		builds++
		for name, value := range s.Env {
			if !strings.HasPrefix(name, "VSPREAD_") || strings.Contains(value, "token") || strings.Contains(value, "secret") {
				t.Errorf("action.yml builds with %s", name)
			}
		}
		if strings.Contains(s.Run, "plan.sh") {
			t.Error("action.yml builds and comments in one step")
		}
	}
	_, text, _ := strings.Cut(string(read(t, filepath.Join(root, "ci/gitlab.yaml"))), "\n---\n")
	var gitlab map[string]struct {
		Environment any
		Script      []string
	}
	if err := yaml.Unmarshal([]byte(text), &gitlab); err != nil {
		t.Fatal(err)
	}
	for name, j := range gitlab {
		script := strings.Join(j.Script, "\n")
		switch {
		case strings.Contains(script, "build.sh"):
			builds++
			if j.Environment != nil || strings.Contains(script, "plan.sh") {
				t.Errorf("%s builds in the environment of the tokens", name)
			}
		case script != "" && j.Environment == nil:
			t.Errorf("%s is not in the environment of the tokens", name)
		}
	}
	if builds != 2 {
		t.Errorf("%d steps and jobs build", builds)
	}
}
