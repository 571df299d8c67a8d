// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"path"
	"strings"

	"github.com/vspread/vspread/internal/diag"
)

// Object is what the different vSphere objects have in common when a manifest refers to them.
type Object struct {
	// Name is the last element of the path where the kind has no name of its own.
	Name, Path, ID string
}

// Spelling is how the object is written into a manifest: by its full inventory path where that is
// known, which is unique in a vCenter as a name is not.
func (o Object) Spelling() string {
	if o.Path != "" {
		return o.Path
	}
	return o.Name
}

// Object is what identifies the datastore and how it is spelled.
func (d Datastore) Object() Object { return Object{d.Name, d.Path, d.ID} }

// Class is a class of vSphere objects, in the word of messages.
type Class string

// The classes that manifests refer to.
const (
	DatacenterClass   Class = "datacenter"
	DatastoreClass    Class = "datastore"
	FolderClass       Class = "folder"
	NetworkClass      Class = "network"
	ResourcePoolClass Class = "resource pool"
	TemplateClass     Class = "template"
)

// list is the objects of one class of an inventory, whatever their type is.
type list struct {
	class  Class
	plural string
	len    int
	object func(i int) Object
	// id is where the object of an index has its id.
	id func(i int) *string
}

// classes are the objects of all classes, in the order in which Format writes them.
func (inv *Inventory) classes() []list {
	return []list{
		listOf(datacenterMatcher, inv.Datacenters),
		listOf(clusterMatcher, inv.Clusters),
		listOf(hostMatcher, inv.Hosts),
		listOf(datastoreMatcher, inv.Datastores),
		listOf(podMatcher, inv.DatastoreClusters),
		listOf(networkMatcher, inv.Networks),
		listOf(poolMatcher, inv.ResourcePools),
		listOf(folderMatcher, inv.Folders),
		listOf(templateMatcher, inv.Templates),
		listOf(policyMatcher, inv.StoragePolicies),
	}
}

func listOf[T any](m matcher[T], all []T) list {
	plural := m.word + "s"
	if stem, ok := strings.CutSuffix(m.word, "y"); ok {
		plural = stem + "ies"
	}
	return list{
		class: Class(m.word), plural: plural, len: len(all),
		object: func(i int) Object { return Object{m.name(all[i]), m.path(all[i]), *m.id(&all[i])} },
		id:     func(i int) *string { return m.id(&all[i]) },
	}
}

// Objects lists all objects of a class.
func (inv *Inventory) Objects(class Class) []Object {
	var out []Object
	for _, l := range inv.classes() {
		if l.class != class {
			continue
		}
		for i := range l.len {
			o := l.object(i)
			if o.Name == "" || class == FolderClass || class == ResourcePoolClass { // these have no other name
				o.Name = path.Base(o.Path)
			}
			out = append(out, o)
		}
	}
	return out
}

// Contents counts the objects of each class in words, such as "3 hosts, 4 datastores".
func (inv *Inventory) Contents() string {
	var words []string
	for _, l := range inv.classes() {
		if l.len > 0 {
			words = append(words, diag.Count(l.len, string(l.class), l.plural))
		}
	}
	return strings.Join(words, ", ")
}

// WithoutIDs gives the inventory as one that belongs to no vCenter: what is in it is found again by names, paths and
// urls alone.
func (inv Inventory) WithoutIDs() Inventory {
	inv.canonicalise()
	inv.InstanceID = ""
	for _, l := range inv.classes() {
		for i := range l.len {
			*l.id(i) = ""
		}
	}
	return inv
}
