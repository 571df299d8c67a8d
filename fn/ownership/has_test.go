// SPDX-License-Identifier: Apache-2.0

package ownership

import (
	"testing"

	"pgregory.net/rapid"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/tree"
)

// An object that has what is desired is one that would be replaced by itself, and no other is.
func TestHasIsUnchanged(t *testing.T) {
	t.Parallel()
	const text = `
apiVersion: v1
kind: A
metadata:
  name: a
  labels: {cluster.x-k8s.io/cluster-name: apple}
  annotations: {vspread.dev/owner: apple, vspread.dev/salt: x}
spec: {replicas: 1, template: {metadata: {labels: {a: b}}, spec: {c: d}}}
`
	paths := [][]string{
		{"metadata", "name"}, {"metadata", "namespace"}, {"metadata", "finalizers"}, {"metadata", "labels"}, {"metadata", "labels", "team"}, {"metadata", "labels", "cluster.x-k8s.io/cluster-name"},
		{"metadata", "annotations", "vspread.dev/owner"}, {"metadata", "annotations", "vspread.dev/salt"}, {"metadata", "annotations", "vspread.dev/more"}, {"metadata", "annotations", "note"}, {"metadata", "annotations"},
		{"spec", "replicas"}, {"spec", "template", "metadata", "labels", "a"}, {"spec", "template", "metadata", "labels", "b"}, {"spec", "template", "spec"}, {"status"}, {"metadata"},
	}
	unchanged := 0
	rapid.Check(t, func(t *rapid.T) {
		change := func(n *yaml.Node, what string) {
			for range rapid.IntRange(0, 2).Draw(t, what) {
				path := rapid.SampledFrom(paths).Draw(t, "path")
				if rapid.Bool().Draw(t, "remove") {
					tree.Remove(n, path...)
				} else {
					tree.Set(n, yaml.NewScalarRNode(rapid.SampledFrom([]string{"1", "apple", "null"}).Draw(t, "value")).YNode(), path...)
				}
			}
		}
		desired, old := yaml.MustParse(text).YNode(), yaml.MustParse(text).YNode()
		change(desired, "desired")
		change(old, "old")
		n := tree.Clone(desired)
		for _, path := range [][]string{{"metadata"}, {"metadata", "labels"}, {"metadata", "annotations"}} {
			add(n, tree.Get(old, path...), path...)
		}
		if got, want := has(old, desired, 0), tree.Equal(old, n); got && !want {
			t.Fatalf("it has:\n%s\nin\n%s", yaml.NewRNode(desired).MustString(), yaml.NewRNode(old).MustString())
		} else if got {
			unchanged++
		}
	})
	if unchanged < 10 {
		t.Errorf("%d of the cases have what is desired", unchanged)
	}
}
