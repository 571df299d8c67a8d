// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"path"
	"reflect"
	"slices"
	"strings"
)

// Reading is what was read of a vCenter at one time: what was seen, how far it went, and what stayed in
// the dark. Objects are named by their ids, of which a vCenter has no two alike.
type Reading struct {
	// Seen holds the objects within the scope as far as they could be read. Its Gaps say in words what
	// could not.
	Seen Inventory
	// Scope is what was to be read.
	Scope Scope
	// Outside are objects that are there and lie outside of the scope.
	Outside map[string]bool
	// Hidden are objects that are there, or may be, and could not be read at all.
	Hidden map[string]bool
	// Unread are the fields of other objects that could not be read, under the names that they have in the
	// text of an inventory. The datastores of a host, which has no such field, are what it says that it mounts.
	Unread map[string][]string
	// Crowded are datastores that other hosts mount as well than those that they list: hosts out of scope or sight, or such that
	// say so and are not listed.
	Crowded map[string]bool
	// Limited tells that the user does not see everything: what was not seen may be there all the same.
	Limited bool
}

// Scope is the part of a vCenter that was to be read. The zero value is all of it.
type Scope struct {
	// Datacenters are the inventory paths of those that were read.
	Datacenters []string
	// Cluster is a glob over the names of the compute clusters that were read.
	Cluster string
}

func (s Scope) isWhole() bool { return len(s.Datacenters) == 0 && s.Cluster == "" }

// holds tells whether a path lies in the datacenters of the scope. What has no path lies nowhere.
func (s Scope) holds(p string) bool {
	return len(s.Datacenters) == 0 || slices.ContainsFunc(s.Datacenters, func(dc string) bool { return within(p, dc) })
}

// names tells whether a compute cluster of that name is one of the scope.
func (s Scope) names(cluster string) bool {
	matched, _ := path.Match(s.Cluster, cluster)
	return s.Cluster == "" || matched
}

// within tells whether a path is that of an object or of something in it.
func within(p, above string) bool {
	return above != "" && (p == above || strings.HasPrefix(p, above+"/"))
}

// keep puts the remembered values into fields that could not be read. What was not remembered either stays
// as it was read.
func keep[T any](old T, seen *T, fields []string) {
	from, to := reflect.ValueOf(old), reflect.ValueOf(seen).Elem()
	for i := range from.NumField() {
		name, _, _ := strings.Cut(from.Type().Field(i).Tag.Get("json"), ",")
		if slices.Contains(fields, name) && !from.Field(i).IsZero() {
			to.Field(i).Set(from.Field(i))
		}
	}
}
