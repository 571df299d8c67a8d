// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"regexp"
	"slices"
	"strings"
)

// windowsName is what CAPV makes of such a name for Windows, which allows 15 characters: the first nine, without a
// dash at their end, and the last five.
var windowsName = regexp.MustCompile(`^(.{1,9})-[a-z0-9]{5}$`)

// machineVariable is the name of a Machine in CAPV's template for the names of virtual machines.
var machineVariable = regexp.MustCompile(`\{\{-?\s*\.machine\.name\s*-?\}\}`)

// names finds pools by the names of virtual machines. A name has no namespace, and one for Windows not even that of the
// MachineDeployment, so there may be several.
type names struct {
	whole, short map[string][]*pool
	templates    []template
	// others are the names of everything in git.
	others map[string]bool
}

type template struct {
	name *regexp.Regexp
	pool *pool
}

// add notes a pool whose machines have this operating system and, if any, this template for names.
func (n *names) add(p *pool, os, naming string) {
	if n.whole == nil {
		n.whole, n.short = map[string][]*pool{}, map[string][]*pool{}
	}
	switch {
	case naming != "":
		n.addTemplate(p, naming, os == "Windows")
	case os == "Windows":
		// Whatever the random characters, only a very short name leaves some of them among the first nine.
		name := p.Name + "-"
		if len(name) >= 9 {
			prefix := strings.TrimSuffix(name[:9], "-")
			n.short[prefix] = append(n.short[prefix], p)
			return
		}
		n.templates = append(n.templates, template{regexp.MustCompile("^" + regexp.QuoteMeta(name) + "[a-z0-9-]*-[a-z0-9]{5}$"), p})
	default:
		n.whole[p.Name] = append(n.whole[p.Name], p)
	}
}

// addTemplate understands a template that puts something around the Machine's name. Others may do anything.
func (n *names) addTemplate(p *pool, naming string, windows bool) {
	parts := machineVariable.Split(naming, -1)
	if windows || len(parts) != 2 || strings.Contains(parts[0]+parts[1], "{{") {
		p.unnamed = true
		return
	}
	expr := "^" + regexp.QuoteMeta(parts[0]+p.Name) + "-[a-z0-9]{5}-[a-z0-9]{5}" + regexp.QuoteMeta(parts[1]) + "$"
	n.templates = append(n.templates, template{regexp.MustCompile(expr), p})
}

// pools gives the pools that a virtual machine of this name may be of.
func (n *names) pools(machine string) []*pool {
	var out []*pool
	if m := machineName.FindStringSubmatch(machine); m != nil {
		out = slices.Clone(n.whole[m[1]])
	}
	if m := windowsName.FindStringSubmatch(machine); m != nil {
		out = append(out, n.short[m[1]]...)
	}
	for _, t := range n.templates {
		if t.name.MatchString(machine) {
			out = append(out, t.pool)
		}
	}
	return out
}
