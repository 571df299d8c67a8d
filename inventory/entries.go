// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"cmp"
	"slices"
	"strconv"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/tree"
)

// entry is what identifies an entry of a text.
type entry struct {
	id, name, path, url string
	ordinal             int
	hosts               []string
}

// entryMatchers find the entries of a section again as Merge found the objects: what Merge put together has one ordinal, and what
// stayed as it was is equal in all that identifies it.
var (
	entryMatcher = func() matcher[entry] {
		m := byPath("", func(e *entry) *string { return &e.id }, func(e entry) string { return e.name }, func(e entry) string { return e.path })
		m.keys = slices.Concat([]matchKey[entry]{
			{of: func(e entry) string { return key(append([]string{e.id, e.name, e.path, e.url}, e.hosts...)...) }},
		}, m.keys)
		return m
	}()
	hostEntryMatcher = func() matcher[entry] {
		m := entryMatcher
		// A host that is put into a folder is still the host of that name.
		m.path = func(entry) string { return "" }
		m.keys = []matchKey[entry]{{of: m.name}, {of: func(e entry) string { return wasCalled(e.name) }}}
		return m
	}()
	datastoreEntryMatcher = func() matcher[entry] {
		m := entryMatcher
		m.keys = slices.Concat([]matchKey[entry]{{of: func(e entry) string {
			if e.ordinal == 0 {
				return ""
			}
			return strconv.Itoa(e.ordinal)
		}}}, m.keys[:1], []matchKey[entry]{
			{of: func(e entry) string { return bothOf(e.url, e.path) }},
			{of: func(e entry) string { return e.url }},
			{of: m.path},
			{of: func(e entry) string { return key(append([]string{e.name}, e.hosts...)...) }, weak: true},
			{of: m.name, weak: true},
		})
		return m
	}()
)

// pairEntries gives for each entry of a section the position that it has now, or -1.
func pairEntries(section string, from, to []*yaml.Node, hosts map[string]string) []int {
	m := entryMatcher
	switch section {
	case "hosts":
		m = hostEntryMatcher
	case "datastores":
		m = datastoreEntryMatcher
	}
	return m.pair(identities(from, hosts), identities(to, nil), func(string) bool { return false })
}

// hostsNow gives the names that hosts have now by those that they had.
func hostsNow(from, to []*yaml.Node) map[string]string {
	names := map[string]string{}
	for i, j := range pairEntries("hosts", from, to, nil) {
		if j >= 0 {
			names[tree.String(from[i], "name")] = tree.String(to[j], "name")
		}
	}
	return names
}

func entries(root *yaml.Node, section string) []*yaml.Node {
	if n := tree.Get(root, section); n != nil && n.Kind == yaml.SequenceNode {
		return n.Content
	}
	return nil
}

func identities(nodes []*yaml.Node, hosts map[string]string) []entry {
	out := make([]entry, 0, len(nodes))
	for _, n := range nodes {
		e := entry{id: tree.String(n, "id"), path: tree.String(n, "path"), url: tree.String(n, "url")}
		e.name = cmp.Or(tree.String(n, "name"), e.path)
		e.ordinal, _ = strconv.Atoi(tree.String(n, "ordinal"))
		for _, h := range entries(n, "hosts") {
			e.hosts = append(e.hosts, cmp.Or(hosts[h.Value], h.Value))
		}
		slices.Sort(e.hosts)
		out = append(out, e)
	}
	return out
}
