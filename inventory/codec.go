// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

const (
	// Label marks a ConfigMap as an inventory.
	Label = "vspread.dev/inventory"
	// Key is the ConfigMap's key for the text; a long text is split over numbered keys instead.
	Key = "inventory.yaml"
	// maxPart keeps each key of the ConfigMap below what editors and the API server take well.
	maxPart = 900 << 10
)

var numberedKey = regexp.MustCompile(`^inventory\.(\d{1,4})\.yaml$`)

// document is the text with its head.
type document struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Inventory
}

// Text joins the text of an inventory from a ConfigMap's data. A missing part is an error: it would be
// a smaller inventory, and hosts would seem lost.
func Text(data map[string]string, at diag.Where) (string, diag.List) {
	var diags diag.List
	at = at.Dot("data")
	parts := map[int]string{}
	var unknown []string
	for _, k := range slices.Sorted(maps.Keys(data)) {
		if m := numberedKey.FindStringSubmatch(k); m != nil {
			n, _ := strconv.Atoi(m[1])
			if _, twice := parts[n]; twice {
				diags.Errorf(diag.InconsistentInventory, at.Dot(k), "part %d stands twice", n).WithHint("keep one of the two")
			}
			parts[n] = data[k]
		} else if k != Key {
			unknown = append(unknown, k)
		}
	}
	for _, k := range unknown {
		diags.Warnf(diag.UnknownField, at.Dot(k), "key %q of the inventory's ConfigMap is not read", k).
			WithHint("the text belongs in %q", Key)
	}
	text, whole := data[Key]
	switch {
	case whole && len(parts) > 0:
		diags.Errorf(diag.InconsistentInventory, at, "has both %q and numbered parts", Key).
			WithHint("keep one of the two")
	case !whole && len(parts) == 0:
		diags.Errorf(diag.MissingField, at, "has no key %q", Key).
			WithHint("write the inventory's text there")
	case !whole:
		var b strings.Builder
		for n := 1; n <= len(parts); n++ {
			part, ok := parts[n]
			if !ok {
				diags.Errorf(diag.InconsistentInventory, at, "part %d of %d is missing", n, slices.Max(slices.Collect(maps.Keys(parts)))).
					WithHint("refresh the inventory or restore the key from git")
				break
			}
			b.WriteString(part)
		}
		text = b.String()
	}
	// Windows editors put these in; within a block scalar YAML keeps them.
	text = strings.TrimPrefix(text, "\ufeff")
	return strings.ReplaceAll(text, "\r\n", "\n"), diags
}

// IsPart tells whether a key of the ConfigMap holds the text or a part of it.
func IsPart(k string) bool { return k == Key || numberedKey.MatchString(k) }

// Data gives the ConfigMap data for the text of an inventory, split where it is long.
func Data(text string) map[string]string {
	if len(text) <= maxPart {
		return map[string]string{Key: text}
	}
	data := map[string]string{}
	for n := 1; text != ""; n++ {
		end := len(text)
		if end > maxPart {
			// A line is far shorter than a part, but a shared datastore's mount list may not be.
			if end = strings.LastIndexByte(text[:maxPart], '\n') + 1; end == 0 {
				end = strings.IndexByte(text, '\n') + 1
			}
		}
		data[fmt.Sprintf("inventory.%03d.yaml", n)] = text[:end]
		text = text[end:]
	}
	return data
}

// FromData reads the inventory that the data of a ConfigMap holds, and gives its text as well. The inventory is not to be used
// when there are errors.
func FromData(data map[string]string, at diag.Where) (string, Inventory, diag.List) {
	text, diags := Text(data, at)
	if diags.HasErrors() {
		return text, Inventory{}, diags
	}
	inv, more := Parse(text, at.Dot(`data["inventory.yaml"]`))
	diags.Append(more...)
	return text, inv, diags
}

// Parse reads the text of an inventory, strictly, and checks it. With errors the inventory must not be
// used. The position `at` is that of the text in its ConfigMap.
func Parse(text string, at diag.Where) (Inventory, diag.List) {
	var diags diag.List
	var budget codec.Budget
	if !budget.Bytes(len(text)) || !budget.Text(text) {
		diags.Errorf(diag.InputTooLarge, at, "%s", codec.ErrTooLarge).WithHint("refresh a part of vCenter, with --datacenter or --cluster")
		return Inventory{}, diags
	}
	decoder := yaml.NewDecoder(strings.NewReader(text))
	var root yaml.Node
	if err := decoder.Decode(&root); err != nil {
		if errors.Is(err, io.EOF) {
			diags.Errorf(diag.MissingField, at, "the inventory is empty").
				WithHint("list at least hosts and datastores")
		} else {
			m := codec.FindMistake(text, err)
			diags.Errorf(diag.InvalidYAML, at, "is not YAML: %s", m.Message).InText = m.Position
		}
		return Inventory{}, diags
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		diags.Errorf(diag.InvalidYAML, at, "holds more than one YAML document").WithHint("keep one")
		return Inventory{}, diags
	}
	if err := budget.Document(&root); err != nil {
		diags.Errorf(diag.InputTooLarge, at, "%s", err).WithHint("an inventory is written by `vspread inventory refresh`, or by hand as the documentation says")
		return Inventory{}, diags
	}
	var doc document
	problems := codec.Decode(&root, "", &doc)
	if doc.APIVersion != "" && doc.APIVersion != APIVersion || doc.Kind != "" && doc.Kind != Kind {
		// What follows in an unknown version cannot be judged.
		diags.Errorf(diag.UnsupportedVersion, at, "inventory of version %q, kind %q is not known", doc.APIVersion, doc.Kind).
			WithHint("this vspread reads apiVersion %s, kind %s", APIVersion, Kind)
		return Inventory{}, diags
	}
	for _, p := range problems {
		d := diags.Errorf(p.Code, at.Dot(p.Path), "%s", p.Message)
		d.Hint, d.InText = p.Hint, p.Position
	}
	inv := doc.Inventory
	if !diags.HasErrors() {
		for _, d := range inv.check(at) {
			f := tree.Find(&root, strings.TrimPrefix(d.Field, at.Field), false)
			d.InText = diag.Position{Line: f.Name.Line, Column: f.Name.Column}
			diags.Append(d)
		}
	}
	inv.canonicalise()
	return inv, diags
}

// Format writes the canonical text: one line for each object, sorted, so that git shows what changed
// and a refresh without a change is no change.
func Format(inv Inventory) string {
	inv.canonicalise()
	root := codec.Encode(document{APIVersion, Kind, inv})
	for i := 1; i < len(root.Content); i += 2 {
		if list := root.Content[i]; list.Kind == yaml.SequenceNode {
			for _, entry := range list.Content {
				flow(entry)
			}
		}
	}
	return codec.Text(root)
}

func flow(n *yaml.Node) {
	if n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode {
		n.Style = yaml.FlowStyle
		for _, c := range n.Content {
			flow(c)
		}
	}
}
