// SPDX-License-Identifier: Apache-2.0

package expand

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// machineSpecOrder is the order of fields in CAPV's API documentation.
var machineSpecOrder = []string{
	"template", "cloneMode", "snapshot", "server", "thumbprint", "datacenter", "folder", "datastore",
	"storagePolicyName", "resourcePool", "network", "numCPUs", "numCoresPerSocket", "resources", "memoryMiB",
	"diskGiB", "additionalDisksGiB", "customVMXKeys", "tagIDs", "pciDevices", "os", "hardwareVersion",
	"dataDisks", "powerOffMode", "guestSoftPowerOffTimeoutSeconds", "guestSoftPowerOffTimeout", "naming", "namingStrategy",
}

// softPowerOffSeconds is CAPV's documented default. It must be written out: up to 1.16.1 CAPV takes an
// unset timeout for 300 nanoseconds (fixed upstream by pull request 4156).
const softPowerOffSeconds = 300

// machineTemplate gives the VSphereMachineTemplate of a pool, and its name.
func (e *expansion) machineTemplate(pool Pool, group v1alpha1.WorkerGroup, seed seed, at diag.Where) (object.Desired, string) {
	layers := e.layers(pool, group, seed, at)
	template := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	spec := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	if seed.template != nil {
		template = copyOf(seed.template)
		if s := tree.Get(template, "spec", "template", "spec"); s != nil && s.Kind == yaml.MappingNode {
			spec = s
			convert.MachineSpec(spec, seed.template.Version())
		}
	}
	e.fillMachineSpec(spec, layers, pool, seed.template != nil, at)
	tree.Set(template, spec, "spec", "template", "spec")
	e.sane(spec, layers)
	salt := ""
	annotations := maps.Clone(pruneGuards)
	if v, _ := value(layers, "salt"); v != nil {
		salt = v.Value
		annotations[object.SaltAnnotation] = salt
	}
	hash, err := SaltedHash(tree.Get(template, "spec"), salt)
	if err != nil {
		e.unreadable(cmp.Or(seed.template, e.cluster.controlPlaneTemplate), err)
	}
	name := pool.Name + "-" + hash
	convert.MachineSpecIn(spec, string(e.cluster.infrastructure))
	tree.Sort(spec, machineSpecOrder)
	e.head(template, infrastructureGroup+"/"+string(e.cluster.infrastructure), "VSphereMachineTemplate", name, annotations)
	return object.Desired{Node: yaml.NewRNode(template), File: poolFile(pool), Template: true}, name
}

func poolFile(pool Pool) string { return "pools/" + pool.Name + ".yaml" }

// fillMachineSpec sets what a pool's machines are, on top of a seed's spec or of nothing.
func (e *expansion) fillMachineSpec(spec *yaml.Node, layers []layer, pool Pool, seed bool, at diag.Where) {
	for _, field := range machineFields {
		if v, _ := value(layers, field); v != nil {
			tree.Replace(spec, tree.Clone(v), field)
		}
	}
	datacenter := e.placeIn(spec, layers, pool, at)

	reference := func(class inventory.Class, field string, required bool) {
		v, from := value(layers, field)
		switch {
		case v != nil:
			tree.Set(spec, codec.String(e.resolve(class, v.Value, datacenter, from.at.Dot(field))), field)
		default:
			if s, ok := e.only(class, datacenter, at.Dot("machine."+field), required); ok {
				tree.Set(spec, codec.String(s), field)
			}
		}
	}
	reference(inventory.TemplateClass, "template", true)
	reference(inventory.FolderClass, "folder", false)
	e.resourcePool(spec, layers, pool, datacenter, at)
	e.networks(spec, layers, pool, datacenter, at)
	e.size(spec, layers, at)

	tree.Fill(spec, codec.String(string(v1alpha1.FullClone)), "cloneMode")
	tree.Fill(spec, codec.String("Linux"), "os")
	if seed {
		tree.Fill(spec, codec.String("hard"), "powerOffMode") // what CAPV takes an absent value for
	} else {
		tree.Fill(spec, codec.String("trySoft"), "powerOffMode") // as in CAPV's cluster template
	}
	switch tree.String(spec, "powerOffMode") {
	case "trySoft":
		tree.Fill(spec, codec.Int(softPowerOffSeconds), "guestSoftPowerOffTimeoutSeconds")
	default:
		tree.Remove(spec, "guestSoftPowerOffTimeoutSeconds") // CAPV refuses it with the other modes
	}
	if tree.String(spec, "cloneMode") == string(v1alpha1.LinkedClone) {
		_, from := value(layers, "cloneMode")
		e.linkedClone(spec, pool, from.at.Dot("cloneMode"))
	} else {
		tree.Remove(spec, "snapshot")
	}
	tree.Prune(spec, "customVMXKeys")
}

