// SPDX-License-Identifier: Apache-2.0

package site

import (
	"strconv"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// Made is what machines are made from, and what decides together with it which fields count (effect.go) and how large the
// machines are. Nodes are in the form of v1beta2; fields that only older versions have are looked at where they are still
// there. A part that is nil is not looked at.
type Made struct {
	Machine, Deployment, Bootstrap *yaml.Node
	// Zone is what the failure domain of the machines stands for, if they have one that is known.
	Zone *Zone
	// Template is what the inventory knows of the template, if anything.
	Template *inventory.Template
}

const (
	linkedClone = "linkedClone"
	fullClone   = "fullClone"
	// What CAPV makes at least, and where nothing is said.
	leastCPUs        = 2
	defaultMemoryMiB = 2048
)

// Answer is what is known of a question.
type Answer int

// The answers; the zero value is that it is not known.
const (
	Unknown Answer = iota
	No
	Yes
)

// IsLinked tells whether CAPV makes linked clones: when it is not told to make full ones, and the template has a snapshot.
func (m Made) IsLinked() Answer {
	mode := tree.String(m.Machine, "cloneMode")
	switch {
	case mode == fullClone:
		return No
	case mode != linkedClone && mode != "":
		return Unknown
	case m.Template != nil && m.Template.Snapshot != nil && *m.Template.Snapshot:
		return Yes
	case m.Template != nil && m.Template.Snapshot != nil:
		return No
	case mode == linkedClone:
		return Yes // as it says, where nothing is known of the template
	}
	return Unknown
}

// Size is how large CAPV makes a machine; 0 is not known.
type Size struct {
	CPUs, MemoryMiB int
	// DiskGiB is the disk with the operating system, DisksGiB are all disks that are known.
	DiskGiB, DisksGiB int
}

// Size gives what a machine takes, with CAPV's defaults.
func (m Made) Size() Size {
	s := Size{CPUs: leastCPUs, MemoryMiB: defaultMemoryMiB}
	if v := tree.Get(m.Machine, "numCPUs"); v != nil {
		n, ok := whole(v)
		s.CPUs = 0
		if ok {
			s.CPUs = max(n, leastCPUs)
		}
	}
	if v := tree.Get(m.Machine, "memoryMiB"); v != nil {
		if n, ok := whole(v); !ok || n > 0 {
			s.MemoryMiB = n
		}
	}
	said, isLinked := tree.Get(m.Machine, "diskGiB"), m.IsLinked() == Yes
	switch {
	case said != nil && !isLinked:
		s.DiskGiB, _ = whole(said)
	case m.Template != nil:
		s.DiskGiB = m.Template.DiskGiB
	}
	s.DisksGiB = s.DiskGiB
	if !isLinked {
		for _, size := range tree.List(m.Machine, "additionalDisksGiB") {
			n, _ := whole(size)
			s.DisksGiB += n
		}
	}
	s.DisksGiB += m.dataDisksGiB()
	return s
}

func (m Made) dataDisksGiB() int {
	sum := 0
	for _, disk := range tree.List(m.Machine, "dataDisks") {
		n, _ := whole(tree.Get(disk, "sizeGiB"))
		sum += n
	}
	return sum
}

// whole reads an amount that a host can have; larger ones are none, so that sums do not overflow.
func whole(n *yaml.Node) (int, bool) {
	if n == nil || n.Kind != yaml.ScalarNode {
		return 0, false
	}
	i, err := strconv.Atoi(n.Value)
	if err != nil || i < 0 || i > 1<<24 {
		return 0, false
	}
	return i, true
}
