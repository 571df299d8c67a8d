// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// otherShape says where the group, its override or the pool's datastore ask for machines that are not those of
// the adopted template. Spellings of one object are no difference.
func otherShape(p pool, g group, template *object.Object, zone *site.Zone, v *site.VSphere) []string {
	asked := asked(p, g)
	spec := &yaml.Node{Kind: yaml.MappingNode} // a template without a spec
	if current, ok := sourceIn(template); ok {
		spec = current.spec
	}
	var ignored []string // by CAPV, which takes the zone's
	if zone != nil {
		spec, ignored = zone.Over(spec), zone.Overrides()
	}
	var out []string
	if !isDatastore(spec, p.Datastore, v) {
		out = append(out, fmt.Sprintf("datastore %s -> %s", cmp.Or(tree.String(spec, "datastore"), "none"), p.Datastore.Object().Spelling()))
	}
	where := v.PlaceOf(p.Datastore, "")
	if salt, _ := asked.value("salt"); salt != nil && salt.Value != template.Annotation(object.SaltAnnotation) {
		out = append(out, "salt "+salt.Value)
	}
	for _, field := range machineFields {
		wanted, from := asked.value(field)
		if !from.isSaid() || slices.Contains(ignored, field) {
			continue
		}
		is, want := meant(field, effective(field, spec, where, v), spec, where, v), ""
		if wanted != nil {
			want = meant(field, wanted.Value, from.spec, where, v)
		}
		if is != want {
			out = append(out, fmt.Sprintf("%s %s -> %s", field, cmp.Or(is, "none"), cmp.Or(want, "none")))
		}
	}
	return out
}

// effective is a field of a machine's spec, or what CAPV and vCenter take for it when it is absent.
func effective(field string, spec *yaml.Node, where site.Place, v *site.VSphere) string {
	if s := tree.String(spec, field); s != "" {
		return s
	}
	template, known := v.Template(tree.String(spec, "template"), where.Datacenter)
	switch {
	case field == "os":
		return "Linux"
	case field == "diskGiB" && known && template.DiskGiB > 0:
		return fmt.Sprint(template.DiskGiB)
	case field == "cloneMode" && known && template.Snapshot != nil && !*template.Snapshot:
		return string(v1alpha1.FullClone)
	case field == "cloneMode" && known && template.Snapshot != nil:
		return string(v1alpha1.LinkedClone)
	}
	return ""
}

// meant spells the value of a field in a spec so that spellings of one object are equal.
func meant(field, value string, spec *yaml.Node, where site.Place, v *site.VSphere) string {
	switch field {
	case "template":
		return v.Meant(inventory.TemplateClass, value, where.Datacenter)
	case "folder":
		return v.Meant(inventory.FolderClass, value, where.Datacenter)
	case "resourcePool":
		return v.Meant(inventory.ResourcePoolClass, value, where.Compute)
	case "network":
		var out []string
		for _, d := range tree.List(spec, "network", "devices") {
			out = append(out, v.Meant(inventory.NetworkClass, tree.String(d, "networkName"), where.Datacenter))
		}
		return strings.Join(out, "+")
	}
	return value
}

// isDatastore tells whether a template means this datastore. Two datacenters may each have one of the name.
func isDatastore(spec *yaml.Node, d inventory.Datastore, v *site.VSphere) bool {
	datacenter := tree.String(spec, "datacenter")
	if found := v.Find(inventory.DatacenterClass, datacenter, ""); len(found) == 1 {
		datacenter = found[0].Path
	}
	return slices.Contains(v.Find(inventory.DatastoreClass, tree.String(spec, "datastore"), datacenter), d.Object())
}
