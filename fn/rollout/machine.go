// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"cmp"
	"path"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// machine is one machine of a group.
type machine struct {
	at                 place
	memoryMiB, diskGiB int
	// datastore is what the inventory knows of its datastore, if anything.
	datastore *inventory.Datastore
}

// place is where a machine is: a datastore, and its host where the datastore has only one. The path tells
// datastores of one name apart, and the vCenter those of one path.
type place struct{ host, datastore, path, vCenter string }

// machineOf finds out what machines of a template are and where they run; the template is nil where the side has none.
func (s *side) machineOf(cluster object.Key, template *object.Object, failureDomain string) machine {
	var m machine
	spec := s.spec(template)
	if zone, ok := s.zones[failureDomain]; ok {
		spec = zone.Over(spec)
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
	m.memoryMiB = cmp.Or(number(tree.Get(spec, "memoryMiB")), 2048) // CAPV's default
	m.diskGiB = number(tree.Get(spec, "diskGiB"))
	if m.diskGiB == 0 {
		m.diskGiB = s.templateDisk(cluster, tree.String(spec, "template"), datacenter)
	}
	for _, size := range tree.List(spec, "additionalDisksGiB") {
		m.diskGiB += number(size)
	}
	for _, disk := range tree.List(spec, "dataDisks") {
		m.diskGiB += number(tree.Get(disk, "sizeGiB"))
	}
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

// templateDisk is the size of the disk of a vSphere template.
func (s *side) templateDisk(cluster object.Key, ref, datacenter string) int {
	o, ok := s.lookUp(cluster, inventory.TemplateClass, ref, datacenter)
	if !ok {
		return 0
	}
	for _, t := range s.inventory(cluster).Templates {
		if t.Name == o.Name && t.Path == o.Path && t.ID == o.ID {
			return t.DiskGiB
		}
	}
	return 0
}

// shortName is the last part of an inventory path.
func shortName(ref string) string {
	if strings.HasPrefix(ref, "/") {
		return path.Base(ref)
	}
	return ref
}

func number(n *yaml.Node) int {
	if n == nil || n.Kind != yaml.ScalarNode {
		return 0
	}
	i, err := strconv.Atoi(n.Value)
	if err != nil || i < 0 || i > 1<<24 {
		return 0 // no host has as much, and sums must not overflow
	}
	return i
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
