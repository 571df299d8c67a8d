// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"slices"
	"strings"
)

// datacenters finds the datacenter that a path lies in, in an inventory with many of them.
type datacenters struct {
	byPath  map[string]Datacenter
	lengths pathLengths
}

// datacentersByPath makes the lookup, once for many paths.
func (inv *Inventory) datacentersByPath() datacenters {
	d := datacenters{byPath: make(map[string]Datacenter, len(inv.Datacenters))}
	for _, dc := range inv.Datacenters {
		if dc.Path != "" {
			d.byPath[dc.Path] = dc
			d.lengths = append(d.lengths, len(dc.Path))
		}
	}
	d.lengths = d.lengths.sorted()
	return d
}

// pathLengths are those of listed paths, the longest first: no other part of a path needs to be looked up.
type pathLengths []int

func (l pathLengths) sorted() pathLengths {
	slices.Sort(l)
	l = slices.Compact(l)
	slices.Reverse(l)
	return l
}

// above gives what stands above a path and has the length of a listed one, the longest first.
func (l pathLengths) above(p string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, n := range l {
			if n < len(p) && p[n] == '/' && !yield(p[:n]) {
				return
			}
		}
	}
}

// of gives the datacenter that a path lies in, or false where the inventory has no such path.
func (d datacenters) of(p string) (Datacenter, bool) {
	for above := range d.lengths.above(p) {
		if dc, ok := d.byPath[above]; ok {
			return dc, true
		}
	}
	return Datacenter{}, false
}

// at gives the path of the datacenter that a path lies in: a listed one, or what stands before the folders that every
// datacenter has. It is empty where nothing tells it.
func (d datacenters) at(p string) string {
	if dc, ok := d.of(p); ok {
		return dc.Path
	}
	first := len(p)
	for _, folder := range []string{"/host/", "/vm/", "/datastore/", "/network/"} {
		if i := strings.Index(p, folder); i > 0 && i < first {
			first = i
		}
	}
	if first == len(p) {
		return ""
	}
	return p[:first]
}
