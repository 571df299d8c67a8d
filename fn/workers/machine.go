// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"cmp"
	"maps"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/naming"
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

// machineTemplate gives the VSphereMachineTemplate of a pool, and its name. It starts from the user's template, or from
// nothing.
func machineTemplate(p pool, g group, from *object.Object, in Input, diags *diag.List) (object.Desired, string) {
	template := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	d := draft{
		spec: &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}, sources: sourcesOf(p, g, from, in.Cluster.ControlPlaneTemplate),
		pool: p, at: g.at, vsphere: in.VSphere, keepsThumbprint: keepsThumbprint(in.Cluster), said: g.said, diags: diags,
	}
	if from != nil {
		template = copyOf(from)
		if s := tree.Get(template, "spec", "template", "spec"); s != nil && s.Kind == yaml.MappingNode {
			d.spec = s
			convert.MachineSpec(s, from.Version())
		}
	}
	d.fill(from != nil)
	tree.Set(template, d.spec, "spec", "template", "spec")
	d.check()
	d.noteIgnored(g, from)
	salt := ""
	annotations := maps.Clone(pruneGuards)
	if v, _ := d.sources.value("salt"); v != nil {
		salt = v.Value
		annotations[object.SaltAnnotation] = salt
	}
	hash, err := naming.Salted(tree.Get(template, "spec"), salt)
	if err != nil {
		refuseUnreadable(cmp.Or(from, in.Cluster.ControlPlaneTemplate), err, diags)
	}
	name := p.Name + "-" + hash
	convert.MachineSpecIn(d.spec, string(in.Cluster.CAPV))
	tree.Sort(d.spec, machineSpecOrder)
	in.Cluster.Mark(template, object.InfrastructureGroup+"/"+string(in.Cluster.CAPV), "VSphereMachineTemplate", name, annotations)
	return object.Desired{Node: yaml.NewRNode(template), File: p.file(), Template: true}, name
}

// fill sets what the pool's machines are, on top of a seed's spec or of nothing.
func (d draft) fill(hasSeed bool) {
	for _, field := range machineFields {
		if v, from := d.sources.value(field); v != nil {
			tree.Replace(d.spec, tree.Clone(v), field)
		} else if from.isSaid() {
			tree.Remove(d.spec, field)
		}
	}
	where := d.pin()
	d.reference(inventory.TemplateClass, "template", where, true)
	d.template(where)
	d.reference(inventory.FolderClass, "folder", where, false)
	d.resourcePool(where)
	d.networks(where)
	d.size(where)
	d.storagePolicy()

	tree.Fill(d.spec, codec.String(string(v1alpha1.FullClone)), "cloneMode")
	tree.Fill(d.spec, codec.String("Linux"), "os")
	if hasSeed {
		tree.Fill(d.spec, codec.String("hard"), "powerOffMode") // what CAPV takes an absent value for
	} else {
		tree.Fill(d.spec, codec.String("trySoft"), "powerOffMode") // as in CAPV's cluster template
	}
	switch tree.String(d.spec, "powerOffMode") {
	case "trySoft":
		tree.Fill(d.spec, codec.Int(softPowerOffSeconds), "guestSoftPowerOffTimeoutSeconds")
	default:
		tree.Remove(d.spec, "guestSoftPowerOffTimeoutSeconds") // CAPV refuses it with the other modes
	}
	if tree.String(d.spec, "cloneMode") == string(v1alpha1.LinkedClone) {
		d.linkedClone(where)
	} else {
		tree.Remove(d.spec, "snapshot")
	}
	tree.Prune(d.spec, "customVMXKeys")
}
