// SPDX-License-Identifier: Apache-2.0

// Package flux holds what vspread writes, and the example of its use with Flux, to Flux's own code: the builder,
// the substitution of variables and the health checks of kustomize-controller, and the types of its objects.
package flux_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fluxcd/pkg/kustomize"
	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/yaml"
)

const examples = "../../examples"

// localConfig is the annotation of what is applied nowhere.
const localConfig = "config.kubernetes.io/local-config"

// TestRenderedIsApplied gives Flux the output of every example, as one file and beside its sources. What Flux would apply
// must be the same objects, and of the sources nothing.
func TestRenderedIsApplied(t *testing.T) {
	for name, text := range outputs(t) {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "rendered.yaml"), text)
			local := "apiVersion: vspread.dev/v1alpha1\nkind: ClusterSpread\nmetadata:\n  name: apple\n  annotations: {config.kubernetes.io/local-config: \"true\"}\n"
			write(t, filepath.Join(dir, "spread.yaml"), local)
			if d := cmp.Diff(parse(t, text), objects(t, build(t, dir))); d != "" {
				t.Errorf("Flux applies something else (-written +applied):\n%s", d)
			}
		})
	}
}

// TestVariablesOfTheUserOnly turns substitution on. It may change nothing of vspread's: only what the user wrote as a variable.
func TestVariablesOfTheUserOnly(t *testing.T) {
	given := map[string]any{"HTTPS_PROXY": "http://proxy.lab.local:3128", "UNRELATED": "x"}
	used := 0
	for name, text := range outputs(t) {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "rendered.yaml"), text)
			want := text
			for k, v := range given {
				used += strings.Count(want, "${"+k+"}")
				want = strings.ReplaceAll(want, "${"+k+"}", v.(string))
			}
			if d := cmp.Diff(parse(t, want), substituted(t, build(t, dir), given)); d != "" {
				t.Errorf("substitution changes more than the variables (-want +got):\n%s", d)
			}
		})
	}
	if used == 0 {
		t.Error("no example has a variable")
	}
}

// TestSubstitutionDisabled shows what happens to shell in a seed's bootstrap template without a value for its
// variables, and that the annotation on the seed, which pools' templates copy, keeps it.
func TestSubstitutionDisabled(t *testing.T) {
	template := func(annotations string) string {
		return "apiVersion: bootstrap.cluster.x-k8s.io/v1beta2\nkind: KubeadmConfigTemplate\nmetadata:\n  name: t\n  namespace: default\n" + annotations +
			"spec:\n  template:\n    spec:\n      preKubeadmCommands:\n      - for d in /dev/sd?; do echo ${d} $(lsblk $d) $HOME {{ ds.meta_data.hostname }}; done\n"
	}
	for _, c := range []struct{ name, annotations, want string }{
		{"without", "", "for d in /dev/sd?; do echo  $(lsblk $d) $HOME {{ ds.meta_data.hostname }}; done"},
		{
			"disabled", "  annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}\n",
			"for d in /dev/sd?; do echo ${d} $(lsblk $d) $HOME {{ ds.meta_data.hostname }}; done",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "t.yaml"), template(c.annotations))
			got := substituted(t, build(t, dir), map[string]any{"X": "x"})
			commands, _, err := unstructured.NestedStringSlice(got["KubeadmConfigTemplate default/t"].(map[string]any), "spec", "template", "spec", "preKubeadmCommands")
			if err != nil || len(commands) != 1 || commands[0] != c.want {
				t.Errorf("%q (%v), want %q", commands, err, c.want)
			}
		})
	}
}

// TestFunctionsInPlaceFail gives Flux a directory that still needs vspread, as exec function and as exec plugin. Workers must not
// vanish silently.
func TestFunctionsInPlaceFail(t *testing.T) {
	for _, name := range []string{"homelab", "overlay/staging", "plugin"} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			if err := os.CopyFS(root, os.DirFS(examples)); err != nil {
				t.Fatal(err)
			}
			if name == "plugin" {
				write(t, filepath.Join(root, name, "spread.yaml"), "apiVersion: vspread.dev/v1alpha1\nkind: ClusterSpread\nmetadata: {name: apple}\nspec: {workers: [{name: md, replicas: 5}]}\n")
				write(t, filepath.Join(root, name, "cluster.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n")
				write(t, filepath.Join(root, name, "kustomization.yaml"), "resources: [cluster.yaml]\ntransformers: [spread.yaml]\n")
			}
			got, err := kustomize.SecureBuild(root, filepath.Join(root, name), false)
			if err == nil || !strings.Contains(err.Error(), "external plugins disabled") {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}

// outputs are what the examples write, by name.
func outputs(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(examples, "*", ".expected", "output.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	out := map[string]string{}
	for _, f := range files {
		out[filepath.Base(filepath.Dir(filepath.Dir(f)))] = read(t, f)
	}
	return out
}

// build does what kustomize-controller does with a directory: it makes the kustomization if there is none, and builds it.
func build(t *testing.T, dir string) resmap.ResMap {
	t.Helper()
	generator := kustomize.NewGenerator(dir, unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{}}})
	if _, err := generator.WriteFile(dir, kustomize.WithSaveOriginalKustomization()); err != nil {
		t.Fatal(err)
	}
	built, err := kustomize.SecureBuild(dir, dir, false)
	if err != nil {
		t.Fatal(err)
	}
	return built
}

// objects are what is built and not local configuration, which kustomize-controller leaves out.
func objects(t *testing.T, built resmap.ResMap) map[string]any {
	t.Helper()
	var b strings.Builder
	for _, r := range built.Resources() {
		if r.GetAnnotations()[localConfig] == "true" {
			continue
		}
		text, err := r.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(string(text) + "---\n")
	}
	return parse(t, b.String())
}

func substituted(t *testing.T, built resmap.ResMap, vars map[string]any) map[string]any {
	t.Helper()
	with := unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"postBuild": map[string]any{"substitute": vars}}}}
	for _, r := range built.Resources() {
		// No value where it is disabled, else the resource itself is changed.
		if _, err := kustomize.SubstituteVariables(context.Background(), nil, with, r, kustomize.SubstituteWithDryRun(true)); err != nil {
			t.Fatalf("%s: %v", r.CurId(), err)
		}
	}
	return objects(t, built)
}

// parse gives the objects of a stream by kind and name.
func parse(t *testing.T, text string) map[string]any {
	t.Helper()
	out := map[string]any{}
	for document := range strings.SplitSeq("\n"+text, "\n---\n") {
		var o unstructured.Unstructured
		if err := yaml.Unmarshal([]byte(document+"\n"), &o.Object); err != nil {
			t.Fatal(err)
		}
		if len(o.Object) == 0 {
			continue
		}
		key := o.GetKind() + " " + o.GetNamespace() + "/" + o.GetName()
		if out[key] != nil {
			t.Fatalf("%s is there twice", key)
		}
		out[key] = o.Object
	}
	return out
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
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
