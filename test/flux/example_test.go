// SPDX-License-Identifier: Apache-2.0

package flux_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/fluxcd/pkg/runtime/cel"
	"github.com/fluxcd/pkg/sourceignore"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	"github.com/google/cel-go/common/types"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

// TestExample reads the objects of examples/flux as Flux does, and follows what they name: directories, sources,
// other Kustomizations and the Secret that Cluster API writes.
func TestExample(t *testing.T) {
	kustomizations, sources := fluxObjects(t)
	cluster := parse(t, read(t, filepath.Join(examples, "flux", "rendered", "management", "cluster.yaml")))["Cluster default/apple"]
	if cluster == nil {
		t.Fatal("there is no Cluster default/apple")
	}
	for name, k := range kustomizations {
		if !slices.Contains(sources, k.Spec.SourceRef.Kind+" "+k.Spec.SourceRef.Namespace+"/"+k.Spec.SourceRef.Name) {
			t.Errorf("%s: there is no source %+v", name, k.Spec.SourceRef)
		}
		dir := filepath.Join(examples, "flux", k.Spec.Path)
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			t.Errorf("%s: %s is no directory (%v)", name, k.Spec.Path, err)
			continue
		}
		copied := t.TempDir()
		if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		if applied := objects(t, build(t, copied)); len(applied) == 0 {
			t.Errorf("%s applies nothing", name)
		}
		if k.Spec.KubeConfig != nil && len(k.Spec.DependsOn) == 0 {
			t.Errorf("%s does not wait for the cluster", name)
		}
		for _, d := range k.Spec.DependsOn {
			if name == "apple-workload" {
				waits(t, d.ReadyExpr)
			}
			if _, ok := kustomizations[d.Name]; !ok || d.Namespace != "" {
				t.Errorf("%s depends on %s, which is not there", name, d.Name)
			}
		}
		if k.Spec.KubeConfig != nil {
			if s := k.Spec.KubeConfig.SecretRef; s.Name != "apple-kubeconfig" || s.Key != "value" || k.Namespace != "default" {
				t.Errorf("%s: Cluster API writes the key value of Secret default/apple-kubeconfig, not %+v in %s", name, s, k.Namespace)
			}
		} else if !k.Spec.Wait || len(k.Spec.HealthCheckExprs) == 0 || k.Spec.DeletionPolicy != kustomizev1.DeletionPolicyOrphan {
			t.Errorf("%s does not wait for the machines, or would delete the cluster with itself", name)
		}
	}
	if len(kustomizations) != 3 || len(sources) != 2 {
		t.Errorf("%d Kustomizations, %d sources", len(kustomizations), len(sources))
	}
}

// waits evaluates the expression by which a Kustomization waits for the cluster's, as kustomize-controller does: what has been
// applied is enough, its machines need not run.
func waits(t *testing.T, expression string) {
	t.Helper()
	e, err := cel.NewExpression(expression, cel.WithCompile(), cel.WithOutputType(types.BoolType), cel.WithStructVariables("self", "dep"))
	if err != nil {
		t.Fatal(err)
	}
	applied := kustomizev1.KustomizationStatus{
		Conditions: []metav1.Condition{{Type: "Ready", Status: "Unknown"}},
		Inventory:  &kustomizev1.ResourceInventory{Entries: []kustomizev1.ResourceRef{{ID: "default_apple_cluster.x-k8s.io_Cluster", Version: "v1beta2"}}},
	}
	for _, c := range []struct {
		name   string
		status kustomizev1.KustomizationStatus
		want   bool
	}{
		{"nothing has been applied", kustomizev1.KustomizationStatus{ObservedGeneration: -1}, false},
		{"machines come up", applied, true},
	} {
		dep, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&kustomizev1.Kustomization{Status: c.status})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := e.EvaluateBoolean(context.Background(), map[string]any{"self": dep, "dep": dep}); err != nil || got != c.want {
			t.Errorf("%s: %v (%v)", c.name, got, err)
		}
	}
}

