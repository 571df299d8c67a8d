// SPDX-License-Identifier: Apache-2.0

package output_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/output"
)

// made is an object that vspread wrote for Cluster apple, users one of the user's, as they are read from a file.
func made(kind, name, file string) *yaml.RNode {
	return noted("  annotations: {vspread.dev/owner: apple}\n", kind, name, file)
}

func users(kind, name, file string) *yaml.RNode { return noted("", kind, name, file) }

func noted(annotations, kind, name, file string) *yaml.RNode {
	n := yaml.MustParse("apiVersion: cluster.x-k8s.io/v1beta2\nkind: " + kind + "\nmetadata:\n  name: " + name + "\n" + annotations + "spec:\n  replicas: 2\n")
	if file != "" {
		object.Annotate(n.YNode(), object.Origin{Name: "out/" + file, Place: file})
	}
	return n
}

func codes(diags diag.List) []string {
	var out []string
	for _, d := range diags {
		out = append(out, d.Severity.String()+" "+string(d.Code)+" "+d.Object.Name)
	}
	return out
}

func open(t *testing.T, dir string) *output.Target {
	t.Helper()
	target, err := output.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(target.Close)
	return target
}

// TestArrange puts a rendering into a directory with earlier output and objects of the user's.
func TestArrange(t *testing.T) {
	t.Parallel()
	earlier := []*yaml.RNode{
		made("MachineDeployment", "apple-md-a", "moved/a.yaml"), // the user moved it
		made("MachineDeployment", "apple-md-b", "pools/b.yaml"), // nothing asks for it any more
		users("MachineHealthCheck", "mine", "pools/a.yaml"),
		users("MachineHealthCheck", "other", "other.yaml"),
	}
	wanted := []*yaml.RNode{
		made("MachineDeployment", "apple-md-a", "pools/a.yaml"),
		made("MachineDeployment", "apple-md-c", "pools/c.yaml"),
		users("Cluster", "apple", ""),
	}
	l := output.Arrange("out", wanted, wanted, earlier)
	if d := cmp.Diff([]string{"moved/a.yaml", "other.yaml", "pools/a.yaml", "pools/c.yaml", "stdin.yaml"}, l.Files()); d != "" {
		t.Errorf("files (-want +got):\n%s", d)
	}
	want := []string{"warning PoolRemoved apple-md-b", "warning NotInInput mine", "warning NotInInput other"}
	if d := cmp.Diff(want, codes(l.Diags)); d != "" {
		t.Errorf("diagnostics (-want +got):\n%s", d)
	}
}

// TestArrangeRefuses finds what would be lost or land elsewhere.
func TestArrangeRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name            string
		wanted, earlier []*yaml.RNode
		foreign         map[string]bool
		want            []string
	}{
		{"the user's object has the name", []*yaml.RNode{made("MachineDeployment", "a", "a.yaml")}, []*yaml.RNode{users("MachineDeployment", "a", "mine.yaml")}, nil, []string{"error ObjectInTheWay a"}},
		{"outside of the directory", []*yaml.RNode{users("Cluster", "a", "../a.yaml")}, nil, nil, []string{"error InvalidValue a"}},
		{"what is no object would be lost", []*yaml.RNode{users("Cluster", "a", "a.yaml")}, nil, map[string]bool{"a.yaml": true}, []string{"error ObjectInTheWay "}},
		{"what is no object lies elsewhere", []*yaml.RNode{users("Cluster", "a", "a.yaml")}, nil, map[string]bool{"b.yaml": true}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := output.Arrange("out", c.wanted, c.wanted, c.earlier)
			l.RefuseForeign(c.foreign)
			if d := cmp.Diff(c.want, codes(l.Diags)); d != "" {
				t.Errorf("diagnostics (-want +got):\n%s", d)
			}
		})
	}
}

// TestWrite brings a rendering to disk, then the same again, then less.
func TestWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	read := func() []*yaml.RNode {
		var out []*yaml.RNode
		for _, file := range []string{"a.yaml", "pools/b.yaml"} {
			text, err := os.ReadFile(filepath.Join(dir, file))
			if err != nil {
				continue
			}
			if bytes.Contains(text, []byte("internal.config.kubernetes.io")) {
				t.Errorf("%s has notes:\n%s", file, text)
			}
			nodes, err := (&kio.ByteReader{Reader: bytes.NewReader(text), OmitReaderAnnotations: true}).Read()
			if err != nil {
				t.Fatal(err)
			}
			for i, n := range nodes {
				object.Annotate(n.YNode(), object.Origin{Name: file, Place: file, Position: i})
			}
			out = append(out, nodes...)
		}
		return out
	}
	target := open(t, dir)
	a, b := users("Cluster", "apple", "a.yaml"), made("MachineDeployment", "b", "pools/b.yaml")
	for _, step := range []struct {
		wanted []*yaml.RNode
		want   []output.Change
	}{
		{[]*yaml.RNode{a, b}, []output.Change{{Name: "a.yaml", Action: output.Created}, {Name: "pools/b.yaml", Action: output.Created}}},
		{[]*yaml.RNode{a, b}, []output.Change{{Name: "a.yaml", Action: output.Unchanged}, {Name: "pools/b.yaml", Action: output.Unchanged}}},
		{[]*yaml.RNode{a}, []output.Change{{Name: "a.yaml", Action: output.Unchanged}, {Name: "pools/b.yaml", Action: output.Removed}}},
	} {
		changes, err := output.Arrange(dir, step.wanted, step.wanted, read()).Write(target)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(step.want, changes); d != "" {
			t.Errorf("changes (-want +got):\n%s", d)
		}
		if n := len(read()); n != len(step.wanted) {
			t.Errorf("%d objects are there, not %d", n, len(step.wanted))
		}
	}
}

// TestWriteAllOrNothing changes nothing when one of the files must not be written.
func TestWriteAllOrNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "b.yaml"), []byte("kind: Old\n"), 0o444); err != nil {
		t.Fatal(err)
	}
	wanted := []*yaml.RNode{users("Cluster", "a", "a.yaml"), users("Cluster", "b", "b.yaml")}
	if _, err := output.Arrange(dir, wanted, wanted, nil).Write(open(t, dir)); err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("no error about the read-only file: %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%d files are there, not 1 (%v)", len(entries), err)
	}
}
