// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"regexp"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/vspread/vspread/internal/diag"
)

// Autoscaling are the bounds of a worker group. They are split over its pools like replicas, so that the
// pools' bounds sum to them.
type Autoscaling struct {
	// min is the least number of machines in all; 0 lets every pool go.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100000
	Min int `json:"min"`
	// max is the largest number of machines in all.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=100000
	Max int `json:"max"`
}

// Rollout says how each pool replaces its machines when their shape or version changes. What is missing
// comes from the seed, then from Cluster API: one machine more than wanted, none less.
type Rollout struct {
	// strategy is RollingUpdate, or OnDelete, which waits for somebody to delete the old machines.
	// +optional
	Strategy RolloutStrategy `json:"strategy,omitempty"`
	// maxSurge is how many machines more than wanted there may be, a number or a percentage. 0 needs no
	// room on the disk for one more, and a maxUnavailable above 0.
	// +optional
	MaxSurge *intstr.IntOrString `json:"maxSurge,omitempty"`
	// maxUnavailable is how many machines less than wanted there may be, a number or a percentage.
	// +optional
	MaxUnavailable *intstr.IntOrString `json:"maxUnavailable,omitempty"`
	// after is a time like 2026-11-20T22:00:00Z; from then on, machines that are older than it are replaced.
	// +optional
	// +kubebuilder:validation:Pattern=`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})$`
	After string `json:"after,omitempty"`
}

// RolloutStrategy is a way to replace machines.
// +kubebuilder:validation:Enum=RollingUpdate;OnDelete
type RolloutStrategy string

// The ways.
const (
	RollingUpdate RolloutStrategy = "RollingUpdate"
	OnDelete      RolloutStrategy = "OnDelete"
)

// Deletion says which machines go first and how long their going may take, in seconds; 0 is without end.
type Deletion struct {
	// order is Random, Newest or Oldest.
	// +optional
	Order DeletionOrder `json:"order,omitempty"`
	// nodeDrainTimeoutSeconds bounds the draining of a node.
	// +optional
	// +kubebuilder:validation:Minimum=0
	NodeDrainTimeoutSeconds *int `json:"nodeDrainTimeoutSeconds,omitempty"`
	// nodeVolumeDetachTimeoutSeconds bounds the wait for volumes to be detached.
	// +optional
	// +kubebuilder:validation:Minimum=0
	NodeVolumeDetachTimeoutSeconds *int `json:"nodeVolumeDetachTimeoutSeconds,omitempty"`
	// nodeDeletionTimeoutSeconds bounds the tries to delete the Node.
	// +optional
	// +kubebuilder:validation:Minimum=0
	NodeDeletionTimeoutSeconds *int `json:"nodeDeletionTimeoutSeconds,omitempty"`
}

// DeletionOrder says which machines go first.
// +kubebuilder:validation:Enum=Random;Newest;Oldest
type DeletionOrder string

// The orders.
const (
	RandomOrder DeletionOrder = "Random"
	NewestOrder DeletionOrder = "Newest"
	OldestOrder DeletionOrder = "Oldest"
)

// HealthCheck is a MachineHealthCheck: machines whose nodes stay unhealthy are replaced, in the same pool.
// It cannot help when a host is dead: there is nowhere for the new machines of its pools.
type HealthCheck struct {
	// unhealthyAfterSeconds is how long a node may be not ready, or unknown. The default is 300.
	// +optional
	// +kubebuilder:default=300
	// +kubebuilder:validation:Minimum=1
	UnhealthyAfterSeconds *int `json:"unhealthyAfterSeconds,omitempty"`
	// nodeStartupTimeoutSeconds is how long a machine may take to become a node. The default is 600.
	// +optional
	// +kubebuilder:default=600
	// +kubebuilder:validation:Minimum=30
	NodeStartupTimeoutSeconds *int `json:"nodeStartupTimeoutSeconds,omitempty"`
	// maxUnhealthy is the number of unhealthy machines up to which they are replaced. The default is one
	// less than the fullest host has, so that the loss of that host is not taken for sick machines.
	// +optional
	// +kubebuilder:validation:Minimum=1
	MaxUnhealthy *int `json:"maxUnhealthy,omitempty"`
}

var percentage = regexp.MustCompile(`^(100|[1-9]?\d)%$`)

