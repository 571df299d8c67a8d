// SPDX-License-Identifier: Apache-2.0

package site

import (
	"slices"

	"github.com/vspread/vspread/inventory"
)

// indexes are what many pools look up in one inventory; each is made when it is needed first.
type indexes struct {
	inv       *inventory.Inventory
	directory *inventory.Directory
	templates map[inventory.Object]int
	// mounts are the paths of datastores by the hosts that mount them.
	mounts map[string][]string
	roots  *inventory.RootPools
	// files are the datastores of templates, allowed those of policies, by the id and name of the policy.
	files   map[inventory.Object][]inventory.Datastore
	allowed map[[2]string]map[inventory.Object]bool
	// ages are the lowest ordinals of local datastores by host.
	ages map[string]int
	// ofClusters are the tags of compute clusters by path.
	ofClusters map[string]inventory.Tags
	// inPods are the tags of the datastore clusters that a datastore is in.
	inPods map[inventory.Object][]inventory.Tags
}

// Directory looks up datacenters and lists of datastores.
func (v *indexes) Directory() *inventory.Directory {
	if v.directory == nil {
		v.directory = v.inv.Directory()
	}
	return v.directory
}

// template gives the first template that is an object.
func (v *indexes) template(o inventory.Object) (inventory.Template, bool) {
	if v.templates == nil {
		v.templates = make(map[inventory.Object]int, len(v.inv.Templates))
		for i, t := range slices.Backward(v.inv.Templates) {
			v.templates[inventory.Object{Name: t.Name, Path: t.Path, ID: t.ID}] = i
		}
	}
	i, ok := v.templates[o]
	if !ok {
		return inventory.Template{}, false
	}
	return v.inv.Templates[i], true
}

// mountedPaths gives the paths of the datastores that a host mounts, as far as they are known.
func (v *indexes) mountedPaths(host string) []string {
	if v.mounts == nil {
		v.mounts = map[string][]string{}
		for _, d := range v.inv.Datastores {
			for _, h := range d.Hosts {
				if d.Path != "" {
					v.mounts[h] = append(v.mounts[h], d.Path)
				}
			}
		}
	}
	return v.mounts[host]
}

// rootPools looks up resource pools by where they are.
func (v *indexes) rootPools() *inventory.RootPools {
	if v.roots == nil {
		v.roots = v.inv.RootPools()
	}
	return v.roots
}

// OfTemplate gives the datastores that a template has files on.
func (v *indexes) OfTemplate(t inventory.Template) []inventory.Datastore {
	if v.files == nil {
		v.files = map[inventory.Object][]inventory.Datastore{}
	}
	o := inventory.Object{Name: t.Name, Path: t.Path, ID: t.ID}
	if _, ok := v.files[o]; !ok {
		v.files[o] = v.Directory().OfTemplate(t)
	}
	return v.files[o]
}

// PolicyAllows tells whether a datastore satisfies a storage policy of the inventory.
func (v *indexes) PolicyAllows(p inventory.StoragePolicy, d inventory.Datastore) bool {
	if v.allowed == nil {
		v.allowed = map[[2]string]map[inventory.Object]bool{}
	}
	k := [2]string{p.ID, p.Name}
	if v.allowed[k] == nil {
		v.allowed[k] = map[inventory.Object]bool{}
		for _, x := range v.Directory().OfPolicy(p) {
			v.allowed[k][x.Object()] = true
		}
	}
	return v.allowed[k][d.Object()]
}

// Age gives the age of hosts: the ordinal of their oldest local datastore in the inventory, whether it is selected or gone. 0 is
// unknown.
func (v *indexes) Age(hosts []string) int {
	if v.ages == nil {
		v.ages = map[string]int{}
		for _, d := range v.inv.Locals() {
			for _, h := range d.Hosts {
				v.ages[h] = older(v.ages[h], d.Ordinal)
			}
		}
	}
	age := 0
	for _, h := range hosts {
		age = older(age, v.ages[h])
	}
	return age
}

// older gives the lower of two ordinals, where 0 is unknown.
func older(a, b int) int {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
