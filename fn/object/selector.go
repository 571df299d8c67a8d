// SPDX-License-Identifier: Apache-2.0

package object

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/codec"
)

// Selector reads a label selector as Kubernetes does. It gives nil for none, for one that the API server refuses, and for an
// empty one, which Cluster API lets select nothing.
func Selector(node *yaml.Node) labels.Selector {
	var s metav1.LabelSelector
	if node == nil || len(codec.Decode(node, "", &s)) > 0 {
		return nil
	}
	selector, err := metav1.LabelSelectorAsSelector(&s)
	if err != nil || selector.Empty() {
		return nil
	}
	return selector
}
