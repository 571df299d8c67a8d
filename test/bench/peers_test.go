// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/vspread/vspread/test/bench/fleet"
	"github.com/vspread/vspread/test/bench/measure"
)

func newBench(t *testing.T) *bench {
	t.Helper()
	bin, err := filepath.Abs("../../build/bench/bin")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{vspread, helm, jsonnet, ytt, cue, "passthrough", "empty"} {
		if _, err := os.Stat(filepath.Join(bin, name)); err != nil {
			t.Fatalf("%v: `make test-bench` builds it", err)
		}
	}
	return &bench{bin: bin, peers: "peers", work: t.TempDir(), pairs: 2, only: regexp.MustCompile(""), limit: time.Minute, tell: func(string) {}}
}

func output(t *testing.T, c measure.Command) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	if _, err := c.Run(out, time.Minute); err != nil {
		t.Fatal(c.Path, err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func at(object map[string]any, path ...string) string {
	for _, key := range path[:len(path)-1] {
		object, _ = object[key].(map[string]any)
	}
	text, _ := object[path[len(path)-1]].(string)
	return text
}

// hash is the end of a template's name, by which each program says what the template has in its own way.
var hash = regexp.MustCompile(`-[0-9a-z]{8}$`)

// objects reads a stream of documents by kind, namespace and name, with names of templates less their hashes. Templates with equal
// specs share a hash, others have different ones; each reference leads to a template of the stream.
func objects(t *testing.T, stream []byte) map[string]map[string]any {
	t.Helper()
	var all []map[string]any
	names, specs := map[string]bool{}, map[string]string{}
	for document := range bytes.SplitSeq(append([]byte("\n"), stream...), []byte("\n---\n")) {
		var object map[string]any
		if err := yaml.Unmarshal(document, &object); err != nil {
			t.Fatal(err)
		}
		if object == nil {
			continue
		}
		all = append(all, object)
		if strings.HasSuffix(at(object, "kind"), "Template") {
			name := at(object, "metadata", "name")
			names[at(object, "kind")+" "+name] = true
			spec, err := yaml.Marshal(object["spec"])
			if err != nil {
				t.Fatal(err)
			}
			end := hash.FindString(name)
			if other, ok := specs[end]; end == "" || ok && other != string(spec) {
				t.Errorf("the name %s does not say what is in it", name)
			}
			specs[end] = string(spec)
		}
	}
	cut := func(reference map[string]any) {
		reference["name"] = hash.ReplaceAllString(at(reference, "name"), "")
	}
	out := map[string]map[string]any{}
	for _, object := range all {
		metadata, _ := object["metadata"].(map[string]any)
		switch kind := at(object, "kind"); {
		case strings.HasSuffix(kind, "Template"):
			cut(metadata)
		case kind == "MachineDeployment":
			machine := object["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)
			for _, reference := range []map[string]any{machine["infrastructureRef"].(map[string]any), machine["bootstrap"].(map[string]any)["configRef"].(map[string]any)} {
				if !names[at(reference, "kind")+" "+at(reference, "name")] {
					t.Errorf("no template is called %s", at(reference, "name"))
				}
				cut(reference)
			}
		}
		key := at(object, "kind") + " " + at(metadata, "namespace") + "/" + at(metadata, "name")
		if out[key] != nil {
			t.Errorf("two objects are %s", key)
		}
		out[key] = object
	}
	return out
}

// TestPeersRenderTheSame wants the same objects of each program that is compared: otherwise, the comparison is not fair.
func TestPeersRenderTheSame(t *testing.T) {
	b := newBench(t)
	for _, size := range []fleet.Size{{Clusters: 1, Pools: 1}, {Clusters: 3, Pools: 5}, {Clusters: 2, Pools: 64}} {
		contenders, err := b.renderers(fleet.New(size), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		want := objects(t, output(t, contenders[0].command))
		if len(want) != size.Objects() {
			t.Fatalf("%v: vspread renders %d objects, not %d", size, len(want), size.Objects())
		}
		for _, peer := range contenders[1:] {
			got := objects(t, output(t, peer.command))
			if len(got) != len(want) {
				t.Errorf("%v: %s renders %d objects, not %d", size, peer.name, len(got), len(want))
			}
			for key, object := range want {
				if !reflect.DeepEqual(got[key], object) {
					wanted, _ := yaml.Marshal(object)
					rendered, _ := yaml.Marshal(got[key])
					t.Errorf("%v: %s: %s is\n%s, not\n%s", size, peer.name, key, rendered, wanted)
				}
			}
		}
	}
}

// TestListIsAFixedPoint wants what functions are measured with to be vspread's output already, so that it does no more than the
// pass-through, and both to give all of it.
func TestListIsAFixedPoint(t *testing.T) {
	b := newBench(t)
	size := fleet.Size{Clusters: 3, Pools: 4}
	dir := t.TempDir()
	list, err := b.list(dir, size)
	if err != nil {
		t.Fatal(err)
	}
	rendered := filepath.Join(dir, "rendered.yaml")
	first := b.vspread()
	first.Stdin = list
	if err := os.WriteFile(rendered, output(t, first), 0o600); err != nil {
		t.Fatal(err)
	}
	items := func(program string) []map[string]any {
		var list struct{ Items []map[string]any }
		if err := yaml.Unmarshal(output(t, measure.Command{Path: b.program(program), Stdin: rendered}), &list); err != nil {
			t.Fatal(err)
		}
		// kyaml numbers what it reads, and takes the numbers away again.
		for _, item := range list.Items {
			metadata, _ := item["metadata"].(map[string]any)
			annotations, _ := metadata["annotations"].(map[string]any)
			delete(annotations, "internal.config.kubernetes.io/index")
		}
		return list.Items
	}
	ours, theirs := items("vspread"), items("passthrough")
	if len(ours) != size.Objects()+2 || !reflect.DeepEqual(ours, theirs) {
		t.Errorf("vspread gives %d items, the pass-through %d, of %d", len(ours), len(theirs), size.Objects()+2)
	}
	again := b.vspread()
	again.Stdin = rendered
	if text, err := os.ReadFile(rendered); err != nil || !bytes.Equal(text, output(t, again)) {
		t.Error("vspread changes its own output")
	}
}

// TestHarnessIsSmall wants the smallest program to look small: on Linux, a child's peak is at least the size of its parent.
func TestHarnessIsSmall(t *testing.T) {
	b := newBench(t)
	report := filepath.Join(t.TempDir(), "report")
	_, err := measure.Command{Path: b.program("bench"), Args: []string{"-bin", b.bin, "-only", "^start-up/", "-n", "1"}}.Run(report, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`\| empty program \| [\d.]+ \| [\d.]+ \| ([\d.]+) \|`).FindSubmatch(text)
	if row == nil {
		t.Fatalf("no row of the empty program in\n%s", text)
	}
	if mebibytes := string(row[1]); len(mebibytes) != len("1.23") {
		t.Errorf("the empty program seems to take %s MiB", mebibytes)
	}
}
