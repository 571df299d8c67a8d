// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/cli"
	"github.com/vspread/vspread/internal/tree"
)

// TestLifeOfACluster takes a cluster through what happens to it in its years, commit by commit, along each way that
// people run vspread: kustomize, which sees no earlier output; kpt, which keeps it in place; and render -o. After each
// commit all three must want the same of the management cluster, and what changed must be what the golden file
// says. Old templates are the one thing that kustomize leaves out and the others keep.
func TestLifeOfACluster(t *testing.T) {
	t.Parallel()
	steps := readHistory(t, "testdata/life/history.yaml")
	ways := []way{&rendered{}, &packaged{}}
	for _, tool := range []string{"kustomize", "kpt"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("VSPREAD_NEEDS_"+strings.ToUpper(tool)) != "" {
				t.Fatal(err)
			}
			t.Logf("%s is not on the PATH", tool)
			continue
		}
		ways = append(ways, map[string]way{"kustomize": &kustomized{}, "kpt": &kpted{}}[tool])
	}
	for _, w := range ways {
		w.in(t, t.TempDir())
	}
	var story strings.Builder
	var before wants
	for i, s := range steps {
		var after wants
		for j, w := range ways {
			s.edit(t, w.source())
			got := w.run(t)
			if j == 0 {
				after = got
			} else if d := cmp.Diff(after.applied(), got.applied()); d != "" {
				t.Fatalf("commit %d, %s: %T wants something else than %T (-%T +%T):\n%s", i+1, s.Name, w, ways[0], ways[0], w, d)
			}
			if _, isTool := w.(interface{ tool() }); isTool {
				continue // starting one takes its time, and the next commit is a second run as well
			}
			if d := cmp.Diff(got.applied(), w.run(t).applied()); d != "" {
				t.Fatalf("commit %d, %s: a second run of %T changes something:\n%s", i+1, s.Name, w, d)
			}
		}
		fmt.Fprintf(&story, "%02d %s\n%s\n", i+1, s.Name, changes(before, after))
		for _, lost := range lostTemplates(before, after) {
			t.Errorf("commit %d, %s: template %s went while a rollout may need it", i+1, s.Name, lost)
		}
		before = after
	}
	golden(t, "testdata/life/history.txt", []byte(story.String()))
}

// step is a commit: files to write and texts to replace.
type step struct {
	Name  string            `yaml:"name"`
	Write map[string]string `yaml:"write"`
	Edit  []struct {
		File string `yaml:"file"`
		Old  string `yaml:"old"`
		New  string `yaml:"new"`
	} `yaml:"edit"`
}

func readHistory(t *testing.T, file string) []step {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var steps []step
	if err := yaml.Unmarshal(text, &steps); err != nil {
		t.Fatal(err)
	}
	return steps
}

func (s step) edit(t *testing.T, dir string) {
	t.Helper()
	for name, content := range s.Write {
		write(t, filepath.Join(dir, name), content)
	}
	for _, e := range s.Edit {
		file := filepath.Join(dir, e.File)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(text), e.Old) != 1 {
			t.Fatalf("commit %s: %q is %d times in %s, not once", s.Name, e.Old, strings.Count(string(text), e.Old), e.File)
		}
		write(t, file, strings.Replace(string(text), e.Old, e.New, 1))
	}
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// way is one of the ways to run vspread over a directory.
type way interface {
	in(t *testing.T, dir string)
	source() string
	run(t *testing.T) wants
}

// wants are the objects that a way would apply, by kind and name.
type wants map[string]*yaml.Node

func wanted(t *testing.T, nodes []*yaml.RNode) wants {
	t.Helper()
	out := wants{}
	for _, n := range nodes {
		o := object.New(n.YNode(), 0)
		if o.IsLocalConfig() || o.Ref.APIVersion == "" || strings.HasPrefix(o.Ref.APIVersion, "kpt.dev/") || strings.HasPrefix(o.Ref.APIVersion, "kustomize.config") {
			continue
		}
		out[o.Ref.Kind+" "+o.Ref.Name] = n.YNode()
	}
	return out
}

