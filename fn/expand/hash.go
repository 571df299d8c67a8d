// SPDX-License-Identifier: Apache-2.0

package expand

import (
	"encoding/json"
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// hashLength gives 40 bits: among a thousand templates the chance that two have one name is one in
// two million, and what is written is checked for it.
const hashLength = 8

// SpecHash names a template's spec by its content. Templates are immutable (VSphereMachineTemplate) or
// roll nothing when edited (KubeadmConfigTemplate), so another spec needs another name, and one spec
// must always have one name. It is the SHA-256 of the spec as JSON with sorted keys, in the v1beta2
// form whatever version is written, so that a change of version rolls no machine.
func SpecHash(spec *yaml.Node) string {
	var value any
	if err := spec.Decode(&value); err != nil {
		panic(fmt.Sprintf("expand: a spec without aliases does not decode: %v", err))
	}
	text, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("expand: a spec is not JSON: %v", err))
	}
	return digest(string(text))[:hashLength]
}
