// SPDX-License-Identifier: Apache-2.0

// Package convert brings specs of older API versions into the form of v1beta2, in place, and back. The field
// maps are those of the conversions in Cluster API 1.14 and CAPV 1.16, as far as nodes can be moved without
// knowing their meaning; comments and unknown fields come along.
package convert

import (
	"strconv"
	"strings"
	"time"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/tree"
)

const v1beta1 = "v1beta1"

// IsOld tells whether a version has the form of v1beta1. v1alpha4 has, and of v1alpha3 all that a worker's
// objects can hold, but for metadata that Machines never took over.
func IsOld(version string) bool { return version == v1beta1 || IsRetired(version) }

// IsRetired tells whether no release of Cluster API or CAPV that is still maintained serves the version.
func IsRetired(version string) bool { return version == "v1alpha3" || version == "v1alpha4" }

// Version spells a Kubernetes version as Cluster API's webhook does; a variable is left to who fills it in.
func Version(version string) string {
	if version == "" || strings.HasPrefix(version, "v") || strings.HasPrefix(version, "$") {
		return version
	}
	return "v" + version
}

// seconds moves a duration like 5m0s to a field of whole seconds.
func seconds(node *yaml.Node, from, to []string) {
	value := tree.Remove(node, from...)
	if value == nil {
		return
	}
	if d, err := time.ParseDuration(value.Value); err == nil {
		tree.Set(node, codec.Int(int(d.Round(time.Second)/time.Second)), to...)
	}
}

// duration moves whole seconds to a field of a duration like 5m0s.
func duration(node *yaml.Node, from, to []string) {
	n, err := strconv.Atoi(tree.String(node, from...))
	if err != nil {
		return
	}
	tree.Remove(node, from...)
	tree.Set(node, codec.String((time.Duration(n) * time.Second).String()), to...)
}
