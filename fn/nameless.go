// SPDX-License-Identifier: Apache-2.0

package fn

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// named reports objects that have no name, so that nothing can refer to them and no API server takes them, each with its place,
// and gives those that can still be read: the others, and what says by itself what else is wrong with it.
func named(all []*object.Object, diags *diag.List) []*object.Object {
	inFile := map[string]int{}
	return slices.DeleteFunc(slices.Clone(all), func(o *object.Object) bool {
		inFile[o.Ref.File]++
		if !o.IsRead() || o.Ref.Name != "" || tree.String(o.Node, "metadata", "generateName") != "" || strings.HasSuffix(o.Ref.Kind, "List") {
			return false
		}
		place := position(o)
		if o.Ref.File != "" {
			place = fmt.Sprintf("object %d of the file", inFile[o.Ref.File])
		}
		at := diag.At(o.Ref, "metadata.name")
		if n := tree.Get(o.Node, "metadata", "name"); n != nil && n.Kind != yaml.ScalarNode {
			diags.Errorf(diag.WrongType, at, "must be a text").WithHint("it is %s", place)
		} else {
			diags.Errorf(diag.MissingField, at, "is missing").WithHint("give it a name, or take it out; it is %s", place)
		}
		return !o.IsSpread() && o.Key() != object.NewKey(object.CoreGroup, "Cluster", o.Ref.Namespace, "")
	})
}

// withoutNames drops what is said once more of objects without a name.
func withoutNames(said, nameless diag.List) diag.List {
	return slices.DeleteFunc(said, func(d *diag.Diagnostic) bool {
		return d.Code == diag.MissingField && d.Field == "metadata.name" && slices.ContainsFunc(nameless, func(n *diag.Diagnostic) bool { return n.Where == d.Where })
	})
}
