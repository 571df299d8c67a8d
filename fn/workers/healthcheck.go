// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"maps"
	"slices"
	"strconv"

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
	noteHosts(hosts, hostLimit{field: "maxUnhealthy", words: strconv.Itoa(limit), onHost: onHost{limit, limit}}, at, diags)
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
		own := sizeOf(p)
		for _, host := range p.Datastore.Hosts {
			n := hosts[host]
			hosts[host] = onHost{n.least + own.least, n.most + own.most}
		}
	}
	return hosts
}

// sizeOf is how many machines a pool has.
func sizeOf(p site.Pool) onHost {
	if p.Bounds != nil {
		return onHost{p.Bounds.Min, p.Bounds.Max}
	}
	return onHost{p.Replicas, p.Replicas}
}

// hostLimit is up to how many unhealthy machines a check replaces them, when there are least and when there are most.
type hostLimit struct {
	onHost
	// from is the least number at which machines are replaced.
	from int
	// field is where the limit can be set; words say what it is, and orElse what else would help.
	field, words, orElse string
}

// takes tells whether a check replaces the machines of a dead host that has so many of them, and whether it does at all sizes.
func (b hostLimit) takes(n onHost) (sometimes, always bool) {
	small, large := b.from <= n.least && n.least <= b.least, b.from <= n.most && n.most <= b.most
	return small || large, small && large
}

// noteHosts tells of hosts with so few machines that the check replaces all of them when the host is dead. That some
// have fewer than others is no mistake; a limit that is too high for each of them most likely is.
func noteHosts(hosts map[string]onHost, limit hostLimit, at diag.Where, diags *diag.List) {
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
		if sometimes, always := limit.takes(n); sometimes {
			mistaken = append(mistaken, host)
			bounded = bounded || !always
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
	d := diags.Add(severity, diag.HealthCheckHost, at, "machines are replaced while up to %s are unhealthy, and %s %s no more than that: the loss of such a host is taken for sick machines", limit.words, diag.Choices(mistaken), have)
	if smallest > 1 {
		d.WithHint("%s: %d tells every host from its machines%s", limit.field, smallest-1, limit.orElse)
	} else {
		d.WithHint("only two machines on each host tell it from a machine; when a host is dead, write state: gone in the inventory%s", limit.orElse)
	}
}
