// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/diag"
)

// source is a place that a machine's values come from, as a part of a VSphereMachineTemplate.
type source struct {
	spec *yaml.Node
	at   diag.Where
	// networks is the field that the source keeps its networks in.
	networks string
	// whole tells that the machines are copies of what is here, so that a place which is not here is none.
	whole bool
}

// isSaid tells whether the source says something; the zero source does not.
func (s source) isSaid() bool { return s.spec != nil }
