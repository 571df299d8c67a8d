// SPDX-License-Identifier: Apache-2.0

package object

import (
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/diag"
)

func TestRefuseImmutableStorage(t *testing.T) {
	t.Parallel()
	class := func(datastore, annotations string) string {
		return "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: shared, annotations: {" + annotations + "}}\nparameters: {datastoreurl: " + datastore + "}\n"
	}
	inConfigMap := func(text, annotations string) string {
		return "kind: ConfigMap\nmetadata: {name: x, annotations: {" + annotations + "}}\ndata:\n  a: |\n    " + strings.ReplaceAll(text, "\n", "\n    ") + "\n"
	}
	const flux, argo = "kustomize.toolkit.fluxcd.io/force: Enabled", `argocd.argoproj.io/sync-options: "Prune=false, Force=true,Replace=true"`
	for _, c := range []struct {
		name, before, after string
		refused             bool
	}{
		{"as it was", class("nas", ""), class("nas", ""), false},
		{"another datastore", class("nas", ""), class("san", ""), true},
		{"Flux may force", class("nas", ""), class("san", flux), false},
		{"Flux might, before", class("nas", flux), class("san", ""), true},
		{"Argo CD may force", class("nas", ""), class("san", argo), false},
		{"Argo CD may replace", class("nas", ""), class("san", "argocd.argoproj.io/sync-options: Replace=true"), true},
		{"a ClusterResourceSet forces nothing", inConfigMap(class("nas", ""), flux), inConfigMap(class("san", flux), flux), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var diags diag.List
			RefuseImmutableStorage(&diags, diag.Ref{Name: "x"}, yaml.MustParse(c.before).YNode(), yaml.MustParse(c.after).YNode())
			if (len(diags) > 0) != c.refused {
				t.Error(diags)
			}
		})
	}
}
