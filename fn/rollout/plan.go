// SPDX-License-Identifier: Apache-2.0

// Package rollout says what a change in git does to machines. It takes two Sides, each with rendered manifests of Cluster
// API, whoever wrote them, and the inventories of their Clusters. It gives a Plan, and changes nothing.
//
// Compare (compare.go) reads both sides into groups, a group for each object that makes machines (read.go, group.go),
// compares each group with itself by Cluster API's own rule of what makes a MachineDeployment roll (pools.go, rule.go),
// counts machines, memory and disk for each host and datastore before, while and after (hosts.go), and says the
// rest of the plan from that: templates, other objects, steps and the sentence.
package rollout

import (
	"fmt"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// Side is what git says before or after a change.
type Side struct {
	// Objects are rendered manifests, aliases written out, without what is applied nowhere.
	Objects *object.Set
	// Hidden are those that are applied nowhere, such as seeds. It may be nil; then the plan cannot tell that what is no longer
	// applied is still in git.
	Hidden *object.Set
	// Inventories are those that the machines of a Cluster were spread by, by the Cluster's key; the zero key
	// stands for all others. Where a side has none, the other side's is used; where neither has one, a
	// datastore is known only by the name that its template gives.
	Inventories map[object.Key]*inventory.Inventory
}

// Kind is a kind of change to a pool or control plane.
type Kind string

// The kinds, in the order of how much they matter.
const (
	// Remove: the MachineDeployment is no longer there, and its machines go with it.
	Remove Kind = "remove"
	// Replace: Cluster API makes new machines and deletes the old ones.
	Replace Kind = "replace"
	// MayReplace: not known; another control plane provider or ClusterClass decides.
	MayReplace Kind = "may-replace"
	// Drain: the pool stays and loses all its machines.
	Drain Kind = "drain"
	// Create: the pool is new.
	Create Kind = "create"
	// Scale: machines are added or deleted, those that stay are the same.
	Scale Kind = "scale"
	// NoEffect: it looks like a change of machines and is none, or is refused.
	NoEffect Kind = "no-effect"
	// Adopt: a running MachineDeployment becomes a pool of vspread's.
	Adopt Kind = "adopt"
	// InPlace: fields change that Cluster API carries to running machines without replacing them.
	InPlace Kind = "in-place"
	// Untouched: nothing changes.
	Untouched Kind = "untouched"
)

// Kinds lists all kinds, in the order of how much they matter.
func Kinds() []Kind {
	return []Kind{Remove, Replace, MayReplace, Drain, Create, Scale, NoEffect, Adopt, InPlace, Untouched}
}

// Plan is what a change does. All lists have one order, whatever the order of the input.
type Plan struct {
	// Sentence is the whole plan in a sentence.
	Sentence string
	// Pools are all MachineDeployments and control planes of both sides, the untouched among them.
	Pools []Pool
	Hosts []Host
	// Templates are those of the second side that nothing there names.
	Templates []Template
	// Others are objects besides those that make machines; of them is only said that they change.
	Others []Other
	// Steps are what a person has to do.
	Steps []Step
	Diags diag.List
}

// Pool is a MachineDeployment or a control plane.
type Pool struct {
	Cluster, Kind, Namespace, Name string
	// Changes has at least one element, in the order of Kinds.
	Changes  []Kind
	Machines Machines
	// Waits tells what the change waits for, where something does.
	Waits Wait
	// Before and After are nil where the pool does not exist.
	Before, After *Shape
	Reasons       []Reason
}

// IsControlPlane tells whether the pool is a control plane.
func (p *Pool) IsControlPlane() bool { return !isWorkers(p.Kind) && p.Kind != clusterKind }

// Wait is what a change of machines waits for.
type Wait string

// The waits; none is "".
const (
	// ForResume: the Cluster or the pool is paused, so nothing happens until it is resumed.
	ForResume Wait = "resume"
	// ForRollout: rollouts of the pool are paused. Machines are added and deleted, and none is replaced.
	ForRollout Wait = "rollout"
	// ForDeletion: the strategy is OnDelete, so a machine is replaced when somebody deletes it.
	ForDeletion Wait = "deletion"
)

// Machines counts machines. Those of a pool whose number an autoscaler decides are counted by its least
// number, at the peak by its greatest.
type Machines struct {
	Before, After int
	// Created and Removed count those that come or go for good when the change is applied; a replaced machine is
	// neither. All three are certain.
	Created, Replaced, Removed int
	// MayBeCreated, MayBeReplaced and MayBeRemoved count those beyond that for which it depends on what an
	// autoscaler has chosen, or on what is not in the files.
	MayBeCreated, MayBeReplaced, MayBeRemoved int
	// Peak is the most that there are at a time.
	Peak int
	// NotKnown tells that git says no number that can be read, before or after; then all counts are 0.
	NotKnown bool
	// Inexact tells that an autoscaler decides how many of these machines there are.
	Inexact bool
}

// Shape is what the machines of a pool are and where they run, as far as the files say.
type Shape struct {
	// Host is the only host of a local datastore; "" is none or not known.
	Host      string
	Datastore string
	// Template and Bootstrap are the names of the templates, Version is that of Kubernetes.
	Template, Bootstrap, Version string
	// MemoryMiB and DiskGiB are those of one machine; 0 is not known.
	MemoryMiB, DiskGiB int
	// Autoscaler is the range in which an autoscaler chooses.
	Autoscaler *Range
}

// Range is a least and a greatest number of machines.
type Range struct{ Min, Max int }

// String writes the range; no autoscaler is "none".
func (r *Range) String() string {
	if r == nil {
		return "none"
	}
	return fmt.Sprintf("%d…%d", r.Min, r.Max)
}

// Reason is a field that differs, and what that means.
type Reason struct {
	// Object is the one that has the field, by kind and name; "" is the pool's own.
	Object string
	// Field is a path such as spec.template.spec.version; "" where the reason is no field.
	Field         string
	Before, After string
	// Text is the reason for a person, in one line.
	Text string
}

// Host is a datastore, with its host if it is local, and what pools take of both. A host with several local datastores
// has a row of its own besides, without a datastore: the sum.
type Host struct {
	Host, Datastore string
	// Untouched tells that nothing happens to the pools there.
	Untouched bool
	Machines  Usage
	MemoryMiB Usage
	DiskGiB   Usage
	// HostMemoryMiB and CapacityGiB are what there is; 0 is not known.
	HostMemoryMiB, CapacityGiB int
}

// Usage is an amount before, at most while machines are replaced, and after.
type Usage struct{ Before, Peak, After int }

// Template is a template that nothing names.
type Template struct {
	Kind, Namespace, Name string
	// NeededByRollout tells that a pool had it before, so that it must stay until the rollout is over.
	NeededByRollout bool
}

// Other is an object besides those that make machines.
type Other struct {
	Kind, Namespace, Name string
	// Change is Create, Remove or InPlace.
	Change Kind
	// Fields are those that differ, where it is InPlace.
	Fields []string
}

// Step is something to be done by hand.
type Step struct {
	Text string
	// Command is a command that does it; "" where there is none.
	Command string
}

// Changed tells whether there is any change at all.
func (p *Plan) Changed() bool {
	if len(p.Others) > 0 {
		return true
	}
	for _, pool := range p.Pools {
		if pool.Changes[0] != Untouched {
			return true
		}
	}
	return false
}

// Has tells whether a pool changes in this way.
func (p *Plan) Has(kind Kind) bool {
	for _, pool := range p.Pools {
		if pool.Has(kind) {
			return true
		}
	}
	return false
}

// Has tells whether the pool changes in this way.
func (p *Pool) Has(kind Kind) bool {
	for _, k := range p.Changes {
		if k == kind {
			return true
		}
	}
	return false
}

// moves tells whether machines of the pool come or go, or may.
func (p *Pool) moves() bool {
	for _, k := range []Kind{Remove, Replace, MayReplace, Drain, Create, Scale} {
		if p.Has(k) {
			return true
		}
	}
	return false
}
