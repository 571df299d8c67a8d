// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// What somebody says and what has no effect is told: as a warning where the ClusterSpread says it, since somebody wrote it for
// the pools, and as an information where it is copied or inherited.

// onlyOld are fields of older versions that conversion drops, since nobody reads them.
var onlyOld = map[site.Part][][]string{
	site.MachinePart:    {{"failureDomain"}, {"network", "preferredAPIServerCidr"}},
	site.DeploymentPart: {{"progressDeadlineSeconds"}, {"revisionHistoryLimit"}},
}

// saidElsewhere are fields that have a diagnostic of their own.
var saidElsewhere = []string{"cloneMode", "numCPUs"}

// restore puts fields of the original back that a conversion dropped.
func restore(converted, original *yaml.Node, part site.Part) {
	for _, path := range onlyOld[part] {
		if v := tree.Get(original, path...); v != nil {
			tree.Fill(converted, tree.Clone(v), path...)
		}
	}
}

// noteIgnored tells of values that count for nothing in the pool's machines, and of those of the seed's template that are left
// out of them.
func (d draft) noteIgnored(g group, seed *object.Object) {
	said := d.spec
	snapshot, _ := d.sources.value("snapshot")
	if snapshot != nil || seed != nil || g.seed.zone != nil {
		said = tree.Clone(said) // which is changed
	}
	if snapshot != nil {
		tree.Fill(said, tree.Clone(snapshot), "snapshot") // which full clones are written without
	}
	if seed != nil {
		restore(said, tree.Get(seed.Node, "spec", "template", "spec"), site.MachinePart)
	}
	made := madeOf(said, d.vsphere)
	if z := g.seed.zone; z != nil && d.pool.adopted == nil && otherPlace(*z, d.pool.Datastore, d.vsphere) == "" {
		made.Zone = d.meantBy(*z, said)
	}
	for _, x := range made.Ignored() {
		if slices.Contains(saidElsewhere, x.Field) {
			continue
		}
		_, from := d.sources.value(x.Path[0])
		if slices.ContainsFunc(onlyOld[x.Part], func(p []string) bool { return slices.Equal(p, x.Path) }) {
			from.at = diag.At(seed.Ref, "spec.template.spec")
		}
		if from.at == (diag.Where{}) {
			continue // nobody says it
		}
		severity := diag.Info
		if from.at.Object.Kind == v1alpha1.ClusterSpreadKind {
			severity = diag.Warning
		}
		d.diags.Add(severity, diag.FieldIgnored, from.at.Dot(dotted(x.Path)), "has no effect in group %s: %s", g.Name, x.Why)
	}
	d.noteTimeout(g.Name, seed)
}

// meantBy gives a zone in which names are what they mean, and does so in the spec of machines in it. The datastore is the pool's,
// and what goes with it is not somebody's word.
func (d draft) meantBy(z site.Zone, spec *yaml.Node) *site.Zone {
	datacenter := d.vsphere.PlaceOf(d.pool.Datastore, "").Datacenter
	for _, field := range []string{"server", "datacenter", "datastore"} {
		tree.Remove(spec, field)
	}
	for field, class := range map[string]inventory.Class{"folder": inventory.FolderClass, "resourcePool": inventory.ResourcePoolClass} {
		if ref := tree.String(spec, field); ref != "" {
			tree.Set(spec, codec.String(d.vsphere.Meant(class, ref, datacenter)), field)
		}
	}
	for _, x := range tree.List(spec, "network", "devices") {
		if ref := tree.String(x, "networkName"); ref != "" {
			tree.Set(x, codec.String(d.vsphere.Meant(inventory.NetworkClass, ref, datacenter)), "networkName")
		}
	}
	z.Folder, z.ResourcePool = d.vsphere.Meant(inventory.FolderClass, z.Folder, datacenter), d.vsphere.Meant(inventory.ResourcePoolClass, z.ResourcePool, datacenter)
	z.Networks = slices.Clone(z.Networks)
	for i, ref := range z.Networks {
		z.Networks[i] = d.vsphere.Meant(inventory.NetworkClass, ref, datacenter)
	}
	return &z
}

