// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"sigs.k8s.io/yaml"

	"github.com/vspread/vspread/internal/cli"
)

// initIn runs init for a directory of a git repository that is the current one, with the names of a Cluster and an inventory.
func initIn(t *testing.T, repository, directory, cluster, inventory string, more ...string) (status int, out, complaint string) {
	t.Helper()
	in := t.TempDir()
	for name, object := range map[string]any{
		"cluster.yaml": map[string]any{"apiVersion": "cluster.x-k8s.io/v1beta2", "kind": "Cluster", "metadata": map[string]any{"name": cluster}},
		"inventory.yaml": map[string]any{
			"apiVersion": "v1", "kind": "ConfigMap",
			"metadata": map[string]any{"name": inventory, "labels": map[string]any{"vspread.dev/inventory": "true"}, "annotations": map[string]any{"config.kubernetes.io/local-config": "true"}},
			"data":     map[string]any{"inventory.yaml": "hosts: [{name: a}]\ndatastores: [{name: a1, hosts: [a]}]\n"},
		},
	} {
		text, err := yaml.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(in, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := append([]string{"init", filepath.Join(in, "cluster.yaml"), "-f", filepath.Join(in, "inventory.yaml"), "-C=" + directory}, more...)
	c := exec.Command("vspread", args...)
	c.Dir = repository
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	_ = c.Run()
	return c.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

func emptyRepository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

// oddNames are what people and attackers call directories.
var oddNames = []string{
	"plain", "a b", "a\tb", "a\nb", "a\rb", "a\u2028b", "\xff", "a'b", `a"b`, "a`b`", "$HOME", "${{ github.token }}", "$(touch ran)", "$[[ inputs.job ]]", "a;touch ran", "a&b", "a|b",
	"-rf", "--help", "a,b", "{a}", "[a]", "a: b", "#a", "a #b", "*", "?", "!a", "%a", "@a", "~", "~root", "no", "1e3", "null", "0x1", "1_000", "2026-12-01", "<<", "=", ".", ".hidden", "\\", `a\nb`,
	"ä", "ö", "日本", "👍", "a\u00a0b", "a\u202eb", "a--b", strings.Repeat("long", 50), strings.Repeat("ä", 120), "%s%d", "{{.Path}}", "*a &b",
}

// TestInitInOddDirectories writes a repository into directories with odd names: it renders, and whatever reads its files finds the
// directory as one word; or init refuses in one line and writes nothing.
func TestInitInOddDirectories(t *testing.T) {
	t.Parallel()
	for _, name := range oddNames {
		for _, how := range [][]string{{"--ci", "github"}, {"--ci", "gitlab", "--for", "kpt"}, {"--ci", "none", "--for", "render"}} {
			if how[1] == "none" && !strings.ContainsAny(name, "$ \t\n'\u00a0") {
				continue // as with a workflow
			}
			t.Run(fmt.Sprintf("%q %s", name, how[1]), func(t *testing.T) {
				t.Parallel()
				repository := emptyRepository(t)
				status, out, complaint := initIn(t, repository, name, "apple", "lab", how...)
				refused := !utf8.ValidString(name) || strings.ContainsAny(name, "\t\n\r\u2028\u202e") || how[1] != "none" && strings.ContainsAny(name, " $\u00a0")
				if refused != (status == cli.Usage) || status == cli.World {
					t.Errorf("status %d: %s", status, complaint)
				}
				if refused {
					if strings.Count(complaint, "\n") != 1 || strings.Contains(complaint, "\r") || out != "" {
						t.Errorf("it is not refused in one line: %q, %q", complaint, out)
					}
					if entries, err := os.ReadDir(repository); err != nil || len(entries) != 1 {
						t.Errorf("something is written: %v, %v", entries, err)
					}
					return
				}
				checkShell(t, repository, out, name)
				checkWorkflow(t, repository, name)
				checkFiles(t, filepath.Join(repository, name))
			})
		}
	}
}

// checkShell wants the commands that are printed to have the directory as one word.
func checkShell(t *testing.T, repository, out, name string) {
	t.Helper()
	_, command, found := strings.Cut(out, "\nNext: ")
	command, _, _ = strings.Cut(command, "\n")
	if _, validate, isWrong := strings.Cut(command, "then `"); isWrong {
		command = strings.TrimSuffix(validate, "`")
	}
	if !found {
		t.Fatalf("nothing is said about what is next: %s", out)
	}
	c := exec.Command("sh", "-c", `for word in `+command+`; do if [ -d "$word" ]; then printf "%s\n" "$word"; fi; done`)
	c.Dir = repository
	words, err := c.CombinedOutput()
	if got := strings.TrimSuffix(string(words), "\n"); err != nil || filepath.Clean(got) != filepath.Clean(name) || strings.HasPrefix(got, "-") {
		t.Errorf("of %q a shell has the directories %q (%v)", command, words, err)
	}
}

// checkWorkflow wants the workflow to be YAML whose path is the directory, as one word of the scripts that take it.
func checkWorkflow(t *testing.T, repository, name string) {
	t.Helper()
	var paths []string
	workflows, _ := filepath.Glob(filepath.Join(repository, ".github/workflows/*.yaml"))
	for _, file := range workflows {
		var w struct {
			Name string `json:"name"`
			Jobs map[string]struct {
				Steps []struct {
					With map[string]any `json:"with"`
				} `json:"steps"`
			} `json:"jobs"`
		}
		readYAML(t, file, &w)
		with := w.Jobs["plan"].Steps[1].With
		paths = append(paths, with["path"].(string), strings.TrimSuffix(strings.TrimSuffix(with["rendered"].(string), "rendered"), "/"))
	}
	if _, err := os.Stat(filepath.Join(repository, ".gitlab-ci.yml")); err == nil {
		var w struct {
			Include []struct {
				Inputs map[string]any `json:"inputs"`
			} `json:"include"`
		}
		readYAML(t, filepath.Join(repository, ".gitlab-ci.yml"), &w)
		paths = append(paths, w.Include[0].Inputs["path"].(string))
	}
	for _, path := range paths {
		path = cmp.Or(path, ".")
		c := exec.Command("sh", "-c", `set -euf; for p in $path; do test -d $p/. && printf "%s\n" $p; done`)
		c.Dir, c.Env = repository, append(os.Environ(), "path="+path)
		words, err := c.CombinedOutput()
		if err != nil || filepath.Clean(strings.TrimSuffix(string(words), "\n")) != filepath.Clean(name) || strings.HasPrefix(path, "-") || strings.Contains(path, "$") {
			t.Errorf("of %q the scripts make %q (%v)", path, words, err)
		}
	}
}

// checkFiles wants every file to be YAML, and what was written to render as soon as the machines are described.
func checkFiles(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(strings.NewReplacer(`\`, `\\`, "[", `\[`, "*", `\*`, "?", `\?`).Replace(dir), "*"))
	if err != nil || len(files) < 3 {
		t.Fatalf("%d files (%v)", len(files), err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.IsDir() || filepath.Ext(file) == ".krmignore" {
			continue
		}
		var any map[string]any
		readYAML(t, file, &any)
	}
	spread := filepath.Join(dir, "spread.yaml")
	text, err := os.ReadFile(spread)
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, "    version: v1.35.4\n    machine: {template: photon, numCPUs: 2, memoryMiB: 4096, networks: [lab]}\n"...)
	if err := os.WriteFile(spread, text, 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("vspread", "render", "./"+filepath.Base(dir))
	if c.Dir = filepath.Dir(dir); filepath.Base(dir) == "." {
		c.Dir = dir
	}
	out, err := c.Output()
	if err != nil || bytes.Count(out, []byte("kind: MachineDeployment\n")) != 1 {
		t.Errorf("it does not render: %v\n%s", err, out)
	}
}

func readYAML(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err == nil {
		err = yaml.UnmarshalStrict(text, into, yaml.DisallowUnknownFields)
	}
	if err != nil && !strings.Contains(err.Error(), "unknown field") {
		t.Errorf("%s: %v\n%s", file, err, text)
	}
}

// TestInitOfOddNames takes names of a Cluster and an inventory that YAML could read as something else, and refuses those that are
// no names.
func TestInitOfOddNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"no", "null", "1e3", "0x1", "123", "true", "2026-12-01", "a.b", "y", strings.Repeat("a", 63)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, tool := range []string{"kustomize", "kpt", "render"} {
				repository := emptyRepository(t)
				status, out, complaint := initIn(t, repository, ".", name, name, "--for", tool)
				if status == cli.World || status == cli.Usage {
					t.Fatalf("%d: %s", status, complaint)
				}
				var spread struct {
					Metadata struct {
						Name any `json:"name"`
					} `json:"metadata"`
					Spec struct {
						Cluster   any `json:"cluster"`
						Inventory any `json:"inventory"`
					} `json:"spec"`
				}
				readYAML(t, filepath.Join(repository, "spread.yaml"), &spread)
				if spread.Metadata.Name != name || spread.Spec.Cluster != name || spread.Spec.Inventory != name {
					t.Errorf("the ClusterSpread has other names: %v\n%s", spread, out)
				}
				for _, file := range []string{"kustomization.yaml", "Kptfile"} {
					var any map[string]any
					if _, err := os.Stat(filepath.Join(repository, file)); err == nil {
						readYAML(t, filepath.Join(repository, file), &any)
					}
				}
			}
		})
	}
	for _, name := range []string{"A", "a b", "a: b", "a\nb", "$a", "-a", "a'", `"`, "ä", "", strings.Repeat("a", 300), "${CLUSTER_NAME}", "a#b", "a\n  x: y"} {
		t.Run(fmt.Sprintf("%q is none", name), func(t *testing.T) {
			t.Parallel()
			repository := emptyRepository(t)
			status, out, complaint := initIn(t, repository, ".", name, "lab")
			if entries, err := os.ReadDir(repository); status != cli.Invalid || strings.Count(complaint, "\n") != 1 || out != "" || err != nil || len(entries) != 1 {
				t.Errorf("status %d: %s%s%v", status, complaint, out, entries)
			}
		})
	}
}
