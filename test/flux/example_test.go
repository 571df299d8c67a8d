// SPDX-License-Identifier: Apache-2.0

package flux_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/fluxcd/pkg/runtime/cel"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
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
		for _, d := range k.Spec.DependsOn {
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
