// SPDX-License-Identifier: Apache-2.0

package simulated

import (
	"fmt"
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/types"
)

// Lose takes a host away, with the datastores that only it mounts, as when it is repaired or removed.
func (l *Lab) Lose(host string) error { return l.change(host, true) }

// Join brings back what Lose took away.
func (l *Lab) Join(host string) error { return l.change(host, false) }

func (l *Lab) change(host string, lost bool) error {
	reg := l.Model.Map()
	var found []types.ManagedObjectReference
	for _, e := range reg.All("HostSystem") {
		if nameOf(e) == host {
			found = append(found, e.Reference())
		}
	}
	if len(found) == 0 {
		return fmt.Errorf("the lab has no host %q", host)
	}
	for _, e := range reg.All("Datastore") {
		if d, ok := e.(*simulator.Datastore); ok && len(d.Host) == 1 && d.Host[0].Key == found[0] {
			found = append(found, d.Self)
		}
	}
	l.facts.mu.Lock()
	defer l.facts.mu.Unlock()
	if l.facts.lost == nil {
		l.facts.lost = map[types.ManagedObjectReference]bool{}
	}
	for _, ref := range found {
		l.facts.lost[ref] = lost
	}
	return nil
}

// without takes lost objects out of a property that lists some.
func without(value types.AnyType, lost map[types.ManagedObjectReference]bool) types.AnyType {
	if len(lost) == 0 {
		return value
	}
	switch v := value.(type) {
	case types.ArrayOfManagedObjectReference:
		v.ManagedObjectReference = slices.DeleteFunc(slices.Clone(v.ManagedObjectReference), func(r types.ManagedObjectReference) bool { return lost[r] })
		return v
	case types.ArrayOfDatastoreHostMount:
		v.DatastoreHostMount = slices.DeleteFunc(slices.Clone(v.DatastoreHostMount), func(m types.DatastoreHostMount) bool { return lost[m.Key] })
		return v
	}
	return value
}
