// SPDX-License-Identifier: Apache-2.0

package fn_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/tree"
)

func list(items []string) []byte {
	var b strings.Builder
	b.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n")
	for _, item := range items {
		lead := "- "
		for line := range strings.Lines(item) {
			b.WriteString(lead + line)
			lead = "  "
		}
	}
	return []byte(b.String())
}

type fataler interface {
	Helper()
	Fatalf(string, ...any)
}

func mustRun(t fataler, in []byte) string {
	t.Helper()
	out, diags := fn.Run(in)
	if diags.HasErrors() {
		t.Fatalf("%v\n%s", diags, in)
	}
	return string(out)
}

func objects(t fataler, out string) []*object.Object {
	t.Helper()
	rl, diags := fn.ReadResourceList([]byte(out))
	if diags.HasErrors() {
		t.Fatalf("%v", diags)
	}
	var all []*object.Object
	for i, o := range rl.Items {
		all = append(all, object.New(o.YNode(), i))
	}
	return all
}

func text(t fataler, n *yaml.Node) string {
	t.Helper()
	s, err := yaml.String(n)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return s
}

// Law 1, pure: the order of items does not matter. Law 2: the function on its own output changes nothing.
func TestPureAndFixedPoint(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		items := genWorld(t).items()
		first := mustRun(t, list(items))
		if d := cmp.Diff(first, mustRun(t, []byte(first))); d != "" {
			t.Fatalf("the second run changes something (-first +second):\n%s", d)
		}
		shuffled := slices.Clone(items)
		rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)).Shuffle(len(shuffled), func(i, j int) {
			shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
		})
		if d := cmp.Diff(written(t, first), written(t, mustRun(t, list(shuffled)))); d != "" {
			t.Fatalf("the order of items matters (-given +shuffled):\n%s", d)
		}
	})
}

func written(t fataler, out string) string {
	var b strings.Builder
	for _, o := range objects(t, out) {
		if o.Owner() != "" {
			b.WriteString(text(t, o.Node) + "---\n")
		}
	}
	return b.String()
}

// Law 3: what is not ours passes through to the letter, comments and all; the Cluster gets its label and
// nothing else.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := genWorld(t)
		before := objects(t, string(list(w.items())))
		after := objects(t, mustRun(t, list(w.items())))
		for i, o := range before {
			got := after[i]
			if o.Ref.Kind == "Cluster" {
				tree.Remove(got.Node, "metadata", "labels")
			}
			if d := cmp.Diff(text(t, o.Node), text(t, got.Node)); d != "" {
				t.Fatalf("%s is changed (-before +after):\n%s", o.Ref, d)
			}
		}
	})
}

// Law 4: with an error there is no output, and a transformation leaves its items as they are.
func TestAllOrNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		items := append(genWorld(t).items(), "apiVersion: cluster.x-k8s.io/v1beta2\nkind: MachineDeployment\nmetadata: {name: unclaimed}\nspec: {clusterName: apple}\n")
		items[0] = strings.Replace(items[0], "namespace: clusters", "namespace: default", 1)
		out, diags := fn.Run(list(items))
		if !diags.HasErrors() || out != nil {
			t.Fatalf("no error (%v), or an output:\n%s", diags, out)
		}
		for _, transform := range []func(items []*yaml.RNode, config *yaml.RNode) fn.Outcome{fn.Transform, fn.Render} {
			rl, _ := fn.ReadResourceList(list(items))
			before := listText(t, rl)
			if outcome := transform(rl.Items, nil); !outcome.Diags.HasErrors() {
				t.Fatal("no error")
			}
			if d := cmp.Diff(before, listText(t, rl)); d != "" {
				t.Fatalf("items are changed (-before +after):\n%s", d)
			}
		}
	})
}

// listText is a list as text.
func listText(t interface{ Fatal(...any) }, rl *fn.ResourceList) string {
	var out bytes.Buffer
	if err := rl.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Whether new objects stay nodes or are sealed, and on how many processors, the output is the same.
func TestRenderIsTransform(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		items := genWorld(t).items()
		var texts []string
		for _, transform := range []func(items []*yaml.RNode, config *yaml.RNode) fn.Outcome{fn.Transform, fn.Render} {
			rl, diags := fn.ReadResourceList(list(items))
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			out := transform(rl.Items, nil)
			texts = append(texts, out.Diags.String()+listText(t, &fn.ResourceList{Items: out.Items, Added: out.Added, Last: out.Last}))
		}
		if d := cmp.Diff(texts[0], texts[1]); d != "" {
			t.Fatalf("(-Transform +Render):\n%s", d)
		}
	})
}

