// SPDX-License-Identifier: Apache-2.0

package storage

import (
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// Classes gives the StorageClasses of a choice, made at a place.
func (c Choice) Classes(at diag.Where) []site.Addon {
	if !c.wanted {
		return nil
	}
	return []site.Addon{{Node: c.class(), Bundle: "storage", Key: "storageclass.yaml", Delivery: c.Delivery, At: at.Dot("delivery")}}
}

// class is for the vSphere CSI driver. Volumes wait for their first pod, so that one that no pod
// uses takes no space on a small disk.
func (c Choice) class() *yaml.Node {
	reclaim, binding, expansion := corev1.PersistentVolumeReclaimDelete, storagev1.VolumeBindingWaitForFirstConsumer, true
	class := storagev1.StorageClass{
		TypeMeta:             metav1.TypeMeta{APIVersion: "storage.k8s.io/v1", Kind: "StorageClass"},
		ObjectMeta:           metav1.ObjectMeta{Name: c.Class},
		Provisioner:          "csi.vsphere.vmware.com",
		Parameters:           map[string]string{},
		ReclaimPolicy:        &reclaim,
		VolumeBindingMode:    &binding,
		AllowVolumeExpansion: &expansion,
	}
	if c.Default {
		class.Annotations = map[string]string{"storageclass.kubernetes.io/is-default-class": "true"}
	}
	if c.Policy != "" {
		class.Parameters["storagepolicyname"] = c.Policy
	} else {
		class.Parameters["datastoreurl"] = c.datastore.URL
	}
	node := codec.Encode(class)
	tree.Sort(node, []string{"apiVersion", "kind", "metadata", "spec"})
	return node
}