// noteTimeout tells of a timeout that the pool's machines are written without, since CAPV refuses it.
func (d draft) noteTimeout(group string, seed *object.Object) {
	if seed == nil || tree.Get(d.spec, "guestSoftPowerOffTimeoutSeconds") != nil {
		return
	}
	for _, field := range []string{"guestSoftPowerOffTimeoutSeconds", "guestSoftPowerOffTimeout"} {
		if tree.Get(seed.Node, "spec", "template", "spec", field) != nil {
			d.diags.Infof(diag.FieldIgnored, diag.At(seed.Ref, "spec.template.spec."+field), "is left out of the templates of group %s: CAPV refuses it with powerOffMode %s", group, tree.String(d.spec, "powerOffMode"))
		}
	}
}

// dotted writes a path with positions as a field: network.devices[0].dhcp4Overrides.
func dotted(path []string) string { return strings.ReplaceAll(strings.Join(path, "."), ".[", "[") }

// noteSeed tells of what the seed says and what counts for nothing, or is left out.
func noteSeed(g group, cluster site.Cluster, diags *diag.List) {
	deployment := tree.Clone(g.seed.deployment.Node)
	convert.MachineDeployment(deployment, g.seed.deployment.Version())
	spec := tree.Get(deployment, "spec")
	restore(spec, tree.Get(g.seed.deployment.Node, "spec"), site.DeploymentPart)
	if s := strategyOf(g.Rollout); s != "" {
		tree.Set(spec, codec.String(string(s)), "rollout", "strategy", "type")
	}
	made := site.Made{Deployment: spec}
	if b := g.seed.bootstrap; b != nil && b.Ref.Kind == kubeadmTemplateKind && b.Group() == object.BootstrapGroup {
		made.Bootstrap = tree.Clone(tree.Get(b.Node, "spec", "template", "spec"))
		if made.Bootstrap != nil && made.Bootstrap.Kind == yaml.MappingNode {
			convert.KubeadmConfig(made.Bootstrap, b.Version())
		}
	}
	for _, x := range made.Ignored() {
		path := x.Path
		if tree.Get(g.seed.deployment.Node, append([]string{"spec"}, path...)...) == nil && path[0] == "rollout" {
			path = path[1:] // where v1beta1 has it
		}
		at := diag.At(g.seed.deployment.Ref, "spec."+dotted(path))
		if x.Part == site.BootstrapPart {
			at = diag.At(g.seed.bootstrap.Ref, "spec.template.spec."+dotted(x.Path))
		}
		diags.Infof(diag.FieldIgnored, at, "has no effect in group %s: %s", g.Name, x.Why)
	}
	if g.seed.template != nil {
		noteThumbprint(g, cluster, diags)
	}
}

// noteThumbprint tells of a thumbprint that the pools' templates leave out although the VSphereCluster, which they take theirs
// from, has another one.
func noteThumbprint(g group, cluster site.Cluster, diags *diag.List) {
	if cluster.Infrastructure == nil || keepsThumbprint(cluster) {
		return // what a VSphereCluster elsewhere has is not known
	}
	own := tree.String(g.seed.template.Node, "spec", "template", "spec", "thumbprint")
	if own != "" && !strings.EqualFold(tree.String(cluster.Infrastructure.Node, "spec", "thumbprint"), own) {
		diags.Infof(diag.FieldIgnored, diag.At(g.seed.template.Ref, "spec.template.spec.thumbprint"), "is left out of the templates of group %s: that of %s counts", g.Name, cluster.Infrastructure.Ref)
	}
}

// madeOf is what CAPV makes machines of a spec from.
func madeOf(machine *yaml.Node, v *site.VSphere) site.Made {
	made := site.Made{Machine: machine}
	datacenter := v.Meant(inventory.DatacenterClass, tree.String(machine, "datacenter"), "")
	if t, ok := v.Template(tree.String(machine, "template"), datacenter); ok {
		made.Template = &t
	}
	return made
}

// offers tells the autoscaler what a node of a size has; what is not known is left as it is.
func offers(size site.Size, set func(value, key string)) {
	for _, c := range []struct {
		amount    int
		key, unit string
	}{{size.CPUs, "cpu", ""}, {size.MemoryMiB, "memory", "Mi"}, {size.DiskGiB, "ephemeral-disk", "Gi"}} {
		if c.amount > 0 {
			set(strconv.Itoa(c.amount)+c.unit, object.CapacityAnnotation+c.key)
		}
	}
}
