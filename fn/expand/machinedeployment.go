// SPDX-License-Identifier: Apache-2.0

package expand

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/intstr"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// machineDeployment gives a pool's MachineDeployment. Every field that Cluster API's webhook would
// default is written, so that nothing drifts between git and the cluster.
func (e *expansion) machineDeployment(pool Pool, group v1alpha1.WorkerGroup, seed seed, b bootstrap, machine *yaml.Node, at diag.Where) object.Desired {
	selector := map[string]string{clusterNameLabel: e.cluster.name, deploymentNameLabel: pool.Name}
	labels := map[string]string{datastoreNodeLabel: pool.label, workerGroupNodeLabel: group.Name}
	maps.Copy(labels, group.Labels)
	maps.Copy(labels, pool.override.Labels)
	maps.Copy(labels, selector)

	fresh := clusterv1.MachineDeployment{Spec: clusterv1.MachineDeploymentSpec{
		ClusterName: e.cluster.name,
		Replicas:    ptr(int32(pool.Replicas)),
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
				ClusterName: e.cluster.name,
				Bootstrap: clusterv1.Bootstrap{ConfigRef: clusterv1.ContractVersionedObjectReference{
					APIGroup: b.group, Kind: b.kind, Name: pool.Bootstrap,
				}},
				InfrastructureRef: clusterv1.ContractVersionedObjectReference{
					APIGroup: infrastructureGroup, Kind: "VSphereMachineTemplate", Name: pool.Template,
				},
				Version: e.version(pool, group, seed, at),
			},
		},
	}}
	node := codec.Encode(fresh)
	if pool.Bootstrap == "" {
		tree.Remove(node, "spec", "template", "spec", "bootstrap")
	} else {
		tree.Sort(tree.Get(node, "spec", "template", "spec", "bootstrap", "configRef"), referenceOrder)
	}
	tree.Sort(tree.Get(node, "spec", "template", "spec", "infrastructureRef"), referenceOrder)
	if seed.deployment != nil {
		node = e.grown(seed, node, group)
	}
	e.roll(node, group, at)
	core := string(e.Spread.Spec.APIVersions.Core)
	e.autoscaled(node, pool, machine, b.template())
	e.head(node, object.CoreGroup+"/"+core, "MachineDeployment", pool.Name, nil)
	convert.MachineDeploymentIn(node, core, func(group string) string {
		if group == infrastructureGroup {
			return group + "/" + string(e.cluster.infrastructure)
		}
		return b.apiVersion
	})
	return object.Desired{Node: yaml.NewRNode(node), File: poolFile(pool)}
}

// grown puts what makes a pool onto a copy of the seed.
func (e *expansion) grown(seed seed, fresh *yaml.Node, group v1alpha1.WorkerGroup) *yaml.Node {
	node := copyOf(seed.deployment)
	convert.MachineDeployment(node, seed.deployment.Version())
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
	e.unbound(node, seed.deployment, group)
	return node
}

// The orders of fields in Cluster API's documentation.
var (
	deploymentOrder = []string{"clusterName", "replicas", "rollout", "selector", "template", "machineNaming", "remediation", "deletion", "paused"}
	machineOrder    = []string{"clusterName", "bootstrap", "infrastructureRef", "version", "providerID", "failureDomain", "minReadySeconds", "readinessGates", "deletion", "taints"}
)

// roll sets how a group's machines are replaced and taken away, over what a seed says.
func (e *expansion) roll(node *yaml.Node, group v1alpha1.WorkerGroup, at diag.Where) {
	strategy := func(field ...string) []string { return append([]string{"spec", "rollout", "strategy"}, field...) }
	r := group.Rollout
	if r.Strategy == "" && (r.MaxSurge != nil || r.MaxUnavailable != nil) {
		r.Strategy = v1alpha1.RollingUpdate // bounds mean it, whatever the seed has
	}
	if r.Strategy != "" {
		tree.Replace(node, codec.String(string(r.Strategy)), strategy("type")...)
	}
	if r.Strategy == v1alpha1.OnDelete {
		tree.Remove(node, strategy("rollingUpdate")...)
	}
	if r.MaxUnavailable != nil {
		tree.Replace(node, codec.Encode(r.MaxUnavailable), strategy("rollingUpdate", "maxUnavailable")...)
	}
	if r.MaxSurge != nil {
		tree.Replace(node, codec.Encode(r.MaxSurge), strategy("rollingUpdate", "maxSurge")...)
	}
	if r.Strategy == v1alpha1.RollingUpdate {
		tree.Fill(node, codec.Int(0), strategy("rollingUpdate", "maxUnavailable")...)
		tree.Fill(node, codec.Int(1), strategy("rollingUpdate", "maxSurge")...)
		surge, unavailable := tree.String(node, strategy("rollingUpdate", "maxSurge")...), tree.String(node, strategy("rollingUpdate", "maxUnavailable")...)
		if strings.TrimSuffix(surge, "%") == "0" && strings.TrimSuffix(unavailable, "%") == "0" {
			e.diags.Errorf(diag.InvalidValue, at.Dot("rollout"), "leaves maxSurge and maxUnavailable both 0: nothing could ever be replaced").
				WithHint("one of them comes from the MachineDeployment that is copied or adopted; set the other one above 0")
		}
	}
	if r.After != "" {
		tree.Replace(node, codec.String(r.After), "spec", "rollout", "after")
		tree.Sort(tree.Get(node, "spec", "rollout"), []string{"after", "strategy"})
	}
	d := group.Deletion
	if d.Order != "" {
		tree.Replace(node, codec.String(string(d.Order)), "spec", "deletion", "order")
	}
	for _, t := range []struct {
		field   string
		seconds *int
	}{
		{"nodeDrainTimeoutSeconds", d.NodeDrainTimeoutSeconds},
		{"nodeVolumeDetachTimeoutSeconds", d.NodeVolumeDetachTimeoutSeconds},
		{"nodeDeletionTimeoutSeconds", d.NodeDeletionTimeoutSeconds},
	} {
		if t.seconds != nil {
			tree.Replace(node, codec.Int(*t.seconds), "spec", "template", "spec", "deletion", t.field)
		}
	}
	tree.Sort(tree.Get(node, "spec"), deploymentOrder)
}

// version is the override's, else the group's, else the seed's, else the control plane's, spelt as the webhook
// would.
func (e *expansion) version(pool Pool, group v1alpha1.WorkerGroup, seed seed, at diag.Where) string {
	ofSeed := ""
	if seed.deployment != nil {
		ofSeed = tree.String(seed.deployment.Node, "spec", "template", "spec", "version")
	}
	v := cmp.Or(pool.override.Version, group.Version, ofSeed, e.cluster.version)
	if v == "" {
		e.diags.Errorf(diag.MissingVersion, at.Dot("version"), "nothing says which Kubernetes version the workers run").
			WithHint("set it here, or give the object that the Cluster's controlPlaneRef names to vspread")
	}
	return convert.Version(v)
}
