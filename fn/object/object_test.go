// SPDX-License-Identifier: Apache-2.0

package object_test

import (
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
)

func set(docs ...string) *object.Set {
	var all []*object.Object
	for i, d := range docs {
		all = append(all, object.New(yaml.MustParse(d).YNode(), i))
	}
	return object.NewSet(all)
}

func TestObject(t *testing.T) {
	t.Parallel()
	o := object.New(yaml.MustParse(`
apiVersion: cluster.x-k8s.io/v1beta2
kind: Cluster
metadata: {name: apple, namespace: default, annotations: {vspread.dev/owner: x, config.kubernetes.io/path: a.yaml, config.kubernetes.io/local-config: "true"}}`).YNode(), 7)
	if o.Group() != "cluster.x-k8s.io" || o.Version() != "v1beta2" || o.Owner() != "x" || o.Ref.File != "a.yaml" || !o.IsLocalConfig() || o.Item != 7 {
		t.Errorf("%+v", o)
	}
	if o.Key() != object.NewKey("cluster.x-k8s.io", "Cluster", "", "apple") {
		t.Error("no namespace is not the namespace default")
	}
	core := object.New(yaml.MustParse("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}").YNode(), 0)
	if core.Group() != "" || core.Version() != "v1" {
		t.Errorf("%q %q", core.Group(), core.Version())
	}
	for _, tt := range []struct {
		a, b string
		want bool
	}{{"apple", "default/apple", true}, {"x/apple", "apple", false}, {"x/apple", "x/apple", true}} {
		if object.SameOwner(tt.a, tt.b) != tt.want {
			t.Errorf("SameOwner(%q, %q)", tt.a, tt.b)
		}
	}
}

func TestSet(t *testing.T) {
	t.Parallel()
	s := set(
		"apiVersion: cluster.x-k8s.io/v1beta2\nkind: Cluster\nmetadata: {name: apple}\nspec: {controlPlaneRef: {apiGroup: g, kind: KCP, name: cp}, old: {apiVersion: g/v1, kind: KCP, name: cp}}",
		"apiVersion: g/v1\nkind: KCP\nmetadata: {name: cp, namespace: default}\nspec: {ref: {kind: Template, name: t}}",
		"apiVersion: g/v1\nkind: Template\nmetadata: {name: t}",
		"apiVersion: cluster.x-k8s.io/v1beta2\nkind: MachineDeployment\nmetadata: {name: a, annotations: {vspread.dev/owner: default/apple}}\nspec: {clusterName: apple, ref: {kind: Template, name: t}}",
		"apiVersion: cluster.x-k8s.io/v1beta2\nkind: MachineDeployment\nmetadata: {name: b, namespace: other}\nspec: {clusterName: apple, ref: {kind: Template, name: t}}",
		"apiVersion: cluster.k8s.io/v1alpha1\nkind: MachineDeployment\nmetadata: {name: c}\nspec: {clusterName: apple}",
		"apiVersion: cluster.x-k8s.io/v1beta2\nkind: Cluster\nmetadata: {name: local, annotations: {config.kubernetes.io/local-config: \"true\"}}",
	)
	clusters := s.Clusters()
	if len(clusters) != 1 || clusters[0].Ref.Name != "apple" {
		t.Fatalf("%v", clusters)
	}
	if mds := s.MachineDeployments(clusters[0]); len(mds) != 1 || mds[0].Ref.Name != "a" {
		t.Errorf("%v", mds)
	}
	for _, path := range []string{"controlPlaneRef", "old"} {
		if o, _ := s.Follow(clusters[0], "spec", path); o == nil || o.Ref.Name != "cp" {
			t.Errorf("%s leads to %v", path, o)
		}
	}
	if o, k := s.Follow(clusters[0], "spec", "nothing"); o != nil || k.Name != "" {
		t.Errorf("%v %v", o, k)
	}
	template := s.Get(object.NewKey("g", "Template", "", "t"))
	if by := s.Referrers(template); len(by) != 2 || by[0].Ref.Kind != "KCP" || by[1].Ref.Name != "a" {
		t.Errorf("%v", by)
	}
	if owned := s.OwnedBy("apple"); len(owned) != 1 || owned[0].Ref.Name != "a" {
		t.Errorf("%v", owned)
	}
	if n := len(s.OfGroup("g")); n != 2 {
		t.Errorf("%d objects of a group", n)
	}
}

// TestRenamed looks for what references mean in a layer of kustomize with a prefix, where they still have the old names.
func TestRenamed(t *testing.T) {
	t.Parallel()
	const cluster = "apiVersion: cluster.x-k8s.io/v1beta2\nkind: Cluster\nmetadata: {name: %, annotations: {internal.config.kubernetes.io/previousNames: 'apple,apple', internal.config.kubernetes.io/prefixes: $}}\nspec: {controlPlaneRef: {apiGroup: g, kind: KCP, name: cp}}"
	const controlPlane = "apiVersion: g/v1\nkind: KCP\nmetadata: {name: %, annotations: {internal.config.kubernetes.io/previousNames: cp, internal.config.kubernetes.io/prefixes: $}}\nspec: {ref: {kind: Template, name: t}}"
	const deployment = "apiVersion: cluster.x-k8s.io/v1beta2\nkind: MachineDeployment\nmetadata: {name: %, annotations: {internal.config.kubernetes.io/previousNames: md, internal.config.kubernetes.io/prefixes: $}}\nspec: {clusterName: apple}"
	const template = "apiVersion: g/v1\nkind: Template\nmetadata: {name: %, annotations: {internal.config.kubernetes.io/previousNames: t, internal.config.kubernetes.io/prefixes: $}}"
	renamed := func(text, name, prefix string) string {
		return strings.NewReplacer("%", prefix+name, "$", prefix).Replace(text)
	}
	one := []string{renamed(cluster, "apple", "a-"), renamed(controlPlane, "cp", "a-"), renamed(deployment, "md", "a-"), renamed(template, "t", "a-")}
	two := append([]string{renamed(cluster, "apple", "b-"), renamed(controlPlane, "cp", "b-"), renamed(deployment, "md", "b-"), renamed(template, "t", "b-")}, one...)
	// A Cluster without a prefix, of the old name, beside the renamed one.
	plain := append([]string{"apiVersion: cluster.x-k8s.io/v1beta2\nkind: Cluster\nmetadata: {name: apple}\nspec: {controlPlaneRef: {apiGroup: g, kind: KCP, name: cp}}"}, one...)
	for name, docs := range map[string][]string{"one overlay": one, "two overlays of one base": two, "beside one of the old name": plain} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := set(docs...)
			c := s.Get(object.NewKey(object.CoreGroup, "Cluster", "", "a-apple"))
			if cp, _ := s.Follow(c, "spec", "controlPlaneRef"); cp == nil || cp.Ref.Name != "a-cp" {
				t.Errorf("the reference leads to %v", cp)
			}
			if mds := s.MachineDeployments(c); len(mds) != 1 || mds[0].Ref.Name != "a-md" {
				t.Errorf("the Cluster has %v", mds)
			}
			if by := s.Referrers(s.Get(object.NewKey("g", "Template", "", "a-t"))); len(by) == 0 {
				t.Error("nothing refers to the template")
			}
		})
	}
	// Nobody is taken for another: two that had the name, and the referring object is of neither layer.
	s := set(append([]string{renamed(deployment, "md", "c-")}, two...)...)
	for _, c := range s.Clusters() {
		if mds := s.MachineDeployments(c); len(mds) != 1 {
			t.Errorf("Cluster %s has %d MachineDeployments", c.Ref.Name, len(mds))
		}
	}
}
