// SPDX-License-Identifier: Apache-2.0

package convert

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/tree"
)

// KubeadmConfig brings a KubeadmConfigSpec into the v1beta2 form.
func KubeadmConfig(spec *yaml.Node, version string) {
	if version != v1beta1 {
		return
	}
	tree.Remove(spec, "useExperimentalRetryJoin")
	for _, path := range [][]string{
		{"joinConfiguration", "nodeRegistration", "kubeletExtraArgs"},
		{"initConfiguration", "nodeRegistration", "kubeletExtraArgs"},
		{"clusterConfiguration", "apiServer", "extraArgs"},
		{"clusterConfiguration", "controllerManager", "extraArgs"},
		{"clusterConfiguration", "scheduler", "extraArgs"},
		{"clusterConfiguration", "etcd", "local", "extraArgs"},
	} {
		arguments(spec, path)
	}
	for _, what := range []string{"clusterConfiguration", "initConfiguration", "joinConfiguration"} {
		tree.Remove(spec, what, "apiVersion")
		tree.Remove(spec, what, "kind")
	}
	tree.Remove(spec, "clusterConfiguration", "networking")
	seconds(spec, []string{"joinConfiguration", "discovery", "timeout"}, []string{"joinConfiguration", "timeouts", "tlsBootstrapSeconds"})
	for _, what := range []string{"clusterConfiguration", "initConfiguration", "joinConfiguration"} {
		tree.PruneShallow(tree.Get(spec, what, "nodeRegistration"))
		tree.PruneShallow(tree.Get(spec, what))
	}
	tree.PruneShallow(spec)
}

// arguments turns a map of command line arguments into the list that v1beta2 has, sorted as Cluster API
// sorts it: the order would be a part of the spec.
func arguments(spec *yaml.Node, path []string) {
	old := tree.Get(spec, path...)
	if old == nil || old.Kind != yaml.MappingNode {
		return
	}
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
	for i := 0; i+1 < len(old.Content); i += 2 {
		list.Content = append(list.Content, &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap, Content: []*yaml.Node{
			codec.String("name"), old.Content[i],
			codec.String("value"), old.Content[i+1],
		}})
	}
	slices.SortStableFunc(list.Content, func(a, b *yaml.Node) int {
		if tree.String(a, "name") < tree.String(b, "name") {
			return -1
		}
		return 1
	})
	tree.Set(spec, list, path...)
}
