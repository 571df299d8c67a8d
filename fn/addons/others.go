// SPDX-License-Identifier: Apache-2.0

package addons

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
	addonsv1 "sigs.k8s.io/cluster-api/api/addons/v1beta2"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// defaultAnnotations mark a StorageClass as the default.
var defaultAnnotations = []string{"storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"}

// brought is a StorageClass of the user's for the workload cluster, and where it is written.
type brought struct {
	object.StorageClass
	at diag.Where
}

// CheckOthers compares addons with what the user brings into the same workload cluster: one name must not mean two
// StorageClasses, and a cluster has one default. The Cluster gets the given labels.
func CheckOthers(cluster site.Cluster, addons []site.Addon, clusterLabels map[string]string, objects *object.Set) diag.List {
	var diags diag.List
	if len(addons) == 0 {
		return nil
	}
	has := labels.Set{}
	maps.Copy(has, tree.Strings(cluster.Object.Node, "metadata", "labels"))
	maps.Copy(has, clusterLabels)
	carried := carriedClasses(cluster, has, objects)
	for _, a := range addons {
		own := object.New(a.Node, 0)
		if own.Ref.Kind != "StorageClass" {
			continue
		}
		others := carried
		if a.Delivery == v1alpha1.DeliveryDirect {
			others = append(slices.Clone(carried), bareClasses(objects)...) // they go the same way
		}
		for _, other := range others {
			switch {
			case other.Name == own.Ref.Name && other.Key == "": // ownership finds it in the way
			case other.Name == own.Ref.Name && !sameClass(other.Node, a.Node):
				diags.Errorf(diag.ObjectInTheWay, other.at, "carries another StorageClass %s into cluster %s than the ClusterSpread wants there", other.Name, cluster.Name).
					WithHint("take it out, or choose another name with storage.class")
			case other.Name != own.Ref.Name && isDefault(other.Node) && isDefault(a.Node):
				diags.Warnf(diag.DefaultStorageClass, other.at, "makes StorageClass %s a default of cluster %s, and the ClusterSpread %s: a claim without a class gets the newer one", other.Name, cluster.Name, own.Ref.Name).
					WithHint("write storage.default: false in the ClusterSpread, or take the annotation off %s", other.Name)
			}
		}
	}
	return diags.Few(shown)
}

// shown is how many others of a kind are named for a Cluster.
const shown = 10

// bareClasses gives the user's StorageClasses that are objects of the input.
func bareClasses(objects *object.Set) []brought {
	var out []brought
	for _, o := range objects.OfGroup("storage.k8s.io") {
		if o.Owner() != "" || o.IsLocalConfig() {
			continue
		}
		for _, class := range object.StorageClasses(o.Node) {
			out = append(out, brought{class, diag.At(o.Ref, "")})
		}
	}
	return out
}

// carriedClasses gives the StorageClasses that the user's ClusterResourceSets carry into a cluster with these labels.
func carriedClasses(cluster site.Cluster, has labels.Set, objects *object.Set) []brought {
	var out []brought
	seen := map[object.Key]bool{}
	for _, set := range objects.OfKind(addonsv1.GroupVersion.Group, "ClusterResourceSet", cluster.Object.Key().Namespace) {
		if set.Owner() != "" || set.IsLocalConfig() {
			continue
		}
		if selector := object.Selector(tree.Get(set.Node, "spec", "clusterSelector")); selector == nil || !selector.Matches(has) {
			continue
		}
		for _, ref := range tree.List(set.Node, "spec", "resources") {
			k := object.NewKey("", tree.String(ref, "kind"), set.Ref.Namespace, tree.String(ref, "name"))
			o := objects.Get(k)
			if o == nil || seen[k] || o.IsLocalConfig() {
				continue
			}
			seen[k] = true
			for _, class := range object.StorageClasses(readable(o)) {
				out = append(out, brought{class, diag.At(o.Ref, fmt.Sprintf("data[%q]", class.Key))})
			}
		}
	}
	return out
}

// readable gives a Secret in the form of a ConfigMap, as far as its values are text; another object is itself.
func readable(o *object.Object) *yaml.Node {
	if o.Ref.Kind != "Secret" {
		return o.Node
	}
	texts := map[string]string{}
	for key, value := range tree.Strings(o.Node, "data") {
		if text, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(value), "")); err == nil {
			texts[key] = string(text)
		}
	}
	maps.Copy(texts, tree.Strings(o.Node, "stringData"))
	config := codec.Encode(map[string]any{"kind": "ConfigMap"})
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		tree.Set(config, codec.String(texts[key]), "data", key)
	}
	return config
}

func isDefault(class *yaml.Node) bool {
	return slices.ContainsFunc(defaultAnnotations, func(a string) bool {
		return tree.String(class, "metadata", "annotations", a) == "true"
	})
}

// sameClass tells whether two StorageClasses mean the same; what the API server fills in counts as written.
func sameClass(a, b *yaml.Node) bool {
	for field, absent := range map[string]string{"provisioner": "", "reclaimPolicy": "Delete", "volumeBindingMode": "Immediate", "allowVolumeExpansion": "false"} {
		said := func(n *yaml.Node) string {
			if v := tree.String(n, field); v != "" {
				return v
			}
			return absent
		}
		if said(a) != said(b) {
			return false
		}
	}
	for _, field := range []string{"mountOptions", "allowedTopologies"} {
		if x, y := tree.Get(a, field), tree.Get(b, field); (x == nil) != (y == nil) || x != nil && !tree.Equal(x, y) {
			return false
		}
	}
	return maps.Equal(tree.Strings(a, "parameters"), tree.Strings(b, "parameters")) && isDefault(a) == isDefault(b)
}
