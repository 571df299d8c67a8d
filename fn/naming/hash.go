// SPDX-License-Identifier: Apache-2.0

package naming

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/tree"
)

// hashLength gives 40 bits: among a thousand templates the chance that two have one name is one in
// two million, and what is written is checked for it.
const hashLength = 8

// Spec names a template's spec by its content. Templates are immutable (VSphereMachineTemplate) or
// roll nothing when edited (KubeadmConfigTemplate), so another spec needs another name, and one spec
// must always have one name. It is the SHA-256 of the spec as JSON with sorted keys, as an API server is sent it, in the
// v1beta2 form whatever version is written, so that a change of version rolls no machine.
//
// It fails on what YAML can say and JSON cannot, such as a key that stands twice, and on aliases.
func Spec(spec *yaml.Node) (string, error) { return Salted(spec, "") }

// Salted names a spec that somebody wants under another name, to have its machines replaced by the same again.
// Without a salt it is Spec.
func Salted(spec *yaml.Node, salt string) (string, error) {
	var text strings.Builder
	if err := canonical(&text, spec); err != nil {
		return "", err
	}
	if salt != "" {
		text.WriteString("\x00" + salt)
	}
	return digest(text.String())[:hashLength], nil
}

// canonical writes a tree as JSON, its keys sorted.
func canonical(out *strings.Builder, node *yaml.Node) error {
	switch node.Kind {
	case yaml.DocumentNode:
		return canonical(out, node.Content[0])
	case yaml.MappingNode:
		return canonicalMapping(out, node)
	case yaml.SequenceNode:
		out.WriteByte('[')
		for i, element := range node.Content {
			if i > 0 {
				out.WriteByte(',')
			}
			if err := canonical(out, element); err != nil {
				return err
			}
		}
		out.WriteByte(']')
		return nil
	case yaml.ScalarNode:
		sent, ok := tree.Sent(node)
		if !ok {
			return fmt.Errorf("%s %q cannot be written as JSON", node.ShortTag(), node.Value)
		}
		out.WriteString(sent)
		return nil
	}
	return errors.New("an alias stands for too many values")
}

func canonicalMapping(out *strings.Builder, mapping *yaml.Node) error {
	type entry struct {
		key, sent string
		value     *yaml.Node
	}
	entries := make([]entry, 0, len(mapping.Content)/2)
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		key := mapping.Content[i]
		sent, ok := "", false
		if key.Kind == yaml.ScalarNode {
			sent, ok = tree.Sent(key)
		}
		if !ok || sent == "null" {
			return fmt.Errorf("a key is no text: %q", key.Value)
		}
		var text string
		if n := len(sent); sent[0] == '"' && strings.IndexByte(sent, '\\') < 0 {
			text = sent[1 : n-1]
		} else if err := json.Unmarshal([]byte(sent), &text); err != nil {
			text, sent = sent, `"`+sent+`"` // a number or a boolean, which clients make a text of
		}
		entries = append(entries, entry{text, sent, mapping.Content[i+1]})
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	out.WriteByte('{')
	for i, e := range entries {
		if i > 0 {
			out.WriteByte(',')
			if e.key == entries[i-1].key {
				return fmt.Errorf("the key %q stands twice", e.key)
			}
		}
		out.WriteString(e.sent + ":")
		if err := canonical(out, e.value); err != nil {
			return err
		}
	}
	out.WriteByte('}')
	return nil
}
