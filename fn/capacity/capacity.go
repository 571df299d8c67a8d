// SPDX-License-Identifier: Apache-2.0

// Package capacity compares what machines take with what hosts and datastores have. It adds up the machines of all Clusters of an
// input: what they take when nothing happens, and at the peak, when all pools replace their machines at once.
//
// Sums holds these numbers for each host and datastore, Limits says how much of one machines may take. Both are numbers only; what
// the inventory does not know is 0 and never judged.
package capacity

import "github.com/vspread/vspread/inventory"

// Resource is what a host or a datastore has a limited amount of.
type Resource int

// The resources. Memory and disk are in MiB, CPUs are counted.
const (
	Memory Resource = iota
	CPU
	Disk
)

// Amount is how much of a resource is taken: Steady when no machine is being replaced, Peak when all pools replace theirs.
type Amount struct{ Steady, Peak int }

func (a *Amount) add(each, machines, surge int) {
	a.Steady += each * machines
	a.Peak += each * (machines + surge)
}

// Limits says how much of a host or datastore machines may take.
type Limits struct {
	// MemoryOvercommit and CPUOvercommit are in thousandths.
	MemoryOvercommit, CPUOvercommit int
	// ReserveMiB of a host's memory and ReservePercent of a datastore are for others.
	ReserveMiB, ReservePercent int
}

const (
	thousand  = 1000
	percent   = 100
	mibPerGiB = 1024
)

// OfHost gives how much of a host's memory or CPUs machines may take; false is that the inventory does not know how much it has.
func (l Limits) OfHost(r Resource, h inventory.Host) (int, bool) {
	if r == CPU {
		return h.CPUs * l.CPUOvercommit / thousand, h.CPUs > 0
	}
	return max(0, h.MemoryMiB-l.ReserveMiB) * l.MemoryOvercommit / thousand, h.MemoryMiB > 0
}

// OfDatastore gives how many MiB of a datastore machines may take; false is that the inventory does not know its capacity.
func (l Limits) OfDatastore(d inventory.Datastore) (int, bool) {
	return d.CapacityGiB * mibPerGiB * (percent - l.ReservePercent) / percent, d.CapacityGiB > 0
}
