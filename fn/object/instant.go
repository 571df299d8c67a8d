// SPDX-License-Identifier: Apache-2.0

package object

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/tree"
)

// SameInstant tells whether two fields name one point in time, in whatever time zone. What is none is the same as nothing.
func SameInstant(a, b *yaml.Node) bool {
	x, isTime := instant(a)
	y, isTimeToo := instant(b)
	return isTime && isTimeToo && x.Equal(&y)
}

func instant(n *yaml.Node) (metav1.Time, bool) {
	var t metav1.Time
	if n == nil || n.Kind != yaml.ScalarNode {
		return t, false
	}
	sent, ok := tree.Sent(n)
	return t, ok && sent != "null" && t.UnmarshalJSON([]byte(sent)) == nil
}
