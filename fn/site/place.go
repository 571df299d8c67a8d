// SPDX-License-Identifier: Apache-2.0

package site

import (
	"slices"

	"github.com/vspread/vspread/inventory"
)

// Place is where the machines of a datastore run. Its zero value is anywhere.
type Place struct {
	Datastore inventory.Datastore
	// Datacenter is the path below which names are looked up, or "" where nothing tells it.
	Datacenter string
	// Compute is the path below which the resource pools of the datastore's only host are: its compute cluster, or the host
	// itself outside of one. Where nothing tells it, it is the datacenter.
	Compute string
	// others are the paths of other compute clusters and hosts, whose resource pools the machines cannot use.
	others []string
}

// below is the path below which a class of objects is for machines at the place.
func (p Place) below(class inventory.Class) string {
	switch class {
	case inventory.ResourcePoolClass:
		return p.Compute
	case inventory.DatacenterClass:
		return ""
	default:
		return p.Datacenter
	}
}

// mayBe tells whether machines at the place can use an object.
func (p Place) mayBe(class inventory.Class, o inventory.Object) bool {
	below := p.below(class)
	if class == inventory.TemplateClass || below == "" || o.Path == "" {
		return true
	}
	return o.IsBelow(below) && !slices.ContainsFunc(p.others, func(other string) bool { return class == inventory.ResourcePoolClass && o.IsBelow(other) })
}
