// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"slices"
	"strings"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vspread/vspread/inventory"
)

// builder makes an inventory of what was read.
type builder struct {
	*tree
	chosen *selection
	tags   map[types.ManagedObjectReference]inventory.Tags
	// fields are those of objects that could not be read, by id.
	fields map[string][]string
	// crowded are datastores that other hosts mount as well: hosts out of scope or sight, or such that say so.
	crowded map[string]bool
	// sayers are the hosts that say that they mount a datastore.
	sayers map[types.ManagedObjectReference][]*node
}

// doubt notes fields of an object that could not be read, or not whole.
func (b *builder) doubt(n *node, fields ...string) {
	b.fields[n.ref.Value] = append(b.fields[n.ref.Value], fields...)
}

// names gives the names of objects, and how many of them are not visible.
func (b *builder) names(refs []types.ManagedObjectReference) (names []string, hidden int) {
	for _, ref := range refs {
		if n := b.nodes[ref]; n != nil && n.name != "" {
			names = append(names, n.name)
		} else {
			hidden++
		}
	}
	slices.Sort(names)
	return names, hidden
}

// datastoreNames is names for datastores, by path, else id, where the name is not that of one alone.
func (b *builder) datastoreNames(refs []types.ManagedObjectReference) (names []string, hidden int) {
	for _, ref := range refs {
		if n := b.nodes[ref]; n != nil && n.name != "" {
			names = append(names, b.spelled(n))
		} else {
			hidden++
		}
	}
	slices.Sort(names)
	return names, hidden
}

// nearest divides and rounds.
func nearest(n, unit int64) int64 { return (n + unit/2) / unit }

// home is the datastore in a path such as "[datastore1] machine/machine.vmx".
func home(path string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(path, "["), "] ")
	return strings.TrimSuffix(name, "]")
}