// TestArtifact packs what the README pushes, as `flux push artifact` does. It has the paths that the Kustomizations name and nothing
// else: no sources, and no history of git.
func TestArtifact(t *testing.T) {
	readme := read(t, filepath.Join(examples, "flux", "README.md"))
	m := regexp.MustCompile(`flux push artifact \S+ --path=(\S+) --ignore-paths='(\S+)'`).FindStringSubmatch(readme)
	if m == nil {
		t.Fatal("the README has no flux push artifact")
	}
	root := filepath.Join(t.TempDir(), "repository")
	if err := os.CopyFS(root, os.DirFS(filepath.Join(examples, "flux"))); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(root, ".git", "config"), "[core]\n")
	write(t, filepath.Join(root, ".github", "workflows", "plan.yaml"), "on: push\n")
	dir := filepath.Join(root, m[1])
	domain := strings.Split(dir, string(filepath.Separator))
	matcher := sourceignore.NewMatcher(sourceignore.ReadPatterns(strings.NewReader(strings.ReplaceAll(m[2], ",", "\n")), domain))
	packed := map[string]bool{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, p)
		ignored := matcher.Match(strings.Split(p, string(filepath.Separator)), err == nil && d.IsDir())
		switch {
		case err == nil && !d.IsDir() && !ignored:
			packed[filepath.ToSlash(rel)] = true
		case err == nil && d.IsDir() && ignored && (strings.HasPrefix(rel, "rendered") || strings.HasPrefix(rel, "apps")):
			t.Errorf("the directory %s is ignored", rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	kustomizations, _ := fluxObjects(t)
	read := map[string]bool{}
	for name, k := range kustomizations {
		below := strings.TrimPrefix(k.Spec.Path, "./") + "/"
		for p := range packed {
			if strings.HasPrefix(p, below) {
				read[p], read[name] = true, true
			}
		}
		if !read[name] {
			t.Errorf("%s: the artifact has nothing below %s", name, k.Spec.Path)
		}
	}
	for p := range packed {
		if !read[p] {
			t.Errorf("the artifact has %s, which no Kustomization reads", p)
		}
	}
}

// TestHealth evaluates the example's expressions as kustomize-controller does, on statuses that Cluster API writes.
func TestHealth(t *testing.T) {
	kustomizations, _ := fluxObjects(t)
	for _, c := range []struct{ name, conditions, want string }{
		{"new", "", "InProgress"},
		{"machines come up", "[{type: Available, status: 'False'}, {type: RollingOut, status: 'False'}]", "InProgress"},
		{"all run", "[{type: Available, status: 'True'}, {type: RollingOut, status: 'False'}]", "Current"},
		{"a rollout", "[{type: Available, status: 'True'}, {type: RollingOut, status: 'True'}]", "InProgress"},
		{"core v1beta1", "[{type: Ready, status: 'True'}, {type: Available, status: 'True'}]", "Current"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var o unstructured.Unstructured
			text := "apiVersion: cluster.x-k8s.io/v1beta2\nkind: MachineDeployment\nmetadata: {name: a, generation: 1}\n"
			if c.conditions != "" {
				text += "status: {observedGeneration: 1, conditions: " + c.conditions + "}\n"
			}
			if err := yaml.Unmarshal([]byte(text), &o.Object); err != nil {
				t.Fatal(err)
			}
			checked := 0
			for _, e := range kustomizations["apple"].Spec.HealthCheckExprs {
				if e.Kind == "Cluster" && c.name == "a rollout" {
					continue // a Cluster's health is its own
				}
				evaluator, err := cel.NewStatusEvaluator(&e.HealthCheckExpressions)
				if err != nil {
					t.Fatal(err)
				}
				got, err := evaluator.Evaluate(context.Background(), &o)
				if c.conditions == "" && err != nil {
					checked++ // Flux takes an expression that cannot be evaluated yet for progress
					continue
				}
				if err != nil || got.Status.String() != c.want {
					t.Errorf("%s: %v (%v), want %s", e.Kind, got, err, c.want)
				}
				checked++
			}
			if checked < 2 {
				t.Error("nothing was checked")
			}
		})
	}
}

func fluxObjects(t *testing.T) (map[string]kustomizev1.Kustomization, []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(examples, "flux", "flux", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no objects: %v", err)
	}
	kustomizations, sources := map[string]kustomizev1.Kustomization{}, []string{}
	for _, f := range files {
		for document := range strings.SplitSeq(read(t, f), "\n---\n") {
			var head unstructured.Unstructured
			if err := yaml.Unmarshal([]byte(document), &head.Object); err != nil {
				t.Fatal(err)
			}
			var into any
			k := kustomizev1.Kustomization{}
			switch head.GetAPIVersion() + " " + head.GetKind() {
			case kustomizev1.GroupVersion.String() + " Kustomization":
				into = &k
			case sourcev1.GroupVersion.String() + " OCIRepository":
				into = &sourcev1.OCIRepository{}
			case sourcev1.GroupVersion.String() + " GitRepository":
				into = &sourcev1.GitRepository{}
			default:
				t.Fatalf("%s: unknown %s %s", f, head.GetAPIVersion(), head.GetKind())
			}
			if err := yaml.UnmarshalStrict([]byte(document), into); err != nil {
				t.Errorf("%s: %v", f, err)
			}
			if into == &k {
				kustomizations[k.Name] = k
			} else {
				sources = append(sources, head.GetKind()+" "+head.GetNamespace()+"/"+head.GetName())
			}
		}
	}
	return kustomizations, sources
}
