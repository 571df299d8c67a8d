// SPDX-License-Identifier: Apache-2.0

package output_test

import (
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/output"
)

// A stream has none of the notes on where its objects were read from.
func ExampleDocument() {
	a := yaml.MustParse("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n")
	b := yaml.MustParse("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b # the second\n")
	object.Annotate(a.YNode(), object.Origin{Name: "there/a.yaml", Place: "a.yaml"})
	fmt.Print(string(output.Document([]*yaml.RNode{a, b})))
	// Output:
	// apiVersion: v1
	// kind: ConfigMap
	// metadata:
	//   name: a
	// ---
	// apiVersion: v1
	// kind: ConfigMap
	// metadata:
	//   name: b # the second
}
