// SPDX-License-Identifier: Apache-2.0

package addons_test

import (
	"slices"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/addons"
	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

func addon(t *testing.T, name, bundle string, delivery v1alpha1.Delivery) site.Addon {
	t.Helper()
	n, err := yaml.Parse("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + "}\n")
	if err != nil {
		t.Fatal(err)
	}
	return site.Addon{Node: n.YNode(), Bundle: bundle, Key: name + ".yaml", Delivery: delivery}
}

// What is delivered together has one ClusterResourceSet and one ConfigMap; what goes there directly is the bare object, and
// needs no label on the Cluster.
func TestDeliver(t *testing.T) {
	t.Parallel()
	cluster := site.Cluster{Name: "apple", Namespace: "fruit", Owner: "fruit/apple", Core: v1alpha1.CoreV1Beta2}
	set, direct := v1alpha1.DeliveryClusterResourceSet, v1alpha1.DeliveryDirect
	tests := map[string]struct {
		addons []site.Addon
		files  []string
		label  string
		codes  []diag.Code
	}{
		"nothing":     {},
		"one bundle":  {[]site.Addon{addon(t, "a", "storage", set), addon(t, "b", "storage", set)}, []string{"storage/apple-storage.yaml", "storage/apple-storage.yaml"}, "apple", nil},
		"two bundles": {[]site.Addon{addon(t, "a", "storage", set), addon(t, "b", "cni", set)}, []string{"storage/apple-storage.yaml", "storage/apple-storage.yaml", "cni/apple-cni.yaml", "cni/apple-cni.yaml"}, "apple", nil},
		"directly":    {[]site.Addon{addon(t, "a", "storage", direct)}, []string{"storage/a.yaml"}, "", []diag.Code{diag.StorageDirect}},
	}
	for name, tt := range tests {
		desired, labels, diags := addons.Deliver(cluster, tt.addons)
		var files []string
		var codes []diag.Code
		for _, d := range desired {
			files = append(files, d.File)
			if o := object.New(d.Node.YNode(), 0); o.Owner() != "fruit/apple" {
				t.Errorf("%s: %s belongs to %q", name, o.Ref, o.Owner())
			}
		}
		for _, d := range diags {
			codes = append(codes, d.Code)
		}
		if !slices.Equal(files, tt.files) || labels[object.ClusterLabel] != tt.label || !slices.Equal(codes, tt.codes) {
			t.Errorf("%s: files %v, labels %v, %v", name, files, labels, diags)
		}
		if name == "one bundle" && len(tree.Strings(desired[1].Node.YNode(), "data")) != 2 {
			t.Errorf("%s: the ConfigMap does not carry both", name)
		}
	}
}
