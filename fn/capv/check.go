// SPDX-License-Identifier: Apache-2.0

package capv

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
)

// CheckMachineSpec reports values in the spec of a machine, in the form of v1beta2 and at a place, that are of another type than
// their fields, or none of the values that these have. Fields that are not known are of a newer CAPV.
func CheckMachineSpec(spec *yaml.Node, at diag.Where) diag.List {
	var into MachineSpec
	return codec.CheckTypes(spec, at, &into)
}
