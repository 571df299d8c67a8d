// SPDX-License-Identifier: Apache-2.0

// Package expand turns a ClusterSpread, the Cluster it is for and an inventory into the objects that
// run its workers: values in, objects out. It reads no files and changes none of its inputs.
package expand

import (
	"cmp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// Groups of the kinds that are read and written.
const (
	bootstrapGroup      = "bootstrap.cluster.x-k8s.io"
	controlPlaneGroup   = "controlplane.cluster.x-k8s.io"
	infrastructureGroup = "infrastructure.cluster.x-k8s.io"
)

// ExcludeAnnotation on a MachineDeployment says that its workers are meant to be beside the pools.
const ExcludeAnnotation = "vspread.dev/exclude"

// MaxPools is the most pools that are made of one input; 1,000 Clusters of 20 hosts have as many. Each takes some 70 KiB of memory.
const MaxPools = 20_000

// Input is all that an expansion depends on.
type Input struct {
	// Spread is valid and has its defaults set.
	Spread *v1alpha1.ClusterSpread
	// SpreadRef is where messages about the spread point to.
	SpreadRef diag.Ref
	// Cluster is the Cluster that the spread is for.
	Cluster   *object.Object
	Inventory *inventory.Inventory
	// InventoryRef is where messages about the inventory point to.
	InventoryRef diag.Ref
	// Objects are those of the whole input, with what vspread wrote earlier.
	Objects *object.Set
	// Made is how many pools other Clusters of the input have.
	Made int
}

// Output is what a Cluster's workers and storage consist of.
type Output struct {
	// Owner is the value of the owner annotation on all desired objects.
	Owner   string
	Cluster *object.Object
	Desired []object.Desired
	Pools   []Pool
	// Seeds are the user's objects that were copied from and are not to be applied any more.
	Seeds []*object.Object
	// Adopted are the user's MachineDeployments that are pools.
	Adopted []Adoption
	// needed are the templates that adopted machines were made from.
	needed []object.Key
	// ClusterLabels are to be set on the Cluster.
	ClusterLabels map[string]string
}

// Pool is one worker group on one datastore.
type Pool struct {
	// Name is that of the MachineDeployment.
	Name, Group string
	Datastore   inventory.Datastore
	// Replicas is the number of machines, unless Bounds leave it to the autoscaler.
	Replicas int
	Bounds   *v1alpha1.Autoscaling
	// Draining says why the pool has no replicas and takes none, like "datastore is gone".
	Draining string
	// Template and Bootstrap are the names of the templates that the MachineDeployment refers to.
	Template, Bootstrap string

	// label is the value of the datastore's label on Nodes.
	label    string
	override v1alpha1.Override
	// adopted is the user's MachineDeployment that is this pool, or nil.
	adopted *object.Object
	at      diag.Where
}

// Expand gives the objects for one Cluster. With errors the output must not be used.
func Expand(in Input) (Output, diag.List) {
	e := expansion{Input: in, objects: map[inventory.Class][]inventory.Object{}, found: map[lookup][]inventory.Object{}, said: map[string]bool{}}
	out := e.run()
	return out, e.diags
}

type expansion struct {
	Input
	diags   diag.List
	cluster clusterFacts
	// objects caches the inventory's objects by class.
	objects map[inventory.Class][]inventory.Object
	found   map[lookup][]inventory.Object
	// said are messages that are true of several pools and worth one line.
	said map[string]bool
}

func (e *expansion) run() Output {
	e.readCluster()
	e.refuseUnclaimed()
	storage := e.chooseStorage()
	out := Output{Owner: e.cluster.owner, Cluster: e.Cluster}
	made := 0
	for i, group := range e.Spread.Spec.Workers {
		at := e.at().Dot("workers").Index(i)
		seed, found := e.findSeed(group, at)
		pools := e.spread(e.pools(group, storage, at), group, seed, at)
		if made += len(pools); e.Made+made > MaxPools {
			e.diags.Errorf(diag.InputTooLarge, diag.At(e.SpreadRef, ""), "more than %d pools would come out in all", MaxPools).
				WithHint("render fewer Clusters at a time")
			return out
		}
		if !found {
			continue // it has been reported; what the seed would have said is not missing
		}
		var bootstrap bootstrap
		if slices.ContainsFunc(pools, func(p Pool) bool { return p.adopted == nil }) || len(pools) == 0 {
			bootstrap = e.bootstrap(group, seed, at)
			out.Desired = append(out.Desired, bootstrap.desired...)
		}
		for _, pool := range pools {
			if pool.adopted != nil {
				e.adopt(&out, pool, group, at)
				continue
			}
			template, templateName := e.machineTemplate(pool, group, seed, at)
			pool.Template, pool.Bootstrap = templateName, bootstrap.name
			machine := tree.Get(template.Node.YNode(), "spec", "template", "spec")
			deployment := e.machineDeployment(pool, group, seed, bootstrap, machine, at)
			e.checkVersion(pool, tree.String(deployment.Node.YNode(), "spec", "template", "spec", "version"), machine, bootstrap.kind == "KubeadmConfigTemplate", at)
			out.Desired = append(out.Desired, deployment, template)
			out.Pools = append(out.Pools, pool)
		}
		out.Seeds = append(out.Seeds, slices.DeleteFunc(seed.objects(), func(o *object.Object) bool {
			return o.Owner() != "" || o.Key() == seed.deployment.Key() && e.isAdopted(o.Ref.Name)
		})...)
	}
	out.Seeds = slices.DeleteFunc(out.Seeds, func(o *object.Object) bool { return slices.Contains(out.needed, o.Key()) })
	e.oneNameOnePool(out.Pools)
	e.healthCheck(&out)
	e.storage(&out, storage)
	slices.SortStableFunc(out.Desired, func(a, b object.Desired) int { return cmp.Compare(a.File, b.File) })
	return out
}

// at is the spec of the ClusterSpread.
func (e *expansion) at() diag.Where { return diag.At(e.SpreadRef, "spec") }

func (e *expansion) clusterAt(field string) diag.Where { return diag.At(e.Cluster.Ref, field) }

// clusterFacts is what is read from the Cluster and the objects it refers to.
type clusterFacts struct {
	name, namespace, owner string
	// controlPlane and its machines' template are nil where the input does not have them.
	controlPlane, controlPlaneTemplate *object.Object
	// kubeadm tells whether a KubeadmConfigTemplate joins nodes to this control plane.
	kubeadm bool
	version string
	// infrastructure is the version of CAPV's group to write.
	infrastructure v1alpha1.InfrastructureVersion
}

func (e *expansion) readCluster() {
	c := &e.cluster
	c.name, c.namespace = e.Cluster.Ref.Name, e.Cluster.Ref.Namespace
	c.owner = c.name
	if c.namespace != "" {
		c.owner = c.namespace + "/" + c.name
	}
	if c.name == "" {
		e.diags.Errorf(diag.MissingField, e.clusterAt("metadata.name"), "is missing")
	} else if len(validation.IsDNS1123Label(c.name)) > 0 {
		e.diags.Errorf(diag.InvalidValue, e.clusterAt("metadata.name"), "%q cannot be a part of a machine's name", c.name).
			WithHint("fill in variables before vspread runs, and use lower case letters, digits and '-'")
	}
	if ns := c.namespace; ns != "" && len(validation.IsDNS1123Label(ns)) > 0 {
		e.diags.Errorf(diag.InvalidValue, e.clusterAt("metadata.namespace"), "%q is no name of a namespace", ns)
	}
	var key object.Key
	c.controlPlane, key = e.Objects.Follow(e.Cluster, "spec", "controlPlaneRef")
	// Kamaji runs kubeadm's control plane in pods; its nodes join by kubeadm all the same.
	c.kubeadm = key.Kind == "" || key.Kind == "KubeadmControlPlane" || key.Kind == "KamajiControlPlane"
	c.version = tree.String(e.Cluster.Node, "spec", "topology", "version")
	if cp := c.controlPlane; cp != nil {
		c.version = cmp.Or(tree.String(cp.Node, "spec", "version"), c.version)
		for _, path := range [][]string{
			{"spec", "machineTemplate", "spec", "infrastructureRef"}, // v1beta2
			{"spec", "machineTemplate", "infrastructureRef"},         // v1beta1
			{"spec", "infrastructureRef"},                            // RKE2 v1alpha1
			{"spec", "infrastructureTemplate"},                       // Talos, Kubeadm v1alpha3
		} {
			if t, _ := e.Objects.Follow(cp, path...); t != nil && isMachineTemplate(t) {
				c.controlPlaneTemplate = t
				break
			}
		}
	}
	c.infrastructure = e.infrastructureVersion()
	if e.Spread.Spec.APIVersions.Core == v1alpha1.CoreV1Beta1 {
		e.diags.Warnf(diag.CoreV1Beta1, e.at().Dot("apiVersions.core"), "Cluster API 1.11 and newer answer v1beta1 with other references than were written").
			WithHint("write v1beta2 as soon as the management cluster has Cluster API 1.11")
	}
	e.warnRetired()
	e.warnControlPlaneDatastore()
}

func isMachineTemplate(o *object.Object) bool {
	return o.Group() == infrastructureGroup && o.Ref.Kind == "VSphereMachineTemplate"
}

// infrastructureVersion is what the spec says, else the version of the VSphere objects in the input:
// they were written for the CAPV that will get ours.
func (e *expansion) infrastructureVersion() v1alpha1.InfrastructureVersion {
	if v := e.Spread.Spec.APIVersions.Infrastructure; v != "" {
		return v
	}
	var first *object.Object
	for _, o := range e.Objects.OfGroup(infrastructureGroup) {
		switch {
		case o.Owner() != "" || !strings.HasPrefix(o.Ref.Kind, "VSphere"): // ours, or another provider's
		case isRetired(o): // it says nothing about the CAPV that gets ours
		case first == nil:
			first = o
		case o.Version() != first.Version():
			e.diags.Errorf(diag.MixedAPIVersions, e.at().Dot("apiVersions.infrastructure"), "%s is %s and %s is %s",
				first.Ref, first.Version(), o.Ref, o.Version()).
				WithHint("choose one: %s for CAPV 1.16 and newer, %s for older ones", v1alpha1.InfrastructureV1Beta2, v1alpha1.InfrastructureV1Beta1)
			return v1alpha1.InfrastructureV1Beta2
		}
	}
	if first != nil {
		switch v := v1alpha1.InfrastructureVersion(first.Version()); v {
		case v1alpha1.InfrastructureV1Beta1, v1alpha1.InfrastructureV1Beta2:
			return v
		}
		e.diags.Errorf(diag.UnsupportedVersion, diag.At(first.Ref, "apiVersion"), "%s is not served by any supported CAPV", first.Ref.APIVersion).
			WithHint("migrate the object to v1beta1 or v1beta2, or write apiVersions: {infrastructure: v1beta2} in the ClusterSpread")
	}
	return v1alpha1.InfrastructureV1Beta2
}

// warnControlPlaneDatastore reports a control plane that would wait for a datastore for ever. It is the user's, and an
// inventory that was written by hand may leave its datastore out.
func (e *expansion) warnControlPlaneDatastore() {
	t := e.cluster.controlPlaneTemplate
	if t == nil || e.Inventory.Server == "" || len(e.Inventory.Gaps) > 0 {
		return
	}
	ref := tree.String(t.Node, "spec", "template", "spec", "datastore")
	if ref == "" || strings.Contains(ref, "${") || len(e.among(inventory.DatastoreClass, ref, "")) > 0 {
		return
	}
	e.diags.Warnf(diag.UnknownDatastore, diag.At(t.Ref, "spec.template.spec.datastore"), "there is no datastore %q, so the control plane's machines would never come", ref).
		DidYouMean(ref, names(e.Inventory.Datastores), "the inventory has")
}

// warnRetired reports objects that no cluster takes any more, and that are not read as seeds.
func (e *expansion) warnRetired() {
	for _, o := range []*object.Object{e.Cluster, e.cluster.controlPlane, e.cluster.controlPlaneTemplate, e.infrastructureOfCluster()} {
		if o == nil || !isRetired(o) {
			continue
		}
		e.diags.Warnf(diag.UnsupportedVersion, diag.At(o.Ref, "apiVersion"), "%s is served by no supported release; the object is written as it is", o.Ref.APIVersion).
			WithHint("migrate it to v1beta1 or v1beta2")
	}
}

// isRetired recognises versions of Cluster API's and CAPV's own kinds that nobody serves any more. Other
// providers of its groups count their versions by themselves.
func isRetired(o *object.Object) bool {
	own := o.Group() == object.CoreGroup || strings.HasPrefix(o.Ref.Kind, "VSphere") || strings.HasPrefix(o.Ref.Kind, "Kubeadm")
	return own && convert.IsRetired(o.Version())
}

func (e *expansion) infrastructureOfCluster() *object.Object {
	o, _ := e.Objects.Follow(e.Cluster, "spec", "infrastructureRef")
	return o
}

// refuseUnclaimed reports MachineDeployments of the Cluster that would run beside the pools.
func (e *expansion) refuseUnclaimed() {
	if workers := tree.List(e.Cluster.Node, "spec", "topology", "workers", "machineDeployments"); len(workers) > 0 && e.Cluster.Annotation(ExcludeAnnotation) != "true" {
		e.diags.Errorf(diag.UnclaimedMachineDeployment, e.clusterAt("spec.topology.workers"), "%d MachineDeployments of its class would run beside the pools", len(workers)).
			WithHint("take them out of the topology, or keep them beside the pools with the annotation %s: \"true\" on the Cluster", ExcludeAnnotation)
	}
	for _, md := range e.Objects.MachineDeployments(e.Cluster) {
		if md.Owner() != "" || md.IsLocalConfig() || md.Annotation(ExcludeAnnotation) == "true" {
			continue
		}
		if e.isAdopted(md.Ref.Name) || slices.ContainsFunc(e.Spread.Spec.Workers, func(g v1alpha1.WorkerGroup) bool { return g.Seed == md.Ref.Name }) {
			continue
		}
		e.diags.Errorf(diag.UnclaimedMachineDeployment, diag.At(md.Ref, ""), "its workers would double those of the ClusterSpread").
			WithHint("to run it beside the pools, give it the annotation %[2]s: \"true\"; to make it one of the pools and keep its machines, write `adopt: %[1]s` in an override for its datastore; to copy the pools from it, which takes it out of git, write `seed: %[1]s` in a worker group; or delete it with its machines",
				md.Ref.Name, ExcludeAnnotation)
	}
}

// oneNameOnePool reports pools that would be one object.
func (e *expansion) oneNameOnePool(pools []Pool) {
	first := map[string]Pool{}
	for _, p := range pools {
		q, ok := first[p.Name]
		if !ok {
			first[p.Name] = p
			continue
		}
		e.diags.Errorf(diag.DuplicatePoolName, p.at, "two pools would be MachineDeployment %s: group %s on %s and group %s on %s",
			p.Name, q.Group, spelling(q.Datastore), p.Group, spelling(p.Datastore)).
			WithHint("give one of them a name of its own: overrides: [{datastore: %q, name: …}]", spelling(p.Datastore))
	}
}

func spelling(d inventory.Datastore) string { return cmp.Or(d.Path, d.Name) }
