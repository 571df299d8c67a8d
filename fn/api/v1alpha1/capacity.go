// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import "github.com/vspread/vspread/internal/diag"

// Capacity says how the machines of all Clusters of the input are compared with what their hosts and datastores have. It judges the
// hosts and datastores of this ClusterSpread's own machines; those of others count there too.
type Capacity struct {
	// check is what becomes of a host or datastore that has too little: a warning (Warn), an error (Error), or nothing ("Off", in
	// quotes: without them, some readers of YAML take it for false). A machine with more memory than its host has is an error in
	// any case.
	// +optional
	// +kubebuilder:default=Warn
	Check CapacityCheck `json:"check,omitempty"`
	// memoryOvercommit is how many times a host's memory, without the reserve, may be given to machines.
	// +optional
	// +kubebuilder:default=1
	MemoryOvercommit *Ratio `json:"memoryOvercommit,omitempty"`
	// cpuOvercommit is how many virtual processors a physical core may have.
	// +optional
	// +kubebuilder:default=4
	CPUOvercommit *Ratio `json:"cpuOvercommit,omitempty"`
	// reserve is what is left to others.
	// +optional
	Reserve Reserve `json:"reserve,omitempty"`
}

// CapacityCheck is what becomes of a host or datastore that has too little.
// +kubebuilder:validation:Enum=Off;Warn;Error
type CapacityCheck string

// The ways.
const (
	CapacityOff   CapacityCheck = "Off"
	CapacityWarn  CapacityCheck = "Warn"
	CapacityError CapacityCheck = "Error"
)

// Reserve is what the machines of Clusters leave of each host and datastore.
type Reserve struct {
	// memoryMiB is the memory of a host that ESXi, the overhead of virtual machines and other machines take.
	// +optional
	// +kubebuilder:default=4096
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=16777216
	MemoryMiB *int `json:"memoryMiB,omitempty"`
	// diskPercent is the part of a datastore that templates, logs, snapshots and other machines take.
	// +optional
	// +kubebuilder:default=10
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=99
	DiskPercent *int `json:"diskPercent,omitempty"`
}

const (
	leastOvercommit, mostOvercommit = 100, 100_000 // thousandths
	mostReserveMiB                  = 1 << 24
	mostReservePercent              = 99
)

func (c *Capacity) setDefaults() {
	if c.Check == "" {
		c.Check = CapacityWarn
	}
	if c.MemoryOvercommit == nil {
		c.MemoryOvercommit = ptr(NewRatio(1000))
	}
	if c.CPUOvercommit == nil {
		c.CPUOvercommit = ptr(NewRatio(4000))
	}
	if c.Reserve.MemoryMiB == nil {
		c.Reserve.MemoryMiB = ptr(4096)
	}
	if c.Reserve.DiskPercent == nil {
		c.Reserve.DiskPercent = ptr(10)
	}
}

func (v *validator) capacity(at diag.Where, c Capacity) {
	v.oneOf(at.Dot("check"), string(c.Check), string(CapacityOff), string(CapacityWarn), string(CapacityError))
	v.overcommit(at.Dot("memoryOvercommit"), c.MemoryOvercommit)
	v.overcommit(at.Dot("cpuOvercommit"), c.CPUOvercommit)
	v.between(at.Dot("reserve.memoryMiB"), c.Reserve.MemoryMiB, 0, mostReserveMiB)
	v.between(at.Dot("reserve.diskPercent"), c.Reserve.DiskPercent, 0, mostReservePercent)
}

func (v *validator) overcommit(at diag.Where, r *Ratio) {
	if r != nil && (r.thousandths < leastOvercommit || r.thousandths > mostOvercommit) {
		v.Errorf(diag.InvalidValue, at, "must be between %s and %s, is %s", NewRatio(leastOvercommit), NewRatio(mostOvercommit), r).
			WithHint("1 gives machines what there is, 1.5 half as much again")
		r.thousandths = mostOvercommit // so that no other mistake seems to follow from it
	}
}
