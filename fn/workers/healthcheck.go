// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
)

// healthCheck gives one MachineHealthCheck over the machines of all pools. One for each pool could not tell a dead
// host, with all its machines, from sick machines: there, the new machines of its pools would have nowhere to
// go, and the old ones could not be deleted.
func healthCheck(wanted v1alpha1.HealthCheck, pools []site.Pool, cluster site.Cluster, at diag.Where, diags *diag.List) object.Desired {
	hosts := machinesOnHosts(pools)
	fullest := 0
	for _, n := range hosts {
		fullest = max(fullest, n.least)
	}
	limit := max(fullest-1, 1)
	if wanted.MaxUnhealthy != nil {
		limit = *wanted.MaxUnhealthy
	}
	noteHosts(hosts, limit, at, diags)
	check := clusterv1.MachineHealthCheck{Spec: clusterv1.MachineHealthCheckSpec{
		ClusterName: cluster.Name,
		Selector: metav1.LabelSelector{
			MatchLabels:      map[string]string{object.ClusterNameLabel: cluster.Name},
			MatchExpressions: []metav1.LabelSelectorRequirement{{Key: workerGroupNodeLabel, Operator: metav1.LabelSelectorOpExists}},
		},
		Checks: clusterv1.MachineHealthCheckChecks{
			NodeStartupTimeoutSeconds: ptr(int32(*wanted.NodeStartupTimeoutSeconds)),
			UnhealthyNodeConditions: []clusterv1.UnhealthyNodeCondition{
				{Type: corev1.NodeReady, Status: corev1.ConditionUnknown, TimeoutSeconds: ptr(int32(*wanted.UnhealthyAfterSeconds))},
				{Type: corev1.NodeReady, Status: corev1.ConditionFalse, TimeoutSeconds: ptr(int32(*wanted.UnhealthyAfterSeconds))},
			},
		},
		Remediation: clusterv1.MachineHealthCheckRemediation{
			TriggerIf: clusterv1.MachineHealthCheckRemediationTriggerIf{UnhealthyLessThanOrEqualTo: ptr(intstr.FromInt(limit))},
		},
	}}
	node := codec.Encode(check)
	core := string(cluster.Core)
	name := cluster.Name + "-workers"
	cluster.Mark(node, object.CoreGroup+"/"+core, "MachineHealthCheck", name, nil)
	convert.MachineHealthCheckIn(node, core)
	return object.Desired{Node: yaml.NewRNode(node), File: "health/" + name + ".yaml"}
}

// onHost is how many machines a host has; the autoscaler chooses between the two.
type onHost struct{ least, most int }

// machinesOnHosts counts the machines of all pools by host.
func machinesOnHosts(pools []site.Pool) map[string]onHost {
	hosts := map[string]onHost{}
	for _, p := range pools {
		own := onHost{p.Replicas, p.Replicas}
		if p.Bounds != nil {
			own = onHost{p.Bounds.Min, p.Bounds.Max}
		}
		for _, host := range p.Datastore.Hosts {
			n := hosts[host]
			hosts[host] = onHost{n.least + own.least, n.most + own.most}
		}
	}
	return hosts
}

// noteHosts tells of hosts with so few machines that the check replaces all of them when the host is dead. That some
// have fewer than others is no mistake; a limit that is too high for each of them most likely is.
func noteHosts(hosts map[string]onHost, limit int, at diag.Where, diags *diag.List) {
	var mistaken []string
	used, smallest, bounded := 0, 0, false
	for _, host := range slices.Sorted(maps.Keys(hosts)) {
		n := hosts[host]
		if n.most == 0 {
			continue
		}
		if used++; used == 1 || n.least < smallest {
			smallest = n.least
		}
		if n.least <= limit {
			mistaken = append(mistaken, host)
			bounded = bounded || n.most > limit
		}
	}
	if len(mistaken) == 0 {
		return
	}
	severity, have := diag.Info, "have"
	if len(mistaken) == used {
		severity = diag.Warning
	}
	switch {
	case bounded:
		have = "may have"
	case len(mistaken) == 1:
		have = "has"
	}
	d := diags.Add(severity, diag.HealthCheckHost, at, "machines are replaced while up to %d are unhealthy, and %s %s no more than that: the loss of such a host is taken for sick machines", limit, diag.Choices(mistaken), have)
	if smallest > 1 {
		d.WithHint("maxUnhealthy: %d tells every host from its machines", smallest-1)
	} else {
		d.WithHint("only two machines on each host tell it from a machine; when a host is dead, write state: gone in the inventory")
	}
}