// placeIn pins the machines to the pool's datastore, and thereby to its host. It gives the path of the
// datacenter in which names are looked up.
func (e *expansion) placeIn(spec *yaml.Node, layers []layer, pool Pool, at diag.Where) string {
	// CAPV takes these from the VSphereCluster; in an immutable template a renewed certificate would
	// roll every machine.
	tree.Remove(spec, "server")
	tree.Remove(spec, "thumbprint")
	d := pool.Datastore
	tree.Remove(spec, "datastore") // with what is said about the seed's, which this pool's may be as well
	tree.Set(spec, codec.String(e.spellDatastore(d)), "datastore")

	datacenter := ""
	if dc, ok := e.Inventory.DatacenterOf(d.Path); ok {
		datacenter = dc.Path
		tree.Set(spec, codec.String(e.spell(inventory.DatacenterClass, inventory.Object{Name: dc.Name, Path: dc.Path, ID: dc.ID})), "datacenter")
	} else if v, from := value(layers, "datacenter"); v != nil {
		ref := e.resolve(inventory.DatacenterClass, v.Value, "", from.at.Dot("datacenter"))
		tree.Set(spec, codec.String(ref), "datacenter")
		if found := e.Inventory.Find(inventory.DatacenterClass, v.Value, ""); len(found) == 1 {
			datacenter = found[0].Path
		}
	} else if all := e.listed(inventory.DatacenterClass); len(all) == 1 {
		tree.Set(spec, codec.String(e.spell(inventory.DatacenterClass, all[0])), "datacenter")
	} else if len(all) > 1 {
		e.diags.Errorf(diag.MissingMachineValue, at, "nothing says in which datacenter %s is: %s", d.Name, diag.Choices(spellings(all))).
			WithHint("write the datastore's path in the inventory")
	}
	return datacenter
}

// spellDatastore writes the pool's datastore. CAPV's finder reads a path as a glob, so a name with the
// characters of globs goes by its id.
func (e *expansion) spellDatastore(d inventory.Datastore) string {
	if d.ID != "" && containsGlob(d.Name) {
		return "Datastore:" + d.ID
	}
	return e.spell(inventory.DatastoreClass, inventory.Object{Name: d.Name, Path: d.Path, ID: d.ID})
}

func containsGlob(name string) bool {
	return slices.ContainsFunc([]rune(name), func(r rune) bool { return r == '*' || r == '?' || r == '[' || r == ']' || r == '\\' })
}

func (e *expansion) networks(spec *yaml.Node, layers []layer, pool Pool, datacenter string, at diag.Where) {
	_, from := value(layers, "network")
	devices := tree.List(spec, "network", "devices")
	for i, d := range devices {
		if ref := tree.String(d, "networkName"); ref != "" {
			here := from.at.Dot(from.networks).Index(i)
			name := e.resolve(inventory.NetworkClass, ref, datacenter, here)
			tree.Set(d, codec.String(name), "networkName")
			e.onHost(name, pool, here)
		}
	}
	if len(devices) > 0 {
		return
	}
	if s, ok := e.only(inventory.NetworkClass, datacenter, at.Dot("machine.networks"), true); ok {
		e.onHost(s, pool, at.Dot("machine.networks"))
		tree.Set(spec, &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq, Content: []*yaml.Node{device(s)}}, "network", "devices")
	}
}

// onHost reports a network that the pool's host does not have, where the inventory knows.
func (e *expansion) onHost(network string, pool Pool, at diag.Where) {
	if e.Inventory.IsGone(pool.Datastore) {
		return // a host that is gone has no networks, and its pool no machines
	}
	for _, n := range e.Inventory.Networks {
		if e.spell(inventory.NetworkClass, inventory.Object{Name: n.Name, Path: n.Path, ID: n.ID}) != network || len(n.Hosts) == 0 {
			continue
		}
		for _, h := range pool.Datastore.Hosts {
			if !slices.Contains(n.Hosts, h) {
				e.diags.Errorf(diag.UnknownReference, at, "host %s of datastore %s has no network %s", h, pool.Datastore.Name, network).
					WithHint("name one that it has in an override for the datastore, or leave the datastore out")
			}
		}
	}
}

