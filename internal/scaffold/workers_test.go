// SPDX-License-Identifier: Apache-2.0

package scaffold_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/scaffold"
	"github.com/vspread/vspread/inventory"
)

// cluster gives Cluster apple with two MachineDeployments; the machines of the first are on datastore.
func cluster(datastore string) []*yaml.RNode {
	out := []*yaml.RNode{
		yaml.MustParse("apiVersion: cluster.x-k8s.io/v1beta2\nkind: Cluster\nmetadata: {name: apple}\nspec: {}\n"),
		yaml.MustParse("apiVersion: infrastructure.cluster.x-k8s.io/v1beta2\nkind: VSphereMachineTemplate\nmetadata: {name: t}\n" +
			"spec: {template: {spec: {datastore: " + datastore + "}}}\n"),
	}
	for _, name := range []string{"first", "second"} {
		out = append(out, yaml.MustParse("apiVersion: cluster.x-k8s.io/v1beta2\nkind: MachineDeployment\nmetadata: {name: "+name+"}\n"+
			"spec: {clusterName: apple, replicas: 4, template: {spec: {infrastructureRef: "+
			"{apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: t}}}}\n"))
	}
	return out
}

// excluded names the objects that are marked to stay next to the pools.
func excluded(items []*yaml.RNode) []string {
	var out []string
	for _, n := range items {
		if n.GetAnnotations()["vspread.dev/exclude"] == "true" {
			out = append(out, n.GetName())
		}
	}
	return out
}

func TestWorkersApply(t *testing.T) {
	t.Parallel()
	inv := &inventory.Inventory{
		Hosts: []inventory.Host{{Name: "a"}, {Name: "b"}},
		Datastores: []inventory.Datastore{
			{Name: "local", Hosts: []string{"a"}}, {Name: "shared", Hosts: []string{"a", "b"}},
		},
	}
	for _, c := range []struct {
		name      string
		choice    scaffold.Workers
		datastore string
		want      scaffold.Pools
		excluded  []string
		err       string
	}{
		{"a seed gives the number", scaffold.Workers{Seed: "second", Replicas: -1}, "local", scaffold.Pools{Seed: "second", Replicas: -1}, []string{"first"}, ""},
		{"all stay next to the pools", scaffold.Workers{Exclude: true, Replicas: -1}, "local", scaffold.Pools{Replicas: 3}, []string{"first", "second"}, ""},
		{"one is adopted", scaffold.Workers{Adopt: []string{"first"}, Replicas: -1}, "local",
			scaffold.Pools{Seed: "first", Replicas: 4, Adopted: []scaffold.Adopted{{Name: "first", Datastore: "local", Replicas: 4}}}, []string{"second"}, ""},
		{"an adopted one must not shrink", scaffold.Workers{Adopt: []string{"first"}, Replicas: 3}, "local", scaffold.Pools{}, nil, "--adopt first: it has 4 machines, and --replicas 3 is less"},
		{"two on one disk are no two pools of a group", scaffold.Workers{Adopt: []string{"first", "second"}, Replicas: -1}, "local", scaffold.Pools{}, nil,
			"--adopt second: its machines are on datastore local, as those of first are, and a worker group has one pool on each"},
		{"machines on a shared datastore are no pool", scaffold.Workers{Adopt: []string{"first"}, Replicas: -1}, "shared", scaffold.Pools{}, nil, `its machines are on datastore "shared"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			items := cluster(c.datastore)
			apple, set, diags := scaffold.OnlyCluster(items)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			if err := c.choice.Check(scaffold.Deployments(set, apple)); err != nil {
				t.Fatal(err)
			}
			got, err := c.choice.Apply(items, set, apple, inv)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("error %v, not %q", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var marked []string
			for _, ref := range got.Excluded {
				marked = append(marked, ref.Name)
			}
			if d := cmp.Diff(c.excluded, marked); d != "" {
				t.Errorf("told as excluded (-want +got):\n%s", d)
			}
			got.Excluded = nil
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("pools (-want +got):\n%s", d)
			}
			if d := cmp.Diff(c.excluded, excluded(items)); d != "" {
				t.Errorf("excluded (-want +got):\n%s", d)
			}
		})
	}
}

// TestManifests keeps the names of files that a repository gets besides free of manifests.
func TestManifests(t *testing.T) {
	t.Parallel()
	var items []*yaml.RNode
	for name, file := range map[string]string{"a": "spread.yaml", "b": "guard/b.yaml", "c": ""} {
		n := yaml.MustParse("apiVersion: v1\nkind: Service\nmetadata: {name: " + name + "}\n")
		if file != "" {
			if err := n.PipeE(yaml.SetAnnotation("internal.config.kubernetes.io/path", file)); err != nil {
				t.Fatal(err)
			}
		}
		items = append(items, n)
	}
	items = append(items, yaml.MustParse("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: i, labels: {vspread.dev/inventory: \"true\"}}\n"),
		yaml.MustParse("apiVersion: vspread.dev/v1alpha1\nkind: ClusterSpread\nmetadata: {name: s}\n"))
	byFile, files := scaffold.Manifests(items, func(*object.Object) string { return "" })
	if d := cmp.Diff([]string{"cluster.yaml"}, files); d != "" {
		t.Errorf("files (-want +got):\n%s", d)
	}
	if n := len(byFile["cluster.yaml"]); n != 3 {
		t.Errorf("%d objects in cluster.yaml, not 3", n)
	}
}

// TestWorkersAnswer takes the words of the flags, and nothing else.
func TestWorkersAnswer(t *testing.T) {
	t.Parallel()
	one, two := []string{"a"}, []string{"a", "b"}
	for _, c := range []struct {
		text  string
		names []string
		want  scaffold.Workers
		ok    bool
	}{
		{"seed", one, scaffold.Workers{Seed: "a"}, true}, {"adopt", one, scaffold.Workers{Adopt: one}, true}, {"exclude", one, scaffold.Workers{Exclude: true}, true},
		{"--adopt a", one, scaffold.Workers{Adopt: one}, true}, {"ADOPT a,b", two, scaffold.Workers{Adopt: two}, true}, {"adopt a, b", two, scaffold.Workers{Adopt: two}, true},
		{"seed b", two, scaffold.Workers{Seed: "b"}, true}, {"exclude", two, scaffold.Workers{Exclude: true}, true}, {"exclude a b", two, scaffold.Workers{Exclude: true}, true},
		{"seed", two, scaffold.Workers{}, false}, {"adopt", two, scaffold.Workers{}, false}, {"seed a b", two, scaffold.Workers{}, false}, {"exclude a", two, scaffold.Workers{}, false},
		{"adopt c", one, scaffold.Workers{}, false}, {"adopt a,a", one, scaffold.Workers{}, false}, {"k", one, scaffold.Workers{}, false}, {"", one, scaffold.Workers{}, false},
	} {
		got, err := scaffold.Workers{}.Answer(c.text, c.names)
		if (err == nil) != c.ok {
			t.Errorf("%q of %v: %v", c.text, c.names, err)
			continue
		}
		if d := cmp.Diff(c.want, got); c.ok && d != "" {
			t.Errorf("%q of %v (-want +got):\n%s", c.text, c.names, d)
		}
	}
}
