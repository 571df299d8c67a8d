// SPDX-License-Identifier: Apache-2.0

package convert

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/tree"
)

// KubeadmConfig brings a KubeadmConfigSpec into the v1beta2 form.
func KubeadmConfig(spec *yaml.Node, version string) {
	if !IsOld(version) {
		return
	}
	tree.Remove(spec, "useExperimentalRetryJoin")
	for _, path := range argumentLists {
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

// argumentLists are where a KubeadmConfigSpec has command line arguments.
var argumentLists = [][]string{
	{"joinConfiguration", "nodeRegistration", "kubeletExtraArgs"},
	{"initConfiguration", "nodeRegistration", "kubeletExtraArgs"},
	{"clusterConfiguration", "apiServer", "extraArgs"},
	{"clusterConfiguration", "controllerManager", "extraArgs"},
	{"clusterConfiguration", "scheduler", "extraArgs"},
	{"clusterConfiguration", "etcd", "local", "extraArgs"},
}

// KubeadmConfigIn writes the v1beta2 form in the wanted version. It gives the fields that the version cannot
// express.
func KubeadmConfigIn(spec *yaml.Node, version string) (lost []string) {
	if version != v1beta1 {
		return nil
	}
	for _, path := range argumentLists {
		if !argumentMap(spec, path) {
			lost = append(lost, strings.Join(path, ".")+" with an argument that stands twice")
		}
	}
	duration(spec, []string{"joinConfiguration", "timeouts", "tlsBootstrapSeconds"}, []string{"joinConfiguration", "discovery", "timeout"})
	for _, what := range []string{"initConfiguration", "joinConfiguration"} {
		tree.PruneShallow(tree.Get(spec, what))
		if tree.Get(spec, what, "timeouts") != nil {
			lost = append(lost, what+".timeouts")
		}
	}
	return lost
}

// argumentMap turns a list of command line arguments into the map that v1beta1 has. It gives false, and
// changes nothing, when an argument stands twice.
func argumentMap(spec *yaml.Node, path []string) bool {
	list := tree.Get(spec, path...)
	if list == nil || list.Kind != yaml.SequenceNode {
		return true
	}
	m := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	seen := map[string]bool{}
	for _, argument := range list.Content {
		name := tree.String(argument, "name")
		if seen[name] {
			return false
		}
		seen[name] = true
		m.Content = append(m.Content, codec.String(name), codec.String(tree.String(argument, "value")))
	}
	tree.Set(spec, m, path...)
	return true
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
