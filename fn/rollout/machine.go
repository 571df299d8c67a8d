// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// machine is one machine of a group.
type machine struct {
	at                 place
	memoryMiB, diskGiB int
	// ignored are the fields of the template that have no effect.
	ignored []site.Ignored
	// datastore is what the inventory knows of its datastore, if anything.
	datastore *inventory.Datastore
	// template is what the inventory knows of its template, if anything.
	template *inventory.Template
}

// place is where a machine is: a datastore, and its host where the datastore has only one. The path tells
// datastores of one name apart, and the vCenter those of one path.
type place struct{ host, datastore, path, vCenter string }

// machineOf finds out what machines of a template are and where they run; the template is nil where the side has none.
func (s *side) machineOf(cluster object.Key, template *object.Object, failureDomain string) machine {
	var m machine
	made := site.Made{Machine: s.spec(template)}
	spec := made.Machine
	if zone, ok := s.zones[failureDomain]; ok {
		made.Zone, spec = &zone, zone.Over(spec)
	}
	ref, datacenter := tree.String(spec, "datastore"), tree.String(spec, "datacenter")
	m.at = place{datastore: shortName(ref), path: ref}
	if d, ok := s.datastore(cluster, ref, datacenter); ok {
		m.datastore = &d
		m.at = s.placeOf(cluster, d)
	}
	if template == nil || !isVSphere(template) {
		return m
	}
	m.template = s.vSphereTemplate(cluster, tree.String(spec, "template"), datacenter)
	made.Template = m.template
	size := made.Size()
	m.memoryMiB, m.diskGiB = size.MemoryMiB, size.DisksGiB
	m.ignored = made.Ignored()
	return m
}

// placeOf is where machines on a datastore are.
func (s *side) placeOf(cluster object.Key, d inventory.Datastore) place {
	at := place{datastore: d.Name, path: d.Path}
	if inv := s.inventory(cluster); inv != nil {
		at.vCenter = cmp.Or(inv.InstanceID, inv.Server)
	}
	if d.IsLocal() {
		at.host = d.Hosts[0]
	}
	return at
}

// placeHere is the place of a machine of the other side under the names of this one.
func (s *side) placeHere(cluster object.Key, of machine) place {
	if of.datastore == nil || s.inventory(cluster) == nil {
		return of.at
	}
	if d, ok := s.sameDatastore(cluster, *of.datastore); ok {
		return s.placeOf(cluster, d)
	}
	return of.at
}

// vSphereTemplate is what the inventory knows of a template, or nil.
func (s *side) vSphereTemplate(cluster object.Key, ref, datacenter string) *inventory.Template {
	o, ok := s.lookUp(cluster, inventory.TemplateClass, ref, datacenter)
	if !ok {
		return nil
	}
	inv := s.inventory(cluster)
	if s.templates[inv] == nil {
		s.templates[inv] = make(map[inventory.Object]int, len(inv.Templates))
		for i, t := range slices.Backward(inv.Templates) { // the first of equal ones counts
			s.templates[inv][inventory.Object{Name: t.Name, Path: t.Path, ID: t.ID}] = i
		}
	}
	if i, ok := s.templates[inv][o]; ok {
		return &inv.Templates[i]
	}
	return nil
}

// shortName is the last part of an inventory path.
func shortName(ref string) string {
	if strings.HasPrefix(ref, "/") {
		return path.Base(ref)
	}
	return ref
}

// isSamePlace tells whether machines of two sides are on one datastore, whatever it and its host are called.
func (m machine) isSamePlace(as machine) bool {
	if m.datastore == nil || as.datastore == nil {
		return m.at == as.at
	}
	was, is := *m.datastore, *as.datastore
	if was.ID != "" && is.ID != "" {
		return was.ID == is.ID
	}
	return was.Path == is.Path && was.Name == is.Name
}
