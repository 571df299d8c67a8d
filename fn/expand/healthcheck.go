// SPDX-License-Identifier: Apache-2.0

package expand

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
)

// healthCheck adds one MachineHealthCheck over the machines of all pools. One for each pool could not tell a dead
// host, with all its machines, from sick machines: there, the new machines of its pools would have nowhere to
// go, and the old ones could not be deleted.
func (e *expansion) healthCheck(out *Output) {
	wanted := e.Spread.Spec.HealthCheck
	if wanted == nil {
		return
	}
	onHost := map[string]int{}
	fullest := ""
	for _, p := range out.Pools {
		n := p.Replicas
		if p.Bounds != nil {
			n = p.Bounds.Max
		}
		for _, host := range p.Datastore.Hosts {
			onHost[host] += n
			if onHost[host] > onHost[fullest] || fullest == "" {
				fullest = host
			}
		}
	}
	limit := max(onHost[fullest]-1, 1)
	if wanted.MaxUnhealthy != nil {
		limit = *wanted.MaxUnhealthy
	}
	if limit >= onHost[fullest] && fullest != "" {
		e.diags.Warnf(diag.HealthCheckHost, e.at().Dot("healthCheck"), "up to %d unhealthy machines are replaced, and the fullest host, %s, has %d: its loss would be taken for sick machines", limit, fullest, onHost[fullest]).
			WithHint("keep maxUnhealthy below the number of machines on a host, or let every host have two machines or more")
	}
	check := clusterv1.MachineHealthCheck{Spec: clusterv1.MachineHealthCheckSpec{
		ClusterName: e.cluster.name,
		Selector: metav1.LabelSelector{
			MatchLabels:      map[string]string{clusterNameLabel: e.cluster.name},
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
	core := string(e.Spread.Spec.APIVersions.Core)
	name := e.cluster.name + "-workers"
	e.head(node, object.CoreGroup+"/"+core, "MachineHealthCheck", name, nil)
	convert.MachineHealthCheckIn(node, core)
	out.Desired = append(out.Desired, object.Desired{Node: yaml.NewRNode(node), File: "health/" + name + ".yaml"})
}