// amount reports how a group says its number of machines: in exactly one of the ways, or by its seed.
func (v *validator) amount(at diag.Where, g WorkerGroup) {
	var said []string
	if g.Replicas != nil {
		said = append(said, "replicas")
	}
	if g.PerDatastore != nil {
		said = append(said, "perDatastore")
	}
	if g.Autoscaling != nil {
		said = append(said, "autoscaling")
	}
	switch {
	case len(said) > 1:
		v.Errorf(diag.ReplicasConflict, at, "has %s", strings.Join(said, " and ")).WithHint("keep one of them")
	case len(said) == 0 && g.Seed == "":
		v.Errorf(diag.MissingField, at.Dot("replicas"), "is missing").
			WithHint("say how many machines there are: replicas in all, perDatastore, or autoscaling with min and max")
	}
	v.between(at.Dot("replicas"), g.Replicas, 0, MaxReplicas)
	v.between(at.Dot("perDatastore"), g.PerDatastore, 0, maxPoolReplicas)
	if a := g.Autoscaling; a != nil {
		v.between(at.Dot("autoscaling.min"), &a.Min, 0, MaxReplicas)
		v.between(at.Dot("autoscaling.max"), &a.Max, 1, MaxReplicas)
		if a.Min > a.Max {
			v.Errorf(diag.ReplicasConflict, at.Dot("autoscaling"), "has min %d above max %d", a.Min, a.Max).WithHint("exchange the two")
		}
	}
}

// rollout reports bounds under which nothing is ever replaced, unless a seed may bring the one that is missing. The field is
// that under which an expansion reports what becomes of a seed's, so that there is one error.
func (v *validator) rollout(at diag.Where, r Rollout, seeded bool) {
	v.oneOf(at.Dot("strategy"), string(r.Strategy), string(RollingUpdate), string(OnDelete))
	v.amountOrPercentage(at.Dot("maxSurge"), r.MaxSurge)
	v.amountOrPercentage(at.Dot("maxUnavailable"), r.MaxUnavailable)
	if r.Strategy == OnDelete && (r.MaxSurge != nil || r.MaxUnavailable != nil) {
		v.Errorf(diag.InvalidValue, at, "has strategy OnDelete and bounds for a rolling update").WithHint("keep one of the two")
	}
	if isZero(r.MaxSurge) && (isZero(r.MaxUnavailable) || r.MaxUnavailable == nil && !seeded) {
		v.Errorf(diag.InvalidValue, at, "has maxSurge 0, and maxUnavailable is 0 as well: nothing could ever be replaced").
			WithHint("set maxUnavailable: 1, which takes a machine away before the next one comes")
	}
	if r.After != "" && new(metav1.Time).UnmarshalQueryParameter(r.After) != nil {
		v.Errorf(diag.InvalidValue, at.Dot("after"), "%q is no time", r.After).WithHint("write it like 2026-11-20T22:00:00Z")
	}
}

func isZero(n *intstr.IntOrString) bool {
	return n != nil && (n.Type == intstr.Int && n.IntVal == 0 || n.Type == intstr.String && n.StrVal == "0%")
}

func (v *validator) amountOrPercentage(at diag.Where, n *intstr.IntOrString) {
	if n == nil {
		return
	}
	if n.Type == intstr.String && !percentage.MatchString(n.StrVal) {
		v.Errorf(diag.InvalidValue, at, "%q is neither a number nor a percentage", n.StrVal).WithHint("write it like 1 or 25%%")
	}
	if n.Type == intstr.Int && n.IntVal < 0 {
		v.Errorf(diag.InvalidValue, at, "must be at least 0, is %d", n.IntVal)
	}
}

func (v *validator) deletion(at diag.Where, d Deletion) {
	v.oneOf(at.Dot("order"), string(d.Order), string(RandomOrder), string(NewestOrder), string(OldestOrder))
	for name, seconds := range map[string]*int{
		"nodeDrainTimeoutSeconds": d.NodeDrainTimeoutSeconds, "nodeVolumeDetachTimeoutSeconds": d.NodeVolumeDetachTimeoutSeconds,
		"nodeDeletionTimeoutSeconds": d.NodeDeletionTimeoutSeconds,
	} {
		v.between(at.Dot(name), seconds, 0, maxSeconds)
	}
}

func (v *validator) healthCheck(at diag.Where, h HealthCheck) {
	v.between(at.Dot("unhealthyAfterSeconds"), h.UnhealthyAfterSeconds, 1, maxSeconds)
	// Cluster API's webhook refuses less.
	v.between(at.Dot("nodeStartupTimeoutSeconds"), h.NodeStartupTimeoutSeconds, 30, maxSeconds)
	v.between(at.Dot("maxUnhealthy"), h.MaxUnhealthy, 1, MaxReplicas)
}
