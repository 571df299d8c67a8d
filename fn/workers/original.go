// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// The annotation holds a JSON object from JSON pointers to values, null for what was not there. In kpt the next run
// reads what this one writes, and without it could not tell what the user asked for: a seed would pass on what only
// its own pool was to have, and nothing that is taken back would go.

// original gives a MachineDeployment as it was before it was adopted; one that is not is itself.
func original(md *object.Object, diags *diag.List) *object.Object {
	text := md.Annotation(object.BeforeAnnotation)
	if text == "" {
		return md
	}
	before, err := readBefore(text)
	if err != nil {
		diags.Errorf(diag.InvalidValue, diag.At(md.Ref, "metadata.annotations."+object.BeforeAnnotation), "is not what vspread wrote there: %v", err).
			WithHint("delete the annotation; the object then counts as it stands")
		return md
	}
	o := *md
	o.Node = tree.Clone(md.Node)
	for _, pointer := range slices.Sorted(maps.Keys(before)) {
		path := pathOf(pointer)
		if value := codec.Encode(before[pointer]); value.ShortTag() != yaml.NodeTagNull {
			tree.Set(o.Node, value, path...)
		} else {
			removeWithParents(o.Node, path)
		}
	}
	for _, annotation := range []string{object.BeforeAnnotation, object.AdoptedAnnotation} {
		removeWithParents(o.Node, []string{"metadata", "annotations", annotation})
	}
	return &o
}

// What adoption changes are some numbers, labels, annotations and references, so the annotation is small. A larger one was written by
// somebody else, and unfolds to far more than its own size.
const (
	longestBefore = 128 << 10
	mostBefore    = 1000
	deepestBefore = 16
)

// readBefore reads what remember writes, and nothing else.
func readBefore(text string) (map[string]json.RawMessage, error) {
	if len(text) > longestBefore {
		return nil, fmt.Errorf("it has more than %d KiB", longestBefore>>10)
	}
	var before map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &before); err != nil {
		return nil, err
	}
	if len(before) > mostBefore {
		return nil, fmt.Errorf("it has more than %d entries", mostBefore)
	}
	for _, pointer := range slices.Sorted(maps.Keys(before)) {
		path := pathOf(pointer)
		switch {
		case len(path) < 2 || path[0] != "spec" && (path[0] != "metadata" || path[1] != "annotations"):
			return nil, errors.New("it leads to what adoption does not change")
		case len(path)+depth(before[pointer]) > deepestBefore:
			return nil, fmt.Errorf("it leads deeper than %d fields", deepestBefore)
		}
	}
	return before, nil
}

// depth is how deep the values of a valid JSON text are nested.
func depth(value json.RawMessage) int {
	deepest, now := 0, 0
	for d := json.NewDecoder(bytes.NewReader(value)); ; {
		token, err := d.Token()
		if err != nil {
			return deepest
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			now++
			deepest = max(deepest, now)
		case json.Delim('}'), json.Delim(']'):
			now--
		}
	}
}

// removeWithParents takes out an entry, and the mappings that it leaves empty.
func removeWithParents(node *yaml.Node, path []string) {
	if tree.Remove(node, path...) == nil {
		return
	}
	for up := len(path) - 1; up > 0; up-- {
		if parent := tree.Get(node, path[:up]...); parent == nil || len(parent.Content) > 0 {
			return
		}
		tree.Remove(node, path[:up]...)
	}
}

// remember notes on a MachineDeployment what differs from the original.
func remember(node, original *yaml.Node) {
	before := map[string]json.RawMessage{}
	note(before, original, node, nil)
	text, err := json.Marshal(before)
	if err != nil {
		panic(err) // values that were read from JSON
	}
	value := &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Style: yaml.SingleQuotedStyle, Value: string(text)}
	tree.Set(node, value, "metadata", "annotations", object.BeforeAnnotation)
}

func note(before map[string]json.RawMessage, original, edited *yaml.Node, path []string) {
	if edited != nil && edited.Kind == yaml.MappingNode && (original == nil || original.Kind == yaml.MappingNode) {
		seen := map[string]bool{}
		for _, m := range []*yaml.Node{edited, original} {
			for i := 0; m != nil && i+1 < len(m.Content); i += 2 {
				key := m.Content[i].Value
				if !seen[key] {
					seen[key] = true
					note(before, tree.Get(original, key), tree.Get(edited, key), append(slices.Clone(path), key))
				}
			}
		}
		return
	}
	if original != nil && edited != nil && tree.Equal(original, edited) {
		return
	}
	before[pointerOf(path)] = json.RawMessage("null")
	if original != nil {
		var value any
		if original.Decode(&value) == nil {
			if text, err := json.Marshal(value); err == nil {
				before[pointerOf(path)] = text
			}
		}
	}
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

func pointerOf(path []string) string {
	var b strings.Builder
	for _, p := range path {
		b.WriteString("/" + pointerEscapes.Replace(p))
	}
	return b.String()
}

func pathOf(pointer string) []string {
	path := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, p := range path {
		path[i] = strings.ReplaceAll(strings.ReplaceAll(p, "~1", "/"), "~0", "~")
	}
	return path
}
