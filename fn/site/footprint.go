// SPDX-License-Identifier: Apache-2.0

package site

import (
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/vspread/vspread/internal/tree"
)

// Footprint is what one machine takes of its host and its datastore; 0 is not known.
type Footprint struct {
	CPUs, MemoryMiB int
	// StorageMiB is the most that the machine takes on its datastore, as far as it is known: its disks and its swap file.
	StorageMiB int
	// IsPartial tells that not all of StorageMiB is known.
	IsPartial bool
}

// Footprint gives what a machine takes. A disk counts in full, though a thin one starts smaller. A linked clone keeps the base of
// its disks in the template, so only its data disks count; how far it grows away from the base, nothing tells.
func (m Made) Footprint() Footprint {
	size, isLinked := m.Size(), m.IsLinked()
	f := Footprint{CPUs: size.CPUs, MemoryMiB: size.MemoryMiB}
	disksGiB := size.DisksGiB
	if isLinked != No {
		disksGiB = m.dataDisksGiB()
	}
	f.StorageMiB = min(disksGiB*mibPerGiB+m.swapMiB(size.MemoryMiB), mostStorageMiB)
	f.IsPartial = isLinked == Unknown || isLinked == No && size.DiskGiB == 0 || size.MemoryMiB == 0
	return f
}

const (
	mibPerGiB = 1024
	// mostStorageMiB is more than any datastore has, and so little that sums do not overflow.
	mostStorageMiB = 1 << 34
)

// swapMiB is the size of the swap file that ESXi keeps next to the disks of a running machine: its memory without what is
// reserved. Devices that are passed through reserve all of it.
func (m Made) swapMiB(memoryMiB int) int {
	if len(tree.List(m.Machine, "pciDevices")) > 0 {
		return 0
	}
	reserved, err := resource.ParseQuantity(tree.String(m.Machine, "resources", "requests", "memory"))
	if err != nil || reserved.Sign() < 0 {
		return memoryMiB
	}
	if reserved.Cmp(*resource.NewQuantity(int64(memoryMiB)<<20, resource.BinarySI)) >= 0 {
		return 0
	}
	return memoryMiB - int(reserved.Value()>>20)
}
