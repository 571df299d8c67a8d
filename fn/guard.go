// SPDX-License-Identifier: Apache-2.0

package fn

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/tree"
)

// GuardName is the name of an object that only vspread adds. kustomize skips an exec function silently
// when --enable-exec is forgotten; a replacement that needs this object turns that into an error whose
// text is the name.
const GuardName = object.GuardName

// kustomizeID is the annotation by which kustomize finds an item again after a function ran.
const kustomizeID = "kustomize.config.k8s.io/id"

// isBuild tells whether kustomize runs us.
func isBuild(items []*yaml.RNode) bool {
	return slices.ContainsFunc(items, func(n *yaml.RNode) bool { return tree.Get(n.YNode(), "metadata", "annotations", kustomizeID) != nil })
}

// guard adds the object when kustomize runs us, and only then: kpt would write it to a file. kustomize
// drops it from the output, but only after the outermost layer, and takes no two objects of one id; so its namespace, which
// is none, tells the clusters of several layers apart where no guard has removed it.
func guard(items []*yaml.RNode, outputs []expanded) []*yaml.RNode {
	for _, item := range items {
		if tree.String(item.YNode(), "kind") == "ConfigMap" && tree.String(item.YNode(), "metadata", "name") == GuardName {
			return nil // another ClusterSpread's run has added it
		}
	}
	if !isBuild(items) {
		return nil
	}
	namespace := ""
	if len(outputs) > 0 {
		namespace = strings.ReplaceAll(outputs[0].Owner, "/", ".")
	}
	return []*yaml.RNode{yaml.NewRNode(codec.Encode(corev1.ConfigMap{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		ObjectMeta: metav1.ObjectMeta{
			Name:        GuardName,
			Namespace:   namespace,
			Annotations: map[string]string{object.LocalConfig: "true"},
		},
	}))}
}
