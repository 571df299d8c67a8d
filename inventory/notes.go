// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"regexp"
	"slices"
	"strings"
)

// gaps gives those of this reading, and those about what lies outside of its scope.
func (m *merger) gaps(old, read []string) []string {
	if m.read.Scope.isWhole() {
		return read
	}
	out := slices.Clone(read)
	for _, note := range old {
		at := strings.Index(note, " /")
		if at < 0 || strings.Contains(note[:at], ":") {
			continue // it is about the vCenter as a whole
		}
		p, _, _ := strings.Cut(note[at+1:], ": ")
		if !m.pathWithin(p) {
			out = append(out, note)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// contradiction is what a disagreement is about: a datastore or network by its path, else name, and perhaps a host.
var contradiction = regexp.MustCompile(`^(datastore|network) (.*?): (?:(?:host|it says that host) (\S+) |)`)

// disagreements gives those of this reading, and those remembered ones of which it could not see both sides. Out is what both make
// of the inventory.
func (m *merger) disagreements(old, read []string, out *Inventory) []string {
	var notes []string
	for _, note := range read {
		notes = append(notes, m.withPath(note, out))
	}
	for _, note := range old {
		found := contradiction.FindStringSubmatch(note)
		if found == nil {
			if !m.read.Scope.isWhole() {
				notes = append(notes, note)
			}
			continue
		}
		if m.cannotJudge(found[1], found[2], out) || found[3] != "" && m.cannotHear(found[3]) {
			notes = append(notes, note)
		}
	}
	slices.Sort(notes)
	return slices.Compact(notes)
}

// withPath gives a note about something whose path this reading could not see the path that is remembered.
func (m *merger) withPath(note string, out *Inventory) string {
	found := contradiction.FindStringSubmatchIndex(note)
	if found == nil {
		return note
	}
	label := note[found[4]:found[5]]
	rename := func(name, path, id string) bool {
		return (name == label || id == label) && path != "" && slices.Contains(m.read.Unread[id], "path")
	}
	path := ""
	for _, d := range out.Datastores {
		if note[found[2]:found[3]] == "datastore" && rename(d.Name, d.Path, d.ID) {
			path = d.Path
		}
	}
	for _, n := range out.Networks {
		if note[found[2]:found[3]] == "network" && rename(n.Name, n.Path, n.ID) {
			path = n.Path
		}
	}
	if path == "" {
		return note
	}
	return note[:found[4]] + path + note[found[5]:]
}

// cannotJudge tells whether what a datastore or network says could not be read, though it is there.
func (m *merger) cannotJudge(class, label string, out *Inventory) bool {
	called := func(name, path string) bool { return path == label || path == "" && name == label }
	if class == "datastore" {
		for _, d := range out.Datastores {
			if called(d.Name, d.Path) && d.State != Gone {
				seen := slices.ContainsFunc(m.read.Seen.Datastores, func(x Datastore) bool { return x.ID == d.ID && x.Name == d.Name })
				return !seen || slices.Contains(m.read.Unread[d.ID], "hosts")
			}
		}
	} else {
		for _, n := range out.Networks {
			if called(n.Name, n.Path) {
				seen := slices.ContainsFunc(m.read.Seen.Networks, func(x Network) bool { return x.ID == n.ID && x.Name == n.Name })
				return !seen || slices.Contains(m.read.Unread[n.ID], "hosts") || slices.Contains(m.read.Unread[n.ID], "security")
			}
		}
	}
	return false
}

// cannotHear tells whether what a host says could not be read, though it is there.
func (m *merger) cannotHear(name string) bool {
	h, known := m.old.Host(name)
	switch {
	case !known || h.State == Gone || m.absent[name]:
		return false
	case !m.seen[name]:
		return true
	}
	for _, s := range m.read.Seen.Hosts {
		if s.Name == name {
			return slices.Contains(m.read.Unread[s.ID], "datastores")
		}
	}
	return false
}
