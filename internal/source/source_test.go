// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/output"
	"github.com/vspread/vspread/internal/source"
)

const service = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n"

func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	return dir
}

func write(t interface{ Fatal(args ...any) }, name, text string) {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// places gives where the objects are.
func places(m *source.Manifests) []string {
	var out []string
	for _, n := range m.Items {
		out = append(out, object.New(n.YNode(), 0).Place)
	}
	return out
}

// TestFilesOfDirectories leaves out what is hidden, what is skipped and what is no YAML, and tells several directories apart.
func TestFilesOfDirectories(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{
		"one/a.yaml": service, "one/.hidden/a.yaml": service, "one/a.txt": service, "one/values.yaml": "a: b\n", "one/rendered/a.yaml": service,
		"two/deep/a.yml": service,
	})
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	m, err := source.Files([]string{one}, source.Options{Skip: filepath.Join(one, "rendered")})
	if err != nil || m.Diags != nil {
		t.Fatal(err, m.Diags)
	}
	if d := cmp.Diff([]string{"a.yaml"}, places(m)); d != "" {
		t.Errorf("of one (-want +got):\n%s", d)
	}
	if d := cmp.Diff(map[string]bool{"values.yaml": true}, m.Foreign); d != "" {
		t.Errorf("no objects (-want +got):\n%s", d)
	}
	if m, err = source.Files([]string{one, two}, source.Options{}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"one/a.yaml", "one/rendered/a.yaml", "two/deep/a.yml"}, places(m)); d != "" {
		t.Errorf("of two (-want +got):\n%s", d)
	}
}

// TestUnlisted follows kustomizations from the root of a directory.
func TestUnlisted(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{
		"kustomization.yaml": "resources: [a.yaml, sub, whole]\n", "sub/kustomization.yaml": "resources: [b.yaml]\n",
	})
	m, err := source.Files([]string{dir}, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := m.Unlisted([]string{"a.yaml", "other.yaml", "sub/b.yaml", "sub/c.yaml", "whole/d.yaml"})
	if d := cmp.Diff([]string{"other.yaml", "sub/c.yaml"}, got); d != "" {
		t.Errorf("unlisted (-want +got):\n%s", d)
	}
}

// TestUpdateInventory keeps everything in an inventory's file but what changed, line ends included.
func TestUpdateInventory(t *testing.T) {
	t.Parallel()
	text := strings.ReplaceAll(`# of the user
apiVersion: v1
kind: ConfigMap
metadata:
  name: homelab
  labels:
    vspread.dev/inventory: "true"
data:
  notes: mine
  inventory.yaml: |
    apiVersion: vspread.dev/v1alpha1
    kind: Inventory
    hosts:
    # in the attic
    - {name: a}
    datastores:
    - {name: local, hosts: [a]}
---
apiVersion: v1
kind: Service
metadata:
  name: other # stays
`, "\n", "\r\n")
	file := filepath.Join(tree(t, map[string]string{"inventory.yaml": text}), "inventory.yaml")
	f, diags, err := source.OpenInventory(file)
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	if !f.Holds(f.Inventory) || f.IsNew() || f.WasChanged() {
		t.Error("the file is not as it was read")
	}
	updated := f.Inventory
	updated.Datastores = append(updated.Datastores[:0:0], updated.Datastores...)
	updated.Datastores[0].CapacityGiB = 100
	if f.Holds(updated) {
		t.Error("the file holds what was not written")
	}
	if diags := f.Update(updated); diags.HasErrors() {
		t.Fatal(diags)
	}
	got := string(f.LineEnds(output.Document(f.Nodes)))
	want := strings.Replace(text, "{name: local,", "{name: local, capacityGiB: 100,", 1)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("file (-want +got):\n%s", d)
	}
	if err := os.WriteFile(file, []byte("changed"), 0o666); err != nil {
		t.Fatal(err)
	}
	if !f.WasChanged() {
		t.Error("a change since is not seen")
	}
}
