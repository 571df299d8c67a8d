// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/tree"
)

// The autoscaler scales up a pool that has no machine only for pods that would fit on one, so it must be told the labels
// and taints that a new node will have.

// nodeLabels writes the labels that reach a pool's nodes as the autoscaler reads them. A seed's own list may know of
// others, such as those of the cloud provider.
func nodeLabels(deployment *yaml.Node, seeds string) string {
	var own []string
	onMachine := tree.Strings(deployment, "spec", "template", "metadata", "labels")
	for _, k := range slices.Sorted(maps.Keys(onMachine)) {
		if reachesNode(k) {
			own = append(own, k+"="+onMachine[k])
		}
	}
	return united(own, entries(seeds), func(label string) string {
		key, _, _ := strings.Cut(label, "=")
		return key
	})
}

// nodeTaints writes the taints that a pool's nodes have: those of the machines, which Cluster API puts on their nodes, and
// those that kubeadm registers. What a seed's own list says of a taint counts, since the autoscaler has it that way too.
func nodeTaints(deployment, bootstrap *yaml.Node, seeds string) string {
	var own []string
	add := func(taint *yaml.Node) {
		key, value, effect := tree.String(taint, "key"), tree.String(taint, "value"), tree.String(taint, "effect")
		if key == "" || effect == "" {
			return // the API server refuses it
		}
		if value != "" {
			key += "=" + value
		}
		own = append(own, key+":"+effect)
	}
	for _, taint := range tree.List(deployment, "spec", "template", "spec", "taints") {
		if slices.Contains([]string{"Always", "OnInitialization"}, tree.String(taint, "propagation")) {
			add(taint)
		}
	}
	for _, taint := range tree.List(bootstrap, "spec", "template", "spec", "joinConfiguration", "nodeRegistration", "taints") {
		add(taint)
	}
	return united(entries(seeds), own, func(taint string) string {
		key, effect, _ := strings.Cut(taint, ":")
		key, _, _ = strings.Cut(key, "=")
		return key + ":" + effect
	})
}

func entries(list string) []string {
	return slices.DeleteFunc(strings.Split(list, ","), func(entry string) bool { return strings.TrimSpace(entry) == "" })
}

// united writes two lists as one. Of entries that are about the same, the first counts.
func united(first, second []string, about func(string) string) string {
	seen := map[string]bool{}
	return strings.Join(slices.DeleteFunc(slices.Concat(first, second), func(entry string) bool {
		key := about(strings.TrimSpace(entry))
		again := seen[key]
		seen[key] = true
		return again
	}), ",")
}

// reachesNode tells whether Cluster API carries a Machine's label on to its Node.
func reachesNode(label string) bool {
	prefix, _, _ := strings.Cut(label, "/")
	return prefix == "node-role.kubernetes.io" ||
		prefix == "node-restriction.kubernetes.io" || strings.HasSuffix(prefix, ".node-restriction.kubernetes.io") ||
		prefix == "node.cluster.x-k8s.io" || strings.HasSuffix(prefix, ".node.cluster.x-k8s.io")
}
