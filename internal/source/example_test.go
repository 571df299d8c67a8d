// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"fmt"
	"strings"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/source"
)

// A stream with a List and with values of Helm: the elements are objects, the values are none, and what is no YAML is said.
func ExampleFiles() {
	stream := `apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Service, metadata: {name: a}}
- {apiVersion: v1, kind: Service, metadata: {name: b}}
---
replicaCount: 3
`
	m, err := source.Files([]string{"-"}, source.Options{Stdin: strings.NewReader(stream)})
	if err != nil {
		fmt.Println(err)
	}
	for i, n := range m.Items {
		fmt.Println(object.New(n.YNode(), i).Ref)
	}
	m, err = source.Files([]string{"-"}, source.Options{Stdin: strings.NewReader("name: [\n")})
	fmt.Println(len(m.Items), m.Diags.HasErrors(), err)
	// Output:
	// Service a
	// Service b
	// 0 true <nil>
}
