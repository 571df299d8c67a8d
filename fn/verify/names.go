// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"slices"
	"strings"
)

// names finds pools by the names of virtual machines. A name has no namespace, and one for Windows not even the whole of the
// MachineDeployment's, so there may be several.
type names struct {
	// byPrefix has the patterns by what stands before their first random character, of which there are not many lengths.
	byPrefix map[string][]pattern
	lengths  []int
}

// pattern is a name with random characters, and the pools whose virtual machines are called so.
type pattern struct {
	text  string
	pools []*pool
}

// add notes the names of a pool's virtual machines, or, with no pool, of machines that belong to something else.
func (n *names) add(text string, p *pool) {
	if n.byPrefix == nil {
		n.byPrefix = map[string][]pattern{}
	}
	prefix, _, _ := strings.Cut(text, anyCharacter)
	if i, found := slices.BinarySearch(n.lengths, len(prefix)); !found {
		n.lengths = slices.Insert(n.lengths, i, len(prefix))
	}
	all := n.byPrefix[prefix]
	i := slices.IndexFunc(all, func(x pattern) bool { return x.text == text })
	if i < 0 {
		i, all = len(all), append(all, pattern{text: text})
	}
	if p != nil {
		all[i].pools = append(all[i].pools, p)
	}
	n.byPrefix[prefix] = all
}

// find gives the pools that a virtual machine of this name may be of, and tells whether the name is known at all.
func (n *names) find(machine string) (pools []*pool, known bool) {
	for _, length := range n.lengths {
		if length > len(machine) {
			break
		}
		for _, x := range n.byPrefix[machine[:length]] {
			if matches(x.text, machine) {
				pools, known = append(pools, x.pools...), true
			}
		}
	}
	return pools, known
}