// Laws 6, 7 and 9: shares sum to the total over what is not gone; one name has one spec; what is gone
// keeps its pool, with no machines.
func TestShares(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := genWorld(t)
		out := objects(t, mustRun(t, list(w.items())))
		seen := map[object.Key]bool{}
		totals, pools := map[string]int{}, map[string]int{}
		for _, o := range out {
			if seen[o.Key()] {
				t.Fatalf("%s stands twice", o.Ref)
			}
			seen[o.Key()] = true
			if o.Owner() == "" || o.Ref.Kind != "MachineDeployment" {
				continue
			}
			g := tree.String(o.Node, "spec", "template", "metadata", "labels", "node.cluster.x-k8s.io/worker-group")
			var n int
			if _, err := fmt.Sscan(tree.String(o.Node, "spec", "replicas"), &n); err != nil {
				t.Fatalf("%s: %v", o.Ref, err)
			}
			totals[g] += n
			pools[g]++
		}
		for _, g := range w.groups {
			if totals[g.name] != g.replicas || pools[g.name] != len(w.datastores) {
				t.Fatalf("group %s has %d replicas in %d pools, want %d in %d", g.name, totals[g.name], pools[g.name], g.replicas, len(w.datastores))
			}
		}
	})
}

// What a template is called depends on its content alone: another datastore's state or another
// group's number changes no name and no spec.
func TestTemplatesDependOnTheirContent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := genWorld(t)
		before := specs(t, mustRun(t, list(w.items())))
		w.groups[0].replicas += rapid.IntRange(1, 5).Draw(t, "more")
		for i := range w.datastores[1:] {
			if !w.groups[0].drains[w.datastores[i+1].id] {
				w.datastores[i+1].state = rapid.SampledFrom([]string{"", "gone", "maintenance"}).Draw(t, "new state")
			}
		}
		if d := cmp.Diff(before, specs(t, mustRun(t, list(w.items())))); d != "" {
			t.Fatalf("templates change with the number of machines or a state (-before +after):\n%s", d)
		}
	})
}

func specs(t fataler, out string) map[string]string {
	m := map[string]string{}
	for _, o := range objects(t, out) {
		if o.Owner() != "" && strings.HasSuffix(o.Ref.Kind, "Template") {
			m[o.Ref.Kind+"/"+o.Ref.Name] = text(t, tree.Get(o.Node, "spec"))
		}
	}
	return m
}

func TestPanicIsAnError(t *testing.T) {
	t.Parallel()
	out, diags := fn.Guarded(list(nil), func(*fn.ResourceList) { panic("out of luck") })
	if out != nil || len(diags) != 1 || !strings.Contains(diags[0].String(), "error: vspread failed: out of luck") {
		t.Errorf("%q %v", out, diags)
	}
}

func FuzzRun(f *testing.F) {
	f.Add(list([]string{"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"}))
	f.Add([]byte("kind: ResourceList\nitems: [&a {b: *a}]"))
	f.Add([]byte("kind: ResourceList\nitems: [null, 1, []]\nfunctionConfig: {kind: ConfigMap, apiVersion: v1, data: {replicas: '1'}}"))
	for _, items := range []world{{hosts: 1, datastores: []datastore{{name: "d"}}, groups: []group{{name: "md", replicas: 2, memory: 1024}}, storage: true}} {
		f.Add(list(items.items()))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		out, diags := fn.Run(in)
		for _, d := range diags {
			if d.Code == "Internal" {
				t.Fatalf("%s", d)
			}
		}
		if diags.HasErrors() != (out == nil) {
			t.Fatalf("errors %v with an output of %d bytes", diags, len(out))
		}
		if out == nil {
			return
		}
		if again := mustRun(t, out); again != string(out) {
			t.Fatalf("no fixed point:\n%s\n%s", out, again)
		}
	})
}
