// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"slices"
	"strings"

	"github.com/vspread/vspread/internal/diag"
)

// Spread is how the machines of a group are divided: evenly at each level before the next. Machines that cannot
// be divided go to the oldest.
type Spread struct {
	// levels are [host, datastore], so that several datastores of one host share its part (the default);
	// [datastore], which gives each datastore the same whatever host it is on; or [zone, host, datastore].
	// +optional
	// +kubebuilder:default={host,datastore}
	// +kubebuilder:validation:MinItems=1
	Levels []Level `json:"levels,omitempty"`
	// zoneTag is the category of the tags that tell a host's zone, for the level zone. The nearest counts: that of the
	// host, else of its compute cluster, else of its datacenter.
	// +optional
	ZoneTag string `json:"zoneTag,omitempty"`
	// weightBy makes parts larger where there is more: none (the default) makes all alike; with memory, the
	// part of a host goes by its memory, and its datastores are alike; with capacity, the part of a datastore goes by
	// its capacity, and that of a host by the sum of its datastores in the group. A zone weighs what its hosts do. Free space is no
	// weight, since the machines themselves change it.
	// +optional
	// +kubebuilder:default=none
	WeightBy WeightBy `json:"weightBy,omitempty"`
	// maxPerHost is the most machines of the group on one host.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=100000
	MaxPerHost *int `json:"maxPerHost,omitempty"`
}

// Level is what a group's machines are divided among.
// +kubebuilder:validation:Enum=zone;host;datastore
type Level string

// The levels.
const (
	ZoneLevel      Level = "zone"
	HostLevel      Level = "host"
	DatastoreLevel Level = "datastore"
)

// WeightBy is what makes a part larger.
// +kubebuilder:validation:Enum=none;memory;capacity
type WeightBy string

// The weights.
const (
	WeightByNone     WeightBy = "none"
	WeightByMemory   WeightBy = "memory"
	WeightByCapacity WeightBy = "capacity"
)

// levelOrders are the orders of levels that there are.
var levelOrders = [][]Level{{HostLevel, DatastoreLevel}, {DatastoreLevel}, {ZoneLevel, HostLevel, DatastoreLevel}}

// HasLevel tells whether machines are divided among what is on a level.
func (s Spread) HasLevel(l Level) bool {
	if s.Levels == nil {
		return l == HostLevel || l == DatastoreLevel
	}
	return slices.Contains(s.Levels, l)
}

// IsEven tells whether all that is on one level weighs the same, overrides apart.
func (s Spread) IsEven() bool { return s.WeightBy == "" || s.WeightBy == WeightByNone }

func (v *validator) spread(at diag.Where, g WorkerGroup) {
	s := g.Spread
	isOrder := func(order []Level) bool { return slices.Equal(order, s.Levels) }
	if s.Levels != nil && !slices.ContainsFunc(levelOrders, isOrder) {
		v.Errorf(diag.InvalidValue, at.Dot("levels"), "%s is no order of levels", levels(s.Levels)).WithHint("write %s", orders())
	}
	switch hasZones := s.HasLevel(ZoneLevel); {
	case hasZones && s.ZoneTag == "":
		v.Errorf(diag.MissingField, at.Dot("zoneTag"), "is missing, and levels has zone").
			WithHint("name the category of the tags that tell a host's zone, for example k8s-zone")
	case !hasZones && s.ZoneTag != "":
		v.Errorf(diag.InvalidValue, at.Dot("zoneTag"), "means nothing without the level zone").
			WithHint("write levels: [zone, host, datastore], or take zoneTag out")
	}
	v.oneOf(at.Dot("weightBy"), string(s.WeightBy), string(WeightByNone), string(WeightByMemory), string(WeightByCapacity))
	switch {
	case s.IsEven():
	case g.PerDatastore != nil:
		v.Errorf(diag.ReplicasConflict, at.Dot("weightBy"), "means nothing next to perDatastore").WithHint("take weightBy out, or write replicas")
	case s.WeightBy == WeightByMemory && !s.HasLevel(HostLevel):
		v.Errorf(diag.InvalidValue, at.Dot("weightBy"), "is memory, which needs the level host, and levels is %s", levels(s.Levels)).
			WithHint("write levels: [host, datastore], or weightBy: capacity")
	}
	v.between(at.Dot("maxPerHost"), s.MaxPerHost, 1, MaxReplicas)
	if s.MaxPerHost != nil && !s.HasLevel(HostLevel) {
		v.Errorf(diag.InvalidValue, at.Dot("maxPerHost"), "needs the level host, and levels is %s", levels(s.Levels)).
			WithHint("write levels: [host, datastore], or take maxPerHost out")
	}
}

// levels writes an order of levels.
func levels(order []Level) string {
	var words []string
	for _, l := range order {
		words = append(words, string(l))
	}
	return "[" + strings.Join(words, ", ") + "]"
}

// orders writes all of them.
func orders() string {
	var words []string
	for _, o := range levelOrders {
		words = append(words, levels(o))
	}
	return strings.Join(words, " or ")
}
