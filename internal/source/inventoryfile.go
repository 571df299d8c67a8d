// SPDX-License-Identifier: Apache-2.0

package source

import (
	"bytes"
	"maps"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// InventoryFile is the file that an inventory is kept in: a ConfigMap, perhaps among other objects, which
// stay as they are.
type InventoryFile struct {
	Name string
	// Nodes are all objects of the file; ConfigMap is the inventory's among them.
	Nodes     []*yaml.RNode
	ConfigMap *yaml.RNode
	At        diag.Where
	Inventory inventory.Inventory

	places
	text string
	// content is the file as it was read; nil is one that was not there.
	content []byte
	// crlf tells that the lines of the file end as on Windows.
	crlf bool
}

// OpenInventory reads an inventory's file. The inventory is not to be used when there are errors.
func OpenInventory(name string) (*InventoryFile, diag.List, error) {
	content, err := ReadFile(name)
	if err != nil {
		return nil, nil, err
	}
	if diags := refuseLarge(name, content); diags.HasErrors() {
		return &InventoryFile{Name: name, At: diag.At(diag.Ref{File: name}, "")}, diags, nil
	}
	f, diags := parseInventoryFile(name, content)
	f.content = content
	return f, diags, nil
}

func parseInventoryFile(name string, content []byte) (*InventoryFile, diag.List) {
	var diags diag.List
	f := &InventoryFile{Name: name, At: diag.At(diag.Ref{File: name}, "")}
	if n := bytes.Count(content, []byte("\n")); n > 0 && bytes.Count(content, []byte("\r\n")) == n {
		f.crlf = true
		content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
	}
	whole, mistake := documents(content, &codec.Budget{})
	if mistake != nil {
		diags.Append(notYAML(content, f.At, mistake))
		return f, diags
	}
	indent := yaml.DeriveSeqIndentStyle(string(content))
	for i, n := range whole {
		f.put(name, n.YNode())
		if malformed(n.YNode()) == "" && !anchored(n.YNode()) {
			object.Annotate(n.YNode(), object.Origin{Position: i, Indent: indent})
		}
	}
	f.putText(name, content)
	f.Nodes = whole
	var found []*yaml.RNode
	for _, n := range whole {
		if object.New(n.YNode(), 0).IsInventory() {
			found = append(found, n)
		}
	}
	if len(found) != 1 {
		diags.Errorf(diag.NoInventory, f.At, "has %d ConfigMaps with the label %s: \"true\"", len(found), inventory.Label).
			WithHint("an inventory's file has one")
		return f, diags
	}
	f.ConfigMap = found[0]
	o := object.New(f.ConfigMap.YNode(), 0)
	o.Ref.File = name
	f.At = diag.At(o.Ref, "")
	f.text, f.Inventory, diags = inventory.FromData(tree.Strings(f.ConfigMap.YNode(), "data"), f.At)
	f.Locate(diags)
	return f, diags
}

// NewInventory is one that is not written yet.
func NewInventory(name, configMap string) *InventoryFile {
	head := struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Metadata   struct {
			Name        string            `json:"name"`
			Labels      map[string]string `json:"labels"`
			Annotations map[string]string `json:"annotations"`
		} `json:"metadata"`
	}{APIVersion: "v1", Kind: "ConfigMap"}
	head.Metadata.Name = configMap
	head.Metadata.Labels = map[string]string{inventory.Label: "true"}
	head.Metadata.Annotations = map[string]string{object.LocalConfig: "true"}
	config := yaml.NewRNode(codec.Encode(head))
	return &InventoryFile{Name: name, Nodes: []*yaml.RNode{config}, ConfigMap: config, At: diag.At(diag.Ref{File: name}, "")}
}

// IsNew tells that the file was not there.
func (f *InventoryFile) IsNew() bool { return f.text == "" }

// Holds tells whether the file says just that.
func (f *InventoryFile) Holds(inv inventory.Inventory) bool {
	return !f.IsNew() && inventory.Format(f.Inventory) == inventory.Format(inv)
}

// Update puts another inventory into the ConfigMap, keeping comments and whatever else is in the file. With errors nothing is
// changed.
func (f *InventoryFile) Update(updated inventory.Inventory) diag.List {
	text := inventory.Format(updated)
	if !f.IsNew() {
		if text = inventory.FormatLike(updated, f.text); !f.reads(text, updated) {
			// Comments can stand in places where they spoil what is written.
			text = inventory.Format(updated)
		}
	}
	var diags diag.List
	if !f.reads(text, updated) {
		diags.Errorf(diag.Internal, f.At, "what would be written could not be read again, so the file stays as it was").
			WithHint("please report it, with the inventory")
		return diags
	}
	f.setData(inventory.Data(text))
	return diags
}

// LineEnds gives a text the line ends that the file had.
func (f *InventoryFile) LineEnds(text []byte) []byte {
	if f.crlf {
		text = bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	}
	return text
}

// WasChanged tells whether somebody has written the file since it was read.
func (f *InventoryFile) WasChanged() bool {
	now, err := ReadFile(f.Name)
	return err == nil && !bytes.Equal(now, f.content)
}

// reads tells whether a text is read as that inventory.
func (f *InventoryFile) reads(text string, inv inventory.Inventory) bool {
	back, diags := inventory.Parse(text, f.At)
	return !diags.HasErrors() && inventory.Format(back) == inventory.Format(inv)
}

// setData puts the parts of the text into the ConfigMap. Other keys stay, and so do comments above the text.
func (f *InventoryFile) setData(parts map[string]string) {
	config := f.ConfigMap.YNode()
	data := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	head := ""
	if old := tree.Get(config, "data"); old != nil && old.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(old.Content); i += 2 {
			if k := old.Content[i]; !inventory.IsPart(k.Value) {
				data.Content = append(data.Content, k, old.Content[i+1])
			} else if head == "" {
				head = k.HeadComment
			}
		}
	}
	for i, k := range slices.Sorted(maps.Keys(parts)) {
		name := codec.String(k)
		if i == 0 {
			name.HeadComment = head
		}
		data.Content = append(data.Content, name, codec.String(parts[k]))
	}
	tree.Set(config, data, "data")
}