// size insists on processors and memory. A disk is as large as the template's unless somebody says
// otherwise, and never smaller.
func (e *expansion) size(spec *yaml.Node, layers []layer, at diag.Where) {
	for _, f := range []struct{ name, what string }{{"numCPUs", "how many processors"}, {"memoryMiB", "how much memory"}} {
		if tree.Get(spec, f.name) == nil {
			e.diags.Errorf(diag.MissingMachineValue, at.Dot("machine."+f.name), "nothing says %s the machines have", f.what).
				WithHint("set it here, or give the control plane's VSphereMachineTemplate to vspread")
		}
	}
	template, ok := e.templateOf(spec)
	if !ok || template.DiskGiB == 0 {
		return
	}
	tree.Fill(spec, codec.Int(template.DiskGiB), "diskGiB")
	if n, err := strconv.Atoi(tree.String(spec, "diskGiB")); err == nil && n < template.DiskGiB {
		_, from := value(layers, "diskGiB")
		e.diags.Errorf(diag.InvalidValue, from.at.Dot("diskGiB"), "is %d, and the disk of template %s has %d GiB", n, template.Name, template.DiskGiB).
			WithHint("a clone's disk can be larger than the template's, not smaller")
	}
}

// sane reports values, wherever they come from, that CAPV would refuse or misread.
func (e *expansion) sane(spec *yaml.Node, layers []layer) {
	wrong := func(field, format string, args ...any) {
		_, from := value(layers, field)
		e.diags.Errorf(diag.InvalidValue, from.at.Dot(field), format, args...)
	}
	for _, f := range []struct {
		name string
		min  int
	}{{"numCPUs", 2}, {"memoryMiB", 1}, {"diskGiB", 1}} {
		v := tree.Get(spec, f.name)
		if v == nil || strings.Contains(v.Value, "${") {
			continue
		}
		if n, err := strconv.Atoi(v.Value); v.Kind != yaml.ScalarNode || err != nil || n < f.min {
			wrong(f.name, "must be a whole number of at least %d", f.min)
		}
	}
	for _, name := range []string{"template", "folder", "resourcePool", "datacenter", "cloneMode", "os"} {
		if v := tree.Get(spec, name); v != nil && v.Kind != yaml.ScalarNode {
			wrong(name, "must be a string")
		}
	}
	if mode := tree.String(spec, "powerOffMode"); !slices.Contains([]string{"hard", "soft", "trySoft"}, mode) && !strings.Contains(mode, "${") {
		wrong("powerOffMode", "%q is not hard, soft or trySoft", mode)
	}
	for _, d := range tree.List(spec, "network", "devices") {
		if d.Kind != yaml.MappingNode {
			wrong("network", "has a device that is no mapping")
		}
	}
}

// templateOf finds the template that a spec names.
func (e *expansion) templateOf(spec *yaml.Node) (inventory.Template, bool) {
	found := e.among(inventory.TemplateClass, tree.String(spec, "template"), "")
	if len(found) != 1 {
		return inventory.Template{}, false
	}
	i := slices.IndexFunc(e.Inventory.Templates, func(t inventory.Template) bool {
		return t.Name == found[0].Name && t.Path == found[0].Path
	})
	return e.Inventory.Templates[i], true
}

// linkedClone checks what a linked clone needs: its disks refer to the template's, so the pool's host
// must see a datastore of the template, which must have a snapshot.
func (e *expansion) linkedClone(spec *yaml.Node, pool Pool, at diag.Where) {
	t, ok := e.templateOf(spec)
	if !ok {
		return
	}
	if t.Snapshot != nil && !*t.Snapshot {
		e.diags.Warnf(diag.LinkedCloneOutOfReach, at, "template %s has no snapshot, so CAPV makes full clones of it", t.Name).
			WithHint("make a snapshot of the template, or set cloneMode: fullClone")
		return
	}
	if len(t.Datastores) == 0 {
		return
	}
	visible := slices.ContainsFunc(e.Inventory.Datastores, func(d inventory.Datastore) bool {
		return slices.Contains(t.Datastores, d.Name) && d.MountedBy(pool.Datastore.Hosts)
	})
	if !visible {
		e.diags.Errorf(diag.LinkedCloneOutOfReach, at, "the host of %s sees no datastore of template %s (%s), so it cannot make linked clones of it",
			pool.Datastore.Name, t.Name, diag.Choices(t.Datastores)).
			WithHint("set cloneMode: fullClone, or keep a copy of the template on that datastore and name it in an override")
	}
}
