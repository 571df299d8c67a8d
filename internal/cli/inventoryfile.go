// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// inventoryFile is the file that an inventory is kept in: a ConfigMap, perhaps among other objects, which
// stay as they are.
type inventoryFile struct {
	name string
	// nodes are all objects of the file; config is the inventory's ConfigMap among them.
	nodes  []*yaml.RNode
	config *yaml.RNode
	at     diag.Where

	text      string
	inventory inventory.Inventory
	// content is the file as it was read; nil is one that was not there.
	content []byte
	// crlf tells that the lines of the file end as on Windows.
	crlf bool
}

// openInventory reads an inventory's file. The inventory is not to be used when there are errors.
func openInventory(name string) (*inventoryFile, diag.List, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, nil, err
	}
	f, diags := parseInventoryFile(name, content)
	f.content = content
	return f, diags, nil
}

func parseInventoryFile(name string, content []byte) (*inventoryFile, diag.List) {
	var diags diag.List
	f := &inventoryFile{name: name, at: diag.At(diag.Ref{File: name}, "")}
	if n := bytes.Count(content, []byte("\n")); n > 0 && bytes.Count(content, []byte("\r\n")) == n {
		f.crlf = true
		content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
	}
	nodes, err := (&kio.ByteReader{Reader: bytes.NewReader(content), DisableUnwrapping: true, PreserveSeqIndent: true}).Read()
	if err != nil {
		diags.Errorf(diag.InvalidYAML, f.at, "is not YAML: %s", errorText(err))
		return f, diags
	}
	f.nodes = nodes
	var found []*yaml.RNode
	for _, n := range nodes {
		if object.New(n.YNode(), 0).IsInventory() {
			found = append(found, n)
		}
	}
	if len(found) != 1 {
		diags.Errorf(diag.NoInventory, f.at, "has %d ConfigMaps with the label %s: \"true\"", len(found), inventory.Label).
			WithHint("an inventory's file has one")
		return f, diags
	}
	f.config = found[0]
	o := object.New(f.config.YNode(), 0)
	o.Ref.File = name
	f.at = diag.At(o.Ref, "")
	f.text, f.inventory, diags = inventory.FromData(tree.Strings(f.config.YNode(), "data"), f.at)
	return f, diags
}

// newInventoryFile is one that is not written yet.
func newInventoryFile(name, configMap string) *inventoryFile {
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
	return &inventoryFile{name: name, nodes: []*yaml.RNode{config}, config: config, at: diag.At(diag.Ref{File: name}, "")}
}

// save writes the inventory when it differs, keeping comments and whatever else is in the file, and then says
// what changed. A dry run only says it.
func (f *inventoryFile) save(s Streams, updated inventory.Inventory, dryRun bool) error {
	if f.text != "" && inventory.Format(f.inventory) == inventory.Format(updated) {
		_, err := fmt.Fprintln(s.Out, "no change")
		return err
	}
	changes := inventory.Changes(f.inventory, updated)
	if len(changes) == 0 {
		changes = []string{"figures only: free space, for example"}
	}
	if f.text == "" && len(changes) > mostJoined {
		changes = []string{everything(updated)}
	}
	said := strings.Join(changes, "\n") + "\n"
	if dryRun {
		_, err := io.WriteString(s.Out, said)
		return err
	}
	text := inventory.Format(updated)
	if f.text != "" {
		if text = inventory.FormatLike(updated, f.text); !f.reads(text, updated) {
			// Comments can stand in places where they spoil what is written.
			text = inventory.Format(updated)
		}
	}
	if !f.reads(text, updated) {
		var diags diag.List
		diags.Errorf(diag.Internal, f.at, "what would be written could not be read again, so the file stays as it was").
			WithHint("please report it, with the inventory")
		return report(s, diags)
	}
	f.setData(inventory.Data(text))
	content := document(f.nodes)
	if f.crlf {
		content = bytes.ReplaceAll(content, []byte("\n"), []byte("\r\n"))
	}
	if now, err := os.ReadFile(f.name); err == nil && !bytes.Equal(now, f.content) {
		return fmt.Errorf("%s was changed while vCenter was read, and stays as it is; refresh it again", f.name)
	}
	if err := replaceFile(filepath.Clean(f.name), content); err != nil {
		return err
	}
	_, err := io.WriteString(s.Out, said)
	return err
}

// reads tells whether a text is read as that inventory.
func (f *inventoryFile) reads(text string, inv inventory.Inventory) bool {
	back, diags := inventory.Parse(text, f.at)
	return !diags.HasErrors() && inventory.Format(back) == inventory.Format(inv)
}

// setData puts the parts of the text into the ConfigMap. Other keys stay, and so do comments above the text.
func (f *inventoryFile) setData(parts map[string]string) {
	config := f.config.YNode()
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

// mostJoined is how many sentences about what joined a new inventory gets; beyond that they tell nobody anything.
const mostJoined = 30

// everything is the one sentence for a large inventory that is new.
func everything(inv inventory.Inventory) string {
	var words []string
	for _, c := range []struct {
		n         int
		one, many string
	}{
		{len(inv.Datacenters), "datacenter", "datacenters"},
		{len(inv.Clusters), "compute cluster", "compute clusters"},
		{len(inv.Hosts), "host", "hosts"},
		{len(inv.Datastores), "datastore", "datastores"},
		{len(inv.DatastoreClusters), "datastore cluster", "datastore clusters"},
		{len(inv.Networks), "network", "networks"},
		{len(inv.ResourcePools), "resource pool", "resource pools"},
		{len(inv.Folders), "folder", "folders"},
		{len(inv.Templates), "template", "templates"},
		{len(inv.StoragePolicies), "storage policy", "storage policies"},
	} {
		if c.n > 0 {
			words = append(words, diag.Count(c.n, c.one, c.many))
		}
	}
	return fmt.Sprintf("new, of vCenter %s %s: %s; `vspread inventory show` lists them", inv.Server, inv.Version, strings.Join(words, ", "))
}

// refuseStream wants a file that can be replaced, or made.
func refuseStream(c *cobra.Command, name string) error {
	info, err := os.Stat(name)
	switch {
	case name == "-":
		return usagef(c, "-f names the inventory's file, which is read and replaced, and - is none")
	case err == nil && info.IsDir():
		return usagef(c, "-f names %s, which is a directory: name the inventory's file in it", name)
	case err == nil && !info.Mode().IsRegular():
		return usagef(c, "-f names %s, which is no regular file and cannot be replaced", name)
	}
	return nil
}
