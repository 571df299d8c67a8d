// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"cmp"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/intstr"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// machineDeployment gives a pool's MachineDeployment: the form of its group, with what is the pool's own.
func machineDeployment(p pool, g *group, join bootstrap, size site.Size, in Input, diags *diag.List) object.Desired {
	var node *yaml.Node
	if p.isOdd(*g) {
		node = deploymentForm(p, *g, join, in, diags)
	} else {
		if g.form == nil {
			g.form = deploymentForm(p, *g, join, in, diags)
		}
		node = tree.Clone(g.form)
	}
	set := func(value string, path ...string) { tree.Set(node, codec.String(value), path...) }
	set(p.Name, "spec", "selector", "matchLabels", deploymentNameLabel)
	set(p.Name, "spec", "template", "metadata", "labels", deploymentNameLabel)
	if _, ok := g.Labels[datastoreNodeLabel]; !ok && p.override.Labels[datastoreNodeLabel] == "" {
		set(p.label, "spec", "template", "metadata", "labels", datastoreNodeLabel)
	}
	set(p.Template, append(slices.Clone(infrastructureRef), "name")...)
	leaveZone(node, p, *g, in.VSphere, diags)
	autoscaled(node, p, size, join.template())
	in.Cluster.Mark(node, object.CoreGroup+"/"+string(in.Cluster.Core), "MachineDeployment", p.Name, nil)
	convert.MachineDeploymentIn(node, string(in.Cluster.Core), func(group string) string {
		if group == object.InfrastructureGroup {
			return group + "/" + string(in.Cluster.CAPV)
		}
		return join.apiVersion
	})
	return object.Desired{Node: yaml.NewRNode(node), File: p.file()}
}

// isOdd tells whether the pool's MachineDeployment differs from others of its group in more than all of them do. A seed's own label
// for the datastore may have a comment, which stays where the value is the pool's.
func (p pool) isOdd(g group) bool {
	ofSeed := g.seed.deployment != nil && tree.Get(g.seed.deployment.Node, "spec", "template", "metadata", "labels", datastoreNodeLabel) != nil
	return len(p.override.Labels) > 0 || p.override.Version != "" || ofSeed
}

// deploymentForm gives the MachineDeployment of a pool as far as other pools of its group without labels and a version of their
// own share it. Every field that Cluster API's webhook would default is written, so that nothing drifts between git and the cluster.
func deploymentForm(p pool, g group, join bootstrap, in Input, diags *diag.List) *yaml.Node {
	cluster := in.Cluster
	selector := map[string]string{object.ClusterNameLabel: cluster.Name, deploymentNameLabel: p.Name}
	labels := machineLabels(p, g)
	maps.Copy(labels, selector)

	fresh := clusterv1.MachineDeployment{Spec: clusterv1.MachineDeploymentSpec{
		ClusterName: cluster.Name,
		Replicas:    ptr(int32(p.Replicas)),
		Rollout: clusterv1.MachineDeploymentRolloutSpec{Strategy: clusterv1.MachineDeploymentRolloutStrategy{
			Type: clusterv1.RollingUpdateMachineDeploymentStrategyType,
			RollingUpdate: clusterv1.MachineDeploymentRolloutStrategyRollingUpdate{
				MaxUnavailable: ptr(intstr.FromInt32(0)),
				MaxSurge:       ptr(intstr.FromInt32(1)),
			},
		}},
		Selector: metav1.LabelSelector{MatchLabels: selector},
		Template: clusterv1.MachineTemplateSpec{
			ObjectMeta: clusterv1.ObjectMeta{Labels: labels},
			Spec: clusterv1.MachineSpec{
				ClusterName: cluster.Name,
				Bootstrap: clusterv1.Bootstrap{ConfigRef: clusterv1.ContractVersionedObjectReference{
					APIGroup: join.group, Kind: join.kind, Name: p.Bootstrap,
				}},
				InfrastructureRef: clusterv1.ContractVersionedObjectReference{
					APIGroup: object.InfrastructureGroup, Kind: "VSphereMachineTemplate", Name: p.Template,
				},
				Version: kubernetesVersionOf(p, g, cluster.Version, diags),
			},
		},
	}}
	node := codec.Encode(fresh)
	if p.Bootstrap == "" {
		tree.Remove(node, "spec", "template", "spec", "bootstrap")
	} else {
		tree.Sort(tree.Get(node, "spec", "template", "spec", "bootstrap", "configRef"), referenceOrder)
	}
	tree.Sort(tree.Get(node, "spec", "template", "spec", "infrastructureRef"), referenceOrder)
	if g.seed.deployment != nil {
		node = grown(g, node, diags)
	}
	roll(node, g, diags)
	return node
}

// grown puts what makes a pool onto a copy of the seed.
func grown(g group, fresh *yaml.Node, diags *diag.List) *yaml.Node {
	node := copyOf(g.seed.deployment)
	convert.MachineDeployment(node, g.seed.deployment.Version())
	set := func(path ...string) {
		if v := tree.Get(fresh, path...); v != nil { // a version that nobody says is reported
			tree.Replace(node, v, path...)
		}
	}
	fill := func(path ...string) { tree.Fill(node, tree.Get(fresh, path...), path...) }

	set("spec", "clusterName")
	tree.Remove(node, "spec", "replicas") // a comment on it is about the seed's number, also where a share equals it
	set("spec", "replicas")
	set("spec", "selector")
	fill("spec", "rollout", "strategy", "type")
	if tree.String(node, "spec", "rollout", "strategy", "type") == string(clusterv1.RollingUpdateMachineDeploymentStrategyType) {
		fill("spec", "rollout", "strategy", "rollingUpdate", "maxUnavailable")
		fill("spec", "rollout", "strategy", "rollingUpdate", "maxSurge")
	}
	if labels := tree.Get(node, "spec", "template", "metadata", "labels"); labels != nil {
		for k := range tree.Strings(labels) {
			if isToolNote(k) {
				tree.Remove(labels, k)
			}
		}
	}
	labels := tree.Strings(fresh, "spec", "template", "metadata", "labels")
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		tree.Replace(node, codec.String(labels[k]), "spec", "template", "metadata", "labels", k)
	}
	set("spec", "template", "spec", "clusterName")
	set("spec", "template", "spec", "version")
	if tree.Get(fresh, "spec", "template", "spec", "bootstrap") != nil {
		set("spec", "template", "spec", "bootstrap")
	}
	set("spec", "template", "spec", "infrastructureRef")
	tree.Sort(tree.Get(node, "spec"), deploymentOrder)
	tree.Sort(tree.Get(node, "spec", "template"), objectOrder)
	tree.Sort(tree.Get(node, "spec", "template", "spec"), machineOrder)
	unbound(node, g.seed.deployment, g, diags)
	return node
}

// kubernetesVersionOf is the override's, else the group's, else the seed's, else the control plane's, spelt as the webhook
// would.
func kubernetesVersionOf(p pool, g group, controlPlane string, diags *diag.List) string {
	ofSeed := ""
	if g.seed.deployment != nil {
		ofSeed = tree.String(g.seed.deployment.Node, "spec", "template", "spec", "version")
	}
	v := cmp.Or(p.override.Version, g.Version, ofSeed, controlPlane)
	if v == "" {
		diags.Errorf(diag.MissingVersion, g.at.Dot("version"), "nothing says which Kubernetes version the workers run").
			WithHint("set it here, or give the object that the Cluster's controlPlaneRef names to vspread")
	}
	return convert.Version(v)
}
