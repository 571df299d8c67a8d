// SPDX-License-Identifier: Apache-2.0

package expand

import (
	"cmp"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	addonsv1 "sigs.k8s.io/cluster-api/api/addons/v1beta2"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// ClusterLabel is the label by which a Cluster's ClusterResourceSet selects it; the selector is
// immutable, so it must not depend on labels that users change.
const ClusterLabel = "vspread.dev/cluster"

// storageChoice is where volumes live: a shared datastore, a policy, or nowhere.
type storageChoice struct {
	v1alpha1.Storage
	wanted    bool
	datastore inventory.Datastore
}

// names tells whether a datastore is the one that was named for storage; it is never a pool then.
func (s storageChoice) names(d inventory.Datastore) bool {
	return s.wanted && s.Policy == "" && key(s.datastore) == key(d)
}

// chooseStorage decides about the StorageClass before pools are chosen.
func (e *expansion) chooseStorage() storageChoice {
	at := e.at().Dot("storage")
	spec := e.Spread.Spec.Storage
	if spec != nil && spec.Policy != "" {
		s := storageChoice{Storage: *spec, wanted: true}
		s.Class = cmp.Or(s.Class, className(s.Policy))
		e.checkPolicy(s.Policy, at.Dot("policy"))
		return s
	}
	if spec != nil && spec.Datastore != "" {
		s := storageChoice{Storage: *spec}
		s.datastore, s.wanted = e.namedShared(spec.Datastore, at.Dot("datastore"))
		s.Class = cmp.Or(s.Class, className(s.datastore.Name))
		return s
	}
	var candidates []inventory.Datastore
	shared := e.Inventory.Shared(e.Inventory.HostNames())
	for _, d := range shared {
		if d.URL != "" {
			candidates = append(candidates, d)
		}
	}
	switch {
	case len(candidates) == 1:
		s := storageChoice{wanted: true, datastore: candidates[0]}
		if spec != nil {
			s.Storage = *spec
		}
		s.Delivery = cmp.Or(s.Delivery, v1alpha1.DeliveryClusterResourceSet)
		s.Class = cmp.Or(s.Class, className(candidates[0].Name))
		return s
	case spec != nil && len(candidates) > 1:
		e.diags.Errorf(diag.SharedUndecided, at.Dot("datastore"), "nothing says which of %d shared datastores holds the volumes", len(candidates)).
			WithHint("choose one of %s", diag.Choices(names(candidates)))
	case spec != nil:
		e.diags.Errorf(diag.NotShared, at.Dot("datastore"), "no datastore with a url is mounted by all hosts").
			WithHint("%s; mend the inventory, name a storage policy, or leave storage out", e.whyNotShared())
	case len(candidates) > 1:
		e.diags.Warnf(diag.SharedUndecided, at, "no StorageClass: %d shared datastores could hold the volumes", len(candidates)).
			WithHint("choose one in storage.datastore: %s", diag.Choices(names(candidates)))
	case len(shared) > 0:
		e.diags.Infof(diag.SharedUndecided, at, "no StorageClass: the inventory has no url for %s", diag.Choices(names(shared))).
			WithHint("give it the url that vCenter shows: ds:///vmfs/volumes/…/")
	default:
		e.warnNearlyShared(at)
	}
	return storageChoice{}
}

// warnNearlyShared says why there is no StorageClass when one host is missing: it joined perhaps, and a
// class that was there before goes with its volumes' only description.
func (e *expansion) warnNearlyShared(at diag.Where) {
	hosts := e.Inventory.HostNames()
	for _, d := range e.Inventory.Datastores {
		if d.URL == "" || d.IsLocal() || len(d.Hosts) < 2 {
			continue
		}
		missing := d.Missing(hosts)
		switch {
		case d.State == inventory.Gone:
			e.diags.Warnf(diag.NotShared, at, "no StorageClass: datastore %s is gone", d.Name)
		case len(d.Hosts) > len(missing):
			e.diags.Warnf(diag.NotShared, at, "no StorageClass: datastore %s is not mounted by %s", d.Name, diag.Choices(missing)).
				WithHint("mount it there; to be told as an error, name it in storage.datastore")
		}
	}
}

// className is the default name of a StorageClass: that of the datastore or policy as far as it can be.
func className(name string) string { return cmp.Or(Slug(name), LabelValue(name)) }

func (e *expansion) whyNotShared() string {
	for _, d := range e.Inventory.Shared(e.Inventory.HostNames()) {
		return d.Name + " has no url in the inventory"
	}
	return e.describeDatastores()
}

func (e *expansion) checkPolicy(policy string, at diag.Where) {
	if len(e.Inventory.StoragePolicies) == 0 {
		return
	}
	var known []string
	for _, p := range e.Inventory.StoragePolicies {
		if p.Name == policy {
			return
		}
		known = append(known, p.Name)
	}
	e.diags.Errorf(diag.UnknownReference, at, "there is no storage policy %q", policy).
		DidYouMean(policy, known, "the inventory has")
}

// namedShared finds the datastore that is to be shared and checks that it is: the vSphere CSI driver
// provisions only where every node's host mounts the datastore.
func (e *expansion) namedShared(ref string, at diag.Where) (inventory.Datastore, bool) {
	var matched []inventory.Datastore
	for _, d := range e.Inventory.Datastores {
		if d.IsCalled(ref) {
			matched = append(matched, d)
		}
	}
	switch {
	case len(matched) == 0:
		e.diags.Errorf(diag.UnknownDatastore, at, "there is no datastore %q", ref).
			DidYouMean(ref, names(e.Inventory.Datastores), "the inventory has")
		return inventory.Datastore{}, false
	case len(matched) > 1:
		e.diags.Errorf(diag.AmbiguousReference, at, "%q names %d datastores", ref, len(matched)).WithHint("write the path")
		return inventory.Datastore{}, false
	}
	d := matched[0]
	if d.State == inventory.Gone {
		e.diags.Warnf(diag.NotShared, at, "datastore %q is gone", d.Name).WithHint("volumes on it are lost; choose another one with a new storage.class")
	}
	if missing := d.Missing(e.Inventory.HostNames()); len(missing) > 0 {
		e.diags.Errorf(diag.NotShared, at, "datastore %q is not mounted by %s, where volumes could not be attached", d.Name, diag.Choices(missing)).
			WithHint("mount it there, or choose a datastore that every host mounts")
	}
	if d.URL == "" {
		e.diags.Errorf(diag.NotShared, at, "datastore %q has no url in the inventory", d.Name).
			WithHint("give it the url that vCenter shows: ds:///vmfs/volumes/…/")
	}
	return d, true
}

// storage adds the StorageClass to the output, in its wrapping.
func (e *expansion) storage(out *Output, s storageChoice) {
	if !s.wanted {
		return
	}
	class := storageClass(s)
	if s.Delivery == v1alpha1.DeliveryDirect {
		tree.Set(class, codec.String(e.cluster.owner), "metadata", "annotations", object.OwnerAnnotation)
		out.Desired = append(out.Desired, object.Desired{Node: yaml.NewRNode(class), File: "storage/" + s.Class + ".yaml"})
		e.diags.Infof(diag.StorageDirect, e.at().Dot("storage.delivery"), "StorageClass %s belongs into cluster %s itself", s.Class, e.cluster.name).
			WithHint("apply it there: `vspread render --only storage` writes it alone, `--only management` all the rest")
		return
	}
	name := e.cluster.name + "-storage"
	config := codec.Encode(corev1.ConfigMap{Data: map[string]string{"storageclass.yaml": codec.Text(class)}})
	e.head(config, "v1", "ConfigMap", name, nil)
	set := codec.Encode(addonsv1.ClusterResourceSet{Spec: addonsv1.ClusterResourceSetSpec{
		ClusterSelector: metav1.LabelSelector{MatchLabels: map[string]string{ClusterLabel: e.cluster.name}},
		Resources:       []addonsv1.ResourceRef{{Name: name, Kind: string(addonsv1.ConfigMapClusterResourceSetResourceKind)}},
		Strategy:        string(addonsv1.ClusterResourceSetStrategyReconcile),
	}})
	tree.Sort(tree.List(set, "spec", "resources")[0], referenceOrder)
	e.head(set, addonsv1.GroupVersion.Group+"/"+string(e.Spread.Spec.APIVersions.Core), "ClusterResourceSet", name, nil)
	file := "storage/" + name + ".yaml"
	out.Desired = append(out.Desired,
		object.Desired{Node: yaml.NewRNode(set), File: file},
		object.Desired{Node: yaml.NewRNode(config), File: file})
	out.ClusterLabels = map[string]string{ClusterLabel: e.cluster.name}
}

// storageClass is for the vSphere CSI driver. Volumes wait for their first pod, so that one that no pod
// uses takes no space on a small disk.
func storageClass(s storageChoice) *yaml.Node {
	class := storagev1.StorageClass{
		TypeMeta:             metav1.TypeMeta{APIVersion: "storage.k8s.io/v1", Kind: "StorageClass"},
		ObjectMeta:           metav1.ObjectMeta{Name: s.Class},
		Provisioner:          "csi.vsphere.vmware.com",
		Parameters:           map[string]string{},
		ReclaimPolicy:        ptr(corev1.PersistentVolumeReclaimDelete),
		VolumeBindingMode:    ptr(storagev1.VolumeBindingWaitForFirstConsumer),
		AllowVolumeExpansion: ptr(true),
	}
	if s.Default {
		class.Annotations = map[string]string{"storageclass.kubernetes.io/is-default-class": "true"}
	}
	if s.Policy != "" {
		class.Parameters["storagepolicyname"] = s.Policy
	} else {
		class.Parameters["datastoreurl"] = s.datastore.URL
	}
	node := codec.Encode(class)
	tree.Sort(node, objectOrder)
	return node
}
