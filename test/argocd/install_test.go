// SPDX-License-Identifier: Apache-2.0

package argocd

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	"sigs.k8s.io/yaml"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"github.com/argoproj/argo-cd/v3/util/git"
	"github.com/argoproj/argo-cd/v3/util/kustomize"
	"github.com/argoproj/argo-cd/v3/util/settings"
)

// install builds Argo CD's own manifests with components of the example, by the example's kustomization.
func install(t *testing.T, components ...string) []*unstructured.Unstructured {
	t.Helper()
	dir := t.TempDir()
	for _, c := range components {
		if err := os.CopyFS(filepath.Join(dir, c), os.DirFS(filepath.Join(example, c))); err != nil {
			t.Fatal(err)
		}
	}
	text := string(read(t, filepath.Join(example, "kustomization.yaml")))
	before, after, found := strings.Cut(text, "- https://raw.githubusercontent.com/argoproj/argo-cd/"+version+"/manifests/install.yaml\n")
	if !found {
		t.Fatalf("the example's kustomization does not take Argo CD's manifests of %s", version)
	}
	before += "- install.yaml\n"
	rest, _, _ := strings.Cut(after, "components:\n")
	write(t, filepath.Join(dir, "install.yaml"), read(t, filepath.Join(manifests, "install.yaml")))
	write(t, filepath.Join(dir, "kustomization.yaml"), []byte(before+rest+"components:\n- "+strings.Join(components, "\n- ")+"\n"))
	out, err := exec.Command("kustomize", "build", dir).Output()
	if err != nil {
		if exit, ok := err.(*exec.ExitError); ok {
			t.Fatalf("%s", exit.Stderr)
		}
		t.Fatal(err)
	}
	objects, err := kube.SplitYAML(out)
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

// settingsOf are Argo CD's own, read from the objects of an installation.
func settingsOf(t *testing.T, objects []*unstructured.Unstructured) *settings.SettingsManager {
	t.Helper()
	var known []runtime.Object
	for _, o := range objects {
		var into runtime.Object
		switch o.GetKind() {
		case "ConfigMap":
			into = &corev1.ConfigMap{}
		case "Secret":
			into = &corev1.Secret{}
		default:
			continue
		}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Object, into); err != nil {
			t.Fatal(err)
		}
		known = append(known, into)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	return settings.NewSettingsManager(ctx, fake.NewClientset(known...), "argocd")
}

// repoServer is the pod of the repo-server.
func repoServer(t *testing.T, objects []*unstructured.Unstructured) corev1.PodSpec {
	t.Helper()
	for _, o := range objects {
		if o.GetKind() != "Deployment" || o.GetName() != "argocd-repo-server" {
			continue
		}
		var deployment struct {
			Spec struct {
				Template struct{ Spec corev1.PodSpec }
			}
		}
		text, err := yaml.Marshal(o.Object)
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(text, &deployment); err != nil {
			t.Fatal(err)
		}
		return deployment.Spec.Template.Spec
	}
	t.Fatal("there is no repo-server")
	return corev1.PodSpec{}
}

func TestInstallWithPlugin(t *testing.T) {
	objects := install(t, "plugin", "health")
	pod := repoServer(t, objects)
	volumes := map[string]bool{}
	for _, v := range pod.Volumes {
		volumes[v.Name] = true
	}
	if len(pod.Containers) != 3 {
		t.Fatalf("%d containers, want the repo-server and two sidecars", len(pod.Containers))
	}
	tmp := map[string]string{}
	for _, c := range pod.Containers {
		for _, m := range c.VolumeMounts {
			if !volumes[m.Name] {
				t.Errorf("%s mounts %s, which is no volume of the pod", c.Name, m.Name)
			}
			if m.MountPath == "/tmp" {
				if other := tmp[m.Name]; other != "" {
					t.Errorf("%s and %s share /tmp", c.Name, other)
				}
				tmp[m.Name] = c.Name
			}
		}
		if c.Name == "argocd-repo-server" {
			continue
		}
		if c.Command[0] != "/var/run/argocd/argocd-cmp-server" || *c.SecurityContext.RunAsUser != 999 || !*c.SecurityContext.ReadOnlyRootFilesystem {
			t.Errorf("%s: %q %+v", c.Name, c.Command, c.SecurityContext)
		}
	}
	if len(tmp) != 3 {
		t.Errorf("%v", tmp)
	}
}

// TestBuildOptions runs Argo CD's own kustomize code with the options that the example sets.
func TestBuildOptions(t *testing.T) {
	objects := install(t, "build-options", "health")
	pod := repoServer(t, objects)
	if c := pod.InitContainers; len(c) != 2 || c[0].Name == c[1].Name {
		t.Errorf("init containers: %+v", c)
	}
	options, err := settingsOf(t, objects).GetKustomizeSettings()
	if err != nil {
		t.Fatal(err)
	}
	root := repository(t)
	path := filepath.Join(root, "clusters", "apple")
	app := kustomize.NewKustomizeApp(root, path, git.NopCreds{}, "", "", "", "")
	out, _, _, err := app.Build(nil, options, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	pools := 0
	for _, o := range out {
		if o.GetKind() == "MachineDeployment" {
			pools++
		}
	}
	if pools != 3 {
		t.Errorf("%d MachineDeployments, want 3", pools)
	}
	// A forgotten option is found by the guard or by kustomize.
	for _, options.BuildOptions = range []string{"--enable-alpha-plugins", "--enable-exec", ""} {
		out, _, _, err := app.Build(nil, options, nil, nil)
		if err == nil || !strings.Contains(err.Error(), "vspread-did-not-run.add---enable-exec") && !strings.Contains(err.Error(), "external plugins disabled") {
			t.Errorf("with %q: %d objects, %v", options.BuildOptions, len(out), err)
		}
	}
}

// TestGenerateFromManifestPaths wants the setting to be where the repo-server reads it.
func TestGenerateFromManifestPaths(t *testing.T) {
	objects := install(t, "plugin")
	var source *corev1.ConfigMapKeySelector
	for _, c := range repoServer(t, objects).Containers {
		for _, e := range c.Env {
			if e.Name == "ARGOCD_REPO_SERVER_PLUGIN_USE_MANIFEST_GENERATE_PATHS" {
				source = e.ValueFrom.ConfigMapKeyRef
			}
		}
	}
	if source == nil {
		t.Fatal("the repo-server does not read the setting")
	}
	for _, o := range objects {
		if o.GetKind() == "ConfigMap" && o.GetName() == source.Name {
			if data, _, _ := unstructured.NestedStringMap(o.Object, "data"); data[source.Key] == "true" {
				return
			}
		}
	}
	t.Errorf("%s of %s is not true", source.Key, source.Name)
}
