// SPDX-License-Identifier: Apache-2.0

package naming

import (
	"encoding/json"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// hashLength gives 40 bits: among a thousand templates the chance that two have one name is one in
// two million, and what is written is checked for it.
const hashLength = 8

// Spec names a template's spec by its content. Templates are immutable (VSphereMachineTemplate) or
// roll nothing when edited (KubeadmConfigTemplate), so another spec needs another name, and one spec
// must always have one name. It is the SHA-256 of the spec as JSON with sorted keys, in the v1beta2
// form whatever version is written, so that a change of version rolls no machine.
//
// It fails on what YAML can say and JSON cannot, such as a key that stands twice or is no text.
func Spec(spec *yaml.Node) (string, error) { return Salted(spec, "") }

// Salted names a spec that somebody wants under another name, to have its machines replaced by the same again.
// Without a salt it is Spec.
func Salted(spec *yaml.Node, salt string) (string, error) {
	var value any
	if err := spec.Decode(&value); err != nil {
		return "", err
	}
	text, err := json.Marshal(value)
	if err != nil {
		return "", err
	}
	if salt != "" {
		text = append(text, "\x00"+salt...)
	}
	return digest(string(text))[:hashLength], nil
}
