// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/tree"
)

// steps lists what no deployer does.
func (c *comparison) steps(pools []Pool) []Step {
	var out []Step
	step := func(text, command string, args ...any) {
		if command != "" {
			command = fmt.Sprintf(command, args...)
		}
		out = append(out, Step{Text: text, Command: command})
	}
	gone := c.removedClusters()
	deletions := map[string][]string{}
	onDelete := map[string][]string{}
	for _, p := range pools {
		if p.Kind != machineDeployment || !isName(p.Namespace) || !isName(p.Name) {
			continue
		}
		switch {
		case p.Has(Remove) && !gone[object.NewKey(object.CoreGroup, clusterKind, p.Namespace, p.Cluster)]:
			deletions[p.Namespace] = append(deletions[p.Namespace], p.Name)
		case p.Has(Replace) && c.after.groups[object.NewKey(object.CoreGroup, machineDeployment, p.Namespace, p.Name)].onDelete():
			onDelete[p.Namespace] = append(onDelete[p.Namespace], p.Name)
		}
	}
	for _, namespace := range slices.Sorted(maps.Keys(deletions)) {
		names := deletions[namespace]
		step("with Argo CD, delete "+somePools(len(names))+" that left git: it never prunes what has an owner, and a Cluster owns each MachineDeployment",
			"kubectl delete machinedeployment --namespace %s %s", namespace, strings.Join(names, " "))
	}
	for _, namespace := range slices.Sorted(maps.Keys(onDelete)) {
		for _, name := range onDelete[namespace] {
			step("delete the machines of "+name+" that there are now, one after the other and when it suits you; its strategy is OnDelete",
				"kubectl get machine --namespace %s --selector %s=%s --sort-by metadata.creationTimestamp", namespace, deploymentLabel, name)
		}
	}
	routed := map[string]bool{}
	if len(gone) > 0 {
		routed = c.routedNamespaces()
	}
	for _, k := range slices.SortedFunc(maps.Keys(gone), compareKeys) {
		if !isName(k.Namespace) || !isName(k.Name) {
			continue
		}
		step(fmt.Sprintf("delete Cluster %s by itself and wait until it is gone, before anything else of it leaves git", k.Name),
			"kubectl delete cluster --namespace %s %s", k.Namespace, k.Name)
		if routed[k.Namespace] {
			step(fmt.Sprintf("after Cluster %s is gone, delete the static routes to its nodes on the NSX router: its pods were routed, and nobody else removes them", k.Name), "")
		}
	}
	return append(out, c.leftStorage()...)
}

// isName tells whether a cluster can have an object of this name. No API server has checked the names in git, and
// a command is copied into a shell: what cannot exist need not be deleted either.
func isName(name string) bool {
	isPlain := func(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '.' }
	return name != "" && name[0] != '-' && !strings.ContainsFunc(name, func(r rune) bool { return !isPlain(r) })
}

func somePools(n int) string {
	if n == 1 {
		return "the pool"
	}
	return fmt.Sprintf("the %d pools", n)
}

// routedNamespaces are those in which Clusters' pods have routes of their own in NSX: an annotation or a setting of Antrea or of
// the vSphere cloud provider, among what leaves git, says so.
func (c *comparison) routedNamespaces() map[string]bool {
	out := map[string]bool{}
	for _, o := range c.before.Objects.All() {
		if k := o.Key(); !out[k.Namespace] && c.after.Objects.Get(k) == nil && isRouted(o.Node) {
			out[k.Namespace] = true
		}
	}
	return out
}

// isRouted looks for a key that speaks of routable pods with a value that is not no.
func isRouted(n *yaml.Node) bool {
	if n.Kind == yaml.ScalarNode {
		return strings.Contains(n.Value, "podRoutingEnabled: true") || strings.Contains(n.Value, "routerPath: /") || strings.Contains(n.Value, "router-path = ")
	}
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 && speaksOfRouting(n.Content[i-1].Value) {
			if v := tree.String(n, n.Content[i-1].Value); v != "" && v != "false" {
				return true
			}
		}
		if isRouted(child) {
			return true
		}
	}
	return false
}

func speaksOfRouting(key string) bool {
	key = strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(key))
	for _, word := range []string{"podroutingenabled", "routablepod", "routerpath"} {
		if strings.Contains(key, word) {
			return true
		}
	}
	return false
}
