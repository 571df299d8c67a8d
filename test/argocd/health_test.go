// SPDX-License-Identifier: Apache-2.0

package argocd

import (
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/argoproj/argo-cd/v3/util/lua"
)

// TestHealth runs the health checks of the example, as an installation has them, on objects as the controllers
// leave them.
func TestHealth(t *testing.T) {
	overrides, err := settingsOf(t, install(t, "health")).GetResourceOverrides()
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name, Status, Message string
		// BuiltIn is what Argo CD's own check answers; empty where it has none.
		BuiltIn string
		Object  map[string]any
	}
	// Not strict: an object may override a field of the one it starts from.
	if err := yaml.Unmarshal(read(t, "testdata/health.yaml"), &cases); err != nil {
		t.Fatal(err)
	}
	var checked []string
	for _, c := range cases {
		object := &unstructured.Unstructured{Object: c.Object}
		group := object.GroupVersionKind().Group + "_" + object.GetKind()
		checked = append(checked, group)
		t.Run(object.GetKind()+" "+c.Name, func(t *testing.T) {
			got, err := lua.ResourceHealthOverrides(overrides).GetResourceHealth(object)
			if err != nil || got == nil {
				t.Fatalf("%v %v", got, err)
			}
			if string(got.Status) != c.Status || got.Message != c.Message {
				t.Errorf("%s %q, want %s %q", got.Status, got.Message, c.Status, c.Message)
			}
			own, err := lua.ResourceHealthOverrides(nil).GetResourceHealth(object)
			if err != nil {
				t.Fatal(err)
			}
			builtIn := ""
			if own != nil {
				builtIn = string(own.Status)
			}
			if builtIn != c.BuiltIn {
				t.Errorf("Argo CD's own check says %q, want %q", builtIn, c.BuiltIn)
			}
		})
	}
	// No kind of the example without an object here.
	for line := range strings.Lines(string(read(t, example+"/health/kustomization.yaml"))) {
		if _, rest, found := strings.Cut(line, "resource.customizations.health."); found {
			kind, _, _ := strings.Cut(rest, "=")
			if !slices.Contains(checked, kind) {
				t.Errorf("no object of %s is checked", kind)
			}
		}
	}
}
