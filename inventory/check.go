// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"fmt"
	"slices"

	"github.com/vspread/vspread/internal/diag"
)

// check finds what contradicts itself: names that are missing or stand twice, mount lists that name
// unknown hosts, states and ordinals that are not to be.
func (inv *Inventory) check(at diag.Where) diag.List {
	c := checker{at: at}
	hosts := c.hosts(inv.Hosts)
	c.datastores(inv.Datastores, hosts)
	for i, x := range inv.Datacenters {
		c.required(x.Name, "datacenters[%d].name", i)
	}
	for i, x := range inv.Clusters {
		c.required(x.Name, "clusters[%d].name", i)
	}
	for i, x := range inv.DatastoreClusters {
		c.required(x.Name, "datastoreClusters[%d].name", i)
	}
	for i, x := range inv.Networks {
		c.required(x.Name, "networks[%d].name", i)
		c.known(x.Hosts, hosts, fmt.Sprintf("networks[%d].hosts", i))
	}
	for i, x := range inv.ResourcePools {
		c.required(x.Path, "resourcePools[%d].path", i)
	}
	for i, x := range inv.Folders {
		c.required(x.Path, "folders[%d].path", i)
	}
	for i, x := range inv.Templates {
		c.required(x.Name, "templates[%d].name", i)
	}
	for i, x := range inv.StoragePolicies {
		c.required(x.Name, "storagePolicies[%d].name", i)
	}
	return c.diags
}

type checker struct {
	at    diag.Where
	diags diag.List
	// unknown counts the names of hosts that there are not.
	unknown int
}

// errorf reports a field of the text.
func (c *checker) errorf(code diag.Code, field, format string, args ...any) *diag.Diagnostic {
	return c.diags.Errorf(code, c.at.Dot(field), format, args...)
}

func (c *checker) required(value, path string, index int) {
	if value == "" {
		c.errorf(diag.MissingField, fmt.Sprintf(path, index), "is missing")
	}
}

// manyUnknown is from how many names of unknown hosts on they are no slips of the pen, and nothing like them is looked for.
const manyUnknown = 100

// known reports those of names that no host has.
func (c *checker) known(names []string, hosts *knownHosts, path string) {
	for i, n := range names {
		if hosts.has[n] {
			continue
		}
		d := c.errorf(diag.InconsistentInventory, fmt.Sprintf("%s[%d]", path, i), "there is no host %q", n)
		switch c.unknown++; {
		case c.unknown <= manyUnknown:
			d.DidYouMean(n, hosts.names, "known are")
		default:
			if hosts.words == "" {
				hosts.words = diag.Choices(hosts.names)
			}
			d.WithHint("known are %s", hosts.words)
		}
	}
}

// knownHosts are the names of the hosts of an inventory.
type knownHosts struct {
	names []string
	has   map[string]bool
	// words lists them for a message, once one is needed.
	words string
}

func (c *checker) hosts(hosts []Host) *knownHosts {
	names := make([]string, 0, len(hosts))
	seen := make(map[string]bool, len(hosts))
	for i, h := range hosts {
		c.required(h.Name, "hosts[%d].name", i)
		if seen[h.Name] {
			c.errorf(diag.InconsistentInventory, fmt.Sprintf("hosts[%d].name", i), "host %q stands twice", h.Name).WithHint("keep one")
		}
		seen[h.Name] = true
		names = append(names, h.Name)
		c.state(h.State, fmt.Sprintf("hosts[%d].state", i), Connected, Maintenance, Disconnected, Gone)
		c.notNegative(h.CPUs, fmt.Sprintf("hosts[%d].cpus", i))
		c.notNegative(h.MemoryMiB, fmt.Sprintf("hosts[%d].memoryMiB", i))
	}
	return &knownHosts{names: names, has: seen}
}

func (c *checker) datastores(datastores []Datastore, hosts *knownHosts) {
	first := map[string]int{}
	unique := func(i int, what, value string) {
		if value == "" {
			return
		}
		if j, ok := first[what+value]; ok {
			c.errorf(diag.InconsistentInventory, fmt.Sprintf("datastores[%d].%s", i, what), "%s %s is that of datastores[%d] as well", what, value, j).
				WithHint("keep one of the two; datastores of one name need a path or an id each")
			return
		}
		first[what+value] = i
	}
	for i, d := range datastores {
		c.required(d.Name, "datastores[%d].name", i)
		unique(i, "path", d.Path)
		unique(i, "id", d.ID)
		if d.Path == "" && d.ID == "" {
			unique(i, "name", d.Name)
		}
		if d.Ordinal != 0 {
			unique(i, "ordinal", fmt.Sprint(d.Ordinal))
		}
		c.state(d.State, fmt.Sprintf("datastores[%d].state", i), Connected, Maintenance, Inaccessible, Gone)
		if d.URL != "" && !IsURL(d.URL) {
			c.errorf(diag.InvalidValue, fmt.Sprintf("datastores[%d].url", i), "%q is no url of a datastore", d.URL).
				WithHint("write it as vCenter shows it: ds:///vmfs/volumes/…/")
		}
		c.notNegative(d.Ordinal, fmt.Sprintf("datastores[%d].ordinal", i))
		c.notNegative(d.CapacityGiB, fmt.Sprintf("datastores[%d].capacityGiB", i))
		c.notNegative(d.FreeGiB, fmt.Sprintf("datastores[%d].freeGiB", i))
		if d.Local != nil && *d.Local && len(d.Hosts) == 0 {
			c.errorf(diag.InconsistentInventory, fmt.Sprintf("datastores[%d].local", i), "datastore %q is local and no host mounts it", d.Name).
				WithHint("name its host in hosts")
		}
		c.known(d.Hosts, hosts, fmt.Sprintf("datastores[%d].hosts", i))
		mounts := map[string]bool{}
		for _, h := range d.Hosts {
			if mounts[h] {
				c.errorf(diag.InconsistentInventory, fmt.Sprintf("datastores[%d].hosts", i), "%q stands twice", h).WithHint("keep one")
			}
			mounts[h] = true
		}
	}
}

func (c *checker) state(s State, path string, allowed ...State) {
	if s == "" || slices.Contains(allowed, s) {
		return
	}
	var words []string
	for _, a := range allowed {
		words = append(words, string(a))
	}
	d := c.errorf(diag.InvalidValue, path, "unknown state %q", s)
	d.WithHint("one of %s", diag.Choices(words))
}

func (c *checker) notNegative(n int, path string) {
	if n < 0 {
		c.errorf(diag.InvalidValue, path, "must not be negative, is %d", n)
	}
}
