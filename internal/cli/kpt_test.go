// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/cli"
)

// TestKptPackages runs every example that is a kpt package as kpt's own test runner does (github.com/kptdev/kpt, pkg/test/runner):
// in a git repository of its own, the script .expected/exec.sh, and then the difference must be .expected/diff.patch. Other
// than that runner, it runs a second time in the same place, which must change nothing more.
func TestKptPackages(t *testing.T) {
	t.Parallel()
	if !hasKpt(t) {
		t.Skip("kpt is not on the PATH")
	}
	kptfiles, err := filepath.Glob(filepath.Join(examples, "*", "Kptfile"))
	if err != nil || len(kptfiles) == 0 {
		t.Fatalf("no packages: %v", err)
	}
	for _, kptfile := range kptfiles {
		dir := filepath.Dir(kptfile)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			expected, err := filepath.Abs(filepath.Join(dir, ".expected"))
			if err != nil {
				t.Fatal(err)
			}
			checkRunnerConfig(t, filepath.Join(expected, "config.yaml"))
			pkg := filepath.Join(t.TempDir(), filepath.Base(dir))
			if err := os.CopyFS(pkg, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			in := func(name string, args ...string) []byte {
				t.Helper()
				c := exec.Command(name, args...)
				c.Dir = pkg
				c.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_DIFF_OPTS=")
				out, err := c.Output()
				if err != nil {
					t.Fatalf("%s %v: %v\n%s\n%s", name, args, err, out, stderrOf(err))
				}
				return out
			}
			commit := func() {
				in("git", "add", "--all")
				in("git", "-c", "user.name=none", "-c", "user.email=none", "commit", "--quiet", "--allow-empty", "-m", "x")
			}
			in("git", "init", "--quiet")
			commit()
			in("bash", filepath.Join(expected, "exec.sh"))
			commit()
			golden(t, filepath.Join(expected, "diff.patch"), in("git", "diff", "HEAD~1", "HEAD"))
			in("bash", filepath.Join(expected, "exec.sh"))
			if again := in("git", "status", "--porcelain"); len(again) > 0 {
				t.Errorf("a second run changes\n%s", again)
			}
		})
	}
}

// hasKpt looks for kpt; where VSPREAD_NEEDS_KPT is set, as in the workflow of this repository, it must be there.
func hasKpt(t *testing.T) bool {
	t.Helper()
	_, err := exec.LookPath("kpt")
	if err != nil && os.Getenv("VSPREAD_NEEDS_KPT") != "" {
		t.Fatal(err)
	}
	return err == nil
}

// checkRunnerConfig reads what kpt's runner reads.
func checkRunnerConfig(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		TestType  string `yaml:"testType"`
		AllowExec bool   `yaml:"allowExec"`
	}
	if err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&config); err != nil || config.TestType != "render" || !config.AllowExec {
		t.Errorf("%s: %+v (%v)", file, config, err)
	}
}

// TestMetadata holds what a catalog would show to what there is.
func TestMetadata(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../metadata.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var m struct {
		Image, Description, License string
		Tags                        []string
		SourceURL                   string   `yaml:"sourceURL"`
		ExamplePackageURLs          []string `yaml:"examplePackageURLs"`
		Hidden                      bool
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&m); err != nil {
		t.Fatal(err)
	}
	var help bytes.Buffer
	if cli.Main([]string{"help", "fn"}, cli.Streams{Out: &help, Err: &help}) != cli.OK {
		t.Fatal(&help)
	}
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(makefile), m.Image+":$(VERSION)") || !strings.Contains(help.String(), m.Image+":") {
		t.Errorf("the image is not %s in the Makefile and in the help", m.Image)
	}
	if !slices.Contains(m.Tags, "mutator") || m.License != "Apache-2.0" || m.Description == "" || len(m.ExamplePackageURLs) == 0 {
		t.Errorf("%+v", m)
	}
	for _, url := range m.ExamplePackageURLs {
		dir, found := strings.CutPrefix(url, m.SourceURL+"/tree/main/")
		if _, err := os.Stat(filepath.Join("../..", dir, "Kptfile")); !found || err != nil {
			t.Errorf("%s is no package: %v", url, err)
		}
	}
}