// applied gives the objects as canonical text, without templates that no MachineDeployment names.
func (w wants) applied() map[string]string {
	out := map[string]string{}
	for k, n := range w {
		if !strings.HasSuffix(strings.Fields(k)[0], "Template") || w.names(strings.Fields(k)[1]) {
			out[k] = canonical(n)
		}
	}
	return out
}

func canonical(n *yaml.Node) string {
	clone := yaml.NewRNode(tree.Clone(n))
	annotations := tree.Get(clone.YNode(), "metadata", "annotations")
	for k := range tree.Strings(annotations) {
		if strings.Contains(k, "config.kubernetes.io/") || strings.HasPrefix(k, "internal.kpt.dev/") || strings.HasPrefix(k, "config.k8s.io/") {
			tree.Remove(annotations, k)
		}
	}
	if annotations != nil && len(annotations.Content) == 0 {
		tree.Remove(clone.YNode(), "metadata", "annotations")
	}
	text, err := clone.MarshalJSON() // sorts keys, drops comments and styles
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// names tells whether any object but a template refers to a template.
func (w wants) names(template string) bool {
	for k, n := range w {
		if strings.HasPrefix(k, "MachineDeployment ") || strings.HasPrefix(k, "KubeadmControlPlane ") {
			for _, path := range [][]string{
				{"spec", "template", "spec", "infrastructureRef", "name"}, {"spec", "template", "spec", "bootstrap", "configRef", "name"},
				{"spec", "machineTemplate", "spec", "infrastructureRef", "name"},
			} {
				if tree.String(n, path...) == template {
					return true
				}
			}
		}
	}
	return false
}

// changes says what a commit does to the objects, a line each.
func changes(before, after wants) string {
	var lines []string
	old, now := before.applied(), after.applied()
	kept := 0
	for _, k := range slices.Sorted(maps.Keys(now)) {
		switch _, there := old[k]; {
		case !there:
			lines = append(lines, "created  "+k)
		case old[k] == now[k]:
			kept++
		case strings.HasPrefix(k, "MachineDeployment "):
			lines = append(lines, deploymentChange(k, before[k], after[k]))
		default:
			lines = append(lines, "changed  "+k)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(old)) {
		if _, there := now[k]; !there {
			word := "removed  "
			if _, stays := after[k]; stays {
				word = "unnamed  "
			}
			lines = append(lines, word+k)
		}
	}
	return fmt.Sprintf("   %s\n", strings.Join(append(lines, fmt.Sprintf("kept     %d", kept)), "\n   "))
}

func deploymentChange(k string, before, after *yaml.Node) string {
	var what []string
	word := "changed  "
	for _, f := range []struct {
		name string
		path []string
	}{
		{"template", []string{"spec", "template", "spec", "infrastructureRef", "name"}},
		{"bootstrap", []string{"spec", "template", "spec", "bootstrap", "configRef", "name"}},
		{"version", []string{"spec", "template", "spec", "version"}},
	} {
		if tree.String(before, f.path...) != tree.String(after, f.path...) {
			word = "replaced "
			what = append(what, f.name)
		}
	}
	if a, b := tree.String(before, "spec", "replicas"), tree.String(after, "spec", "replicas"); a != b {
		if word == "changed  " {
			word = "scaled   "
		}
		what = append(what, fmt.Sprintf("%q -> %q", a, b))
	}
	return strings.TrimSpace(word + k + " " + strings.Join(what, ", "))
}

// lostTemplates are those that a MachineDeployment named before and that are gone although it is still there: a
// MachineSet of its rollout needs them.
func lostTemplates(before, after wants) []string {
	var lost []string
	for k, n := range before {
		if _, stays := after[k]; strings.HasPrefix(k, "MachineDeployment ") && stays {
			name := "VSphereMachineTemplate " + tree.String(n, "spec", "template", "spec", "infrastructureRef", "name")
			if _, there := after[name]; !there {
				lost = append(lost, name)
			}
		}
	}
	return lost
}

// rendered is render -o.
type rendered struct{ dir string }

func (w *rendered) in(_ *testing.T, dir string) { w.dir = dir }
func (w *rendered) source() string              { return filepath.Join(w.dir, "git") }

func (w *rendered) run(t *testing.T) wants {
	t.Helper()
	var out, diagnostics bytes.Buffer
	if status := cli.Main([]string{"render", w.source(), "-o", filepath.Join(w.dir, "out")}, cli.Streams{Out: &out, Err: &diagnostics}); status != cli.OK {
		t.Fatalf("render -o: %d\n%s", status, &diagnostics)
	}
	return readPackage(t, filepath.Join(w.dir, "out"))
}

func readPackage(t *testing.T, dir string) wants {
	t.Helper()
	nodes, err := kio.LocalPackageReader{PackagePath: dir, MatchFilesGlob: []string{"*.yaml"}}.Read()
	if err != nil {
		t.Fatal(err)
	}
	return wanted(t, nodes)
}

// packaged keeps everything in one package as kpt does, with the same library.
type packaged struct{ dir string }

func (w *packaged) in(_ *testing.T, dir string) { w.dir = dir }
func (w *packaged) source() string              { return w.dir }

func (w *packaged) run(t *testing.T) wants {
	t.Helper()
	var in bytes.Buffer
	files := &kio.LocalPackageReadWriter{PackagePath: w.dir, PreserveSeqIndent: true, MatchFilesGlob: []string{"*.yaml"}}
	toFunction := kio.ByteWriter{Writer: &in, KeepReaderAnnotations: true, WrappingAPIVersion: kio.ResourceListAPIVersion, WrappingKind: kio.ResourceListKind}
	if err := (kio.Pipeline{Inputs: []kio.Reader{files}, Outputs: []kio.Writer{toFunction}}).Execute(); err != nil {
		t.Fatal(err)
	}
	out, diags := fn.Run(in.Bytes())
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	nodes, err := (&kio.ByteReader{Reader: bytes.NewReader(out), PreserveSeqIndent: true}).Read()
	if err != nil {
		t.Fatal(err)
	}
	if err := files.Write(nodes); err != nil {
		t.Fatal(err)
	}
	return readPackage(t, w.dir)
}

// kustomized builds the directory anew each time.
type kustomized struct{ dir string }

func (w *kustomized) in(t *testing.T, dir string) {
	t.Helper()
	w.dir = dir
	if err := os.CopyFS(filepath.Join(dir, "guard"), os.DirFS(filepath.Join(examples, "homelab", "guard"))); err != nil {
		t.Fatal(err)
	}
}

func (w *kustomized) source() string { return w.dir }
func (w *kustomized) tool()          {}

func (w *kustomized) run(t *testing.T) wants {
	t.Helper()
	resources := []string{"cluster.yaml", "control-plane.yaml", "inventory.yaml"}
	if _, err := os.Stat(filepath.Join(w.dir, "workers.yaml")); err == nil {
		resources = append(resources, "workers.yaml")
	}
	write(t, filepath.Join(w.dir, "kustomization.yaml"), "resources: ["+strings.Join(resources, ", ")+"]\ntransformers: [spread.yaml, guard]\n")
	return wanted(t, parse(t, kustomize(t, w.dir)))
}

// kpted is the real kpt over a package.
type kpted struct{ kustomized }

func (w *kpted) run(t *testing.T) wants {
	t.Helper()
	write(t, filepath.Join(w.dir, "Kptfile"), "apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata: {name: life, annotations: {config.kubernetes.io/local-config: \"true\"}}\npipeline:\n  mutators:\n  - {exec: vspread, configPath: spread.yaml}\n")
	write(t, filepath.Join(w.dir, ".krmignore"), "guard\n")
	if out, err := exec.Command("kpt", "fn", "render", "--allow-exec", w.dir).CombinedOutput(); err != nil {
		t.Fatalf("kpt fn render: %v\n%s", err, out)
	}
	return readPackage(t, w.dir)
}

func stderrOf(err error) []byte {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.Stderr
	}
	return nil
}
