// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// side is one side with what was looked up in its inventories and templates.
type side struct {
	Side
	// other is the other side, whose inventory helps where this one has none.
	other *side
	// specs are those of templates in v1beta2 form.
	specs map[*object.Object]*yaml.Node
	// prints are the fingerprints of specs.
	prints  map[*object.Object]string
	zones   site.Zones
	classes map[classKey]*inventory.Finder
	found   map[lookup][]inventory.Object
	stores  map[*inventory.Inventory]map[inventory.Object]inventory.Datastore
	// byID are datastores by their ids, templates positions among an inventory's.
	byID      map[*inventory.Inventory]map[string]inventory.Datastore
	templates map[*inventory.Inventory]map[inventory.Object]int
	losses    map[*inventory.Template]*lostTemplate
	// directories are those of the inventories.
	directories map[*inventory.Inventory]*inventory.Directory
}

// lostTemplate is a template of vSphere of which no machine can be made any more.
type lostTemplate struct {
	name string
	// on are the datastores that it was on.
	on string
}

type classKey struct {
	inv   *inventory.Inventory
	class inventory.Class
}

type lookup struct {
	classKey
	ref, datacenter string
}

func newSide(s Side) *side {
	if s.Objects == nil {
		s.Objects = object.NewSet(nil)
	}
	if s.Hidden == nil {
		s.Hidden = object.NewSet(nil)
	}
	return &side{
		Side:        s,
		specs:       map[*object.Object]*yaml.Node{},
		prints:      map[*object.Object]string{},
		zones:       site.ReadZones(s.Objects),
		classes:     map[classKey]*inventory.Finder{},
		found:       map[lookup][]inventory.Object{},
		stores:      map[*inventory.Inventory]map[inventory.Object]inventory.Datastore{},
		byID:        map[*inventory.Inventory]map[string]inventory.Datastore{},
		templates:   map[*inventory.Inventory]map[inventory.Object]int{},
		losses:      map[*inventory.Template]*lostTemplate{},
		directories: map[*inventory.Inventory]*inventory.Directory{},
	}
}

// find gives the object that a reference in another one means, or nil.
func (s *side) find(r reference, from *object.Object) *object.Object {
	if r.name == "" {
		return nil
	}
	return s.Objects.Get(object.NewKey(r.group, r.kind, from.Ref.Namespace, r.name))
}

// inventory is the one of a Cluster, or nil.
func (s *side) inventory(cluster object.Key) *inventory.Inventory {
	for _, from := range []*side{s, s.other} {
		for _, k := range []object.Key{cluster, {}} {
			if inv := from.Inventories[k]; inv != nil {
				return inv
			}
		}
	}
	return nil
}

// lookUp gives what a name, path or id means in the inventory of a Cluster; false when that is not one object.
func (s *side) lookUp(cluster object.Key, class inventory.Class, ref, datacenter string) (inventory.Object, bool) {
	inv := s.inventory(cluster)
	if inv == nil || ref == "" {
		return inventory.Object{}, false
	}
	at := lookup{classKey{inv, class}, ref, datacenter}
	found, known := s.found[at]
	if !known {
		all, listed := s.classes[at.classKey]
		if !listed {
			all = inventory.NewFinder(inv.Objects(class), class)
			s.classes[at.classKey] = all
		}
		if class != inventory.DatacenterClass {
			if dc, ok := s.lookUp(cluster, inventory.DatacenterClass, datacenter, ""); ok {
				datacenter = dc.Path
			}
		}
		found = all.Find(ref, datacenter)
		s.found[at] = found
	}
	if len(found) != 1 {
		return inventory.Object{}, false
	}
	return found[0], true
}

// datastore gives a datastore of the inventory of a Cluster.
func (s *side) datastore(cluster object.Key, ref, datacenter string) (inventory.Datastore, bool) {
	o, ok := s.lookUp(cluster, inventory.DatastoreClass, ref, datacenter)
	if !ok {
		return inventory.Datastore{}, false
	}
	inv := s.inventory(cluster)
	if s.stores[inv] == nil {
		s.stores[inv] = make(map[inventory.Object]inventory.Datastore, len(inv.Datastores))
		for _, d := range inv.Datastores {
			s.stores[inv][inventory.Object{Name: d.Name, Path: d.Path, ID: d.ID}] = d
		}
	}
	d, ok := s.stores[inv][o]
	return d, ok
}

// sameDatastore gives the datastore that one of the other side is here: the same object of vSphere whatever it is called,
// or where ids are not known the one of its name.
func (s *side) sameDatastore(cluster object.Key, of inventory.Datastore) (inventory.Datastore, bool) {
	inv := s.inventory(cluster)
	if inv == nil {
		return inventory.Datastore{}, false
	}
	if s.byID[inv] == nil {
		s.byID[inv] = make(map[string]inventory.Datastore, len(inv.Datastores))
		for _, d := range slices.Backward(inv.Datastores) { // the first of equal ones counts
			s.byID[inv][d.ID] = d
		}
	}
	if d, ok := s.byID[inv][of.ID]; ok && of.ID != "" {
		return d, true
	}
	for _, ref := range []string{of.Path, of.Name} {
		if d, ok := s.datastore(cluster, ref, ""); ok && (of.ID == "" || d.ID == "") {
			return d, true
		}
	}
	return inventory.Datastore{}, false
}

// spec gives what a template makes, in v1beta2 form; nil where there is none.
func (s *side) spec(template *object.Object) *yaml.Node {
	if template == nil {
		return nil
	}
	if spec, ok := s.specs[template]; ok {
		return spec
	}
	spec := tree.Get(template.Node, "spec", "template", "spec")
	isWhole := spec != nil && spec.Kind == yaml.MappingNode && isVSphere(template) && convert.IsMachineSpec(spec, template.Version())
	if !isWhole {
		spec = tree.Clone(spec)
	}
	if spec != nil && spec.Kind == yaml.MappingNode && !isWhole {
		switch {
		case isVSphere(template):
			convert.MachineSpec(spec, template.Version())
		case template.Group() == bootstrapGroup && template.Ref.Kind == "KubeadmConfigTemplate":
			convert.KubeadmConfig(spec, template.Version())
		}
	}
	s.specs[template] = spec
	return spec
}

// fingerprint is equal for templates that make the same.
func (s *side) fingerprint(template *object.Object) string {
	print, ok := s.prints[template]
	if !ok {
		print = fingerprint(s.spec(template))
		s.prints[template] = print
	}
	return print
}
