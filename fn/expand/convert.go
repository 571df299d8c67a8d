// SPDX-License-Identifier: Apache-2.0

package expand

import (
	"slices"
	"strconv"
	"time"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/tree"
)

// Inside this package everything has the form of v1beta2. These functions bring specs there in place,
// and machine templates back; the field maps are those of the conversions in Cluster API 1.14 and CAPV
// 1.16, as far as nodes can be moved without knowing their meaning.

const v1beta1 = "v1beta1"

// machineSpecForm brings spec.template.spec of a VSphereMachineTemplate into the v1beta2 form, without
// what the other version cannot express: false where absent means false.
func machineSpecForm(spec *yaml.Node, version string) {
	if version == v1beta1 {
		tree.Move(spec, []string{"namingStrategy"}, []string{"naming"})
		seconds(spec, []string{"guestSoftPowerOffTimeout"}, []string{"guestSoftPowerOffTimeoutSeconds"})
		tree.Remove(spec, "failureDomain")
		tree.Remove(spec, "network", "preferredAPIServerCidr")
	}
	for _, device := range tree.List(spec, "network", "devices") {
		for _, field := range []string{"dhcp4", "dhcp6", "skipIPAllocation"} {
			if tree.String(device, field) == "false" {
				tree.Remove(device, field)
			}
		}
	}
	tree.Prune(spec, "customVMXKeys")
}

// machineSpecVersion writes the v1beta2 form in the wanted version.
func machineSpecVersion(spec *yaml.Node, version v1alpha1.InfrastructureVersion) {
	if version != v1alpha1.InfrastructureV1Beta1 {
		return
	}
	tree.Move(spec, []string{"naming"}, []string{"namingStrategy"})
	if n, err := strconv.Atoi(tree.String(spec, "guestSoftPowerOffTimeoutSeconds")); err == nil {
		tree.Remove(spec, "guestSoftPowerOffTimeoutSeconds")
		tree.Set(spec, codec.String((time.Duration(n) * time.Second).String()), "guestSoftPowerOffTimeout")
	}
}

// deploymentForm brings a MachineDeployment into the v1beta2 form.
func deploymentForm(md *yaml.Node, version string) {
	if version != v1beta1 {
		return
	}
	spec := tree.Get(md, "spec")
	if spec == nil || spec.Kind != yaml.MappingNode {
		return
	}
	for _, m := range []struct{ from, to []string }{
		{[]string{"strategy", "rollingUpdate", "deletePolicy"}, []string{"deletion", "order"}},
		{[]string{"strategy", "remediation"}, []string{"remediation"}},
		{[]string{"strategy"}, []string{"rollout", "strategy"}},
		{[]string{"rolloutAfter"}, []string{"rollout", "after"}},
		{[]string{"machineNamingStrategy"}, []string{"machineNaming"}},
		{[]string{"minReadySeconds"}, []string{"template", "spec", "minReadySeconds"}},
	} {
		tree.Move(spec, m.from, m.to)
	}
	tree.Remove(spec, "progressDeadlineSeconds")
	tree.Remove(spec, "revisionHistoryLimit")
	for _, timeout := range []string{"nodeDrainTimeout", "nodeVolumeDetachTimeout", "nodeDeletionTimeout"} {
		seconds(spec, []string{"template", "spec", timeout}, []string{"template", "spec", "deletion", timeout + "Seconds"})
	}
	// Not below: labels and annotations may be empty on purpose.
	tree.PruneShallow(tree.Get(spec, "rollout", "strategy"))
	tree.PruneShallow(tree.Get(spec, "rollout"))
	tree.PruneShallow(tree.Get(spec, "template", "spec"))
	tree.PruneShallow(spec)
}

// kubeadmForm brings a KubeadmConfigSpec into the v1beta2 form.
func kubeadmForm(spec *yaml.Node, version string) {
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

// seconds moves a duration like 5m0s to a field of whole seconds.
func seconds(node *yaml.Node, from, to []string) {
	value := tree.Remove(node, from...)
	if value == nil {
		return
	}
	if d, err := time.ParseDuration(value.Value); err == nil {
		tree.Set(node, codec.Int(int(d.Round(time.Second)/time.Second)), to...)
	}
}
