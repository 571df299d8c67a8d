// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"testing"

	"pgregory.net/rapid"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/tree"
)

// What is called complete gets no default, and what a pool has is.
func TestCompleteGetsNoDefault(t *testing.T) {
	t.Parallel()
	const whole = `
apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineDeployment
metadata: {name: a, labels: {cluster.x-k8s.io/cluster-name: apple}}
spec:
  clusterName: apple
  rollout: {strategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}}
  selector: {matchLabels: {cluster.x-k8s.io/cluster-name: apple}}
  template:
    metadata: {labels: {cluster.x-k8s.io/cluster-name: apple}}
    spec: {version: v1.35.4}
status: {}
`
	node := yaml.MustParse(whole).YNode()
	tree.Remove(node, "status")
	if !isComplete(node) {
		t.Error("a whole one is not complete")
	}
	rapid.Check(t, func(t *rapid.T) {
		n := tree.Clone(node)
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			path := rapid.SampledFrom([][]string{
				{"metadata", "labels"}, {"metadata", "labels", clusterLabel}, {"spec", "clusterName"}, {"spec", "rollout"}, {"spec", "rollout", "strategy", "type"},
				{"spec", "rollout", "strategy", "rollingUpdate"}, {"spec", "rollout", "strategy", "rollingUpdate", "maxSurge"}, {"spec", "rollout", "strategy", "rollingUpdate", "maxUnavailable"},
				{"spec", "selector"}, {"spec", "selector", "matchLabels", clusterLabel}, {"spec", "template", "metadata", "labels", clusterLabel},
				{"spec", "template", "spec", "version"}, {"status"},
			}).Draw(t, "path")
			if rapid.Bool().Draw(t, "remove") {
				tree.Remove(n, path...)
			} else {
				tree.Set(n, yaml.NewScalarRNode(rapid.SampledFrom([]string{"apple", "1.35.4", "OnDelete", "1"}).Draw(t, "value")).YNode(), path...)
			}
		}
		if !isComplete(n) {
			return
		}
		filled := tree.Clone(n)
		withDefaults(filled, "a")
		if !tree.Equal(n, filled) {
			t.Fatalf("it gets a default:\n%s", yaml.NewRNode(filled).MustString())
		}
	})
}
