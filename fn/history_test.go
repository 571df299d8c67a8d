// SPDX-License-Identifier: Apache-2.0

package fn_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/tree"
)

// TestHistories takes a random world through random commits, the way kpt does: each run starts from the last one's
// output. What holds after every commit is what people rely on for years.
func TestHistories(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := genWorld(t)
		specOf := map[string]string{} // of every template that ever was
		kept := w.items()
		var earlier []string // what we wrote
		before := map[string]share{}
		for range rapid.IntRange(2, 6).Draw(t, "commits") {
			out := mustRun(t, list(append(slices.Clone(kept), earlier...)))
			all := objects(t, out)
			pure := objects(t, mustRun(t, list(kept)))

			// The output depends on the input alone: without the earlier output the same is wanted.
			live, fresh := shares(t, all), shares(t, pure)
			if d := cmp.Diff(fresh, live); d != "" {
				t.Fatalf("earlier output changes what is wanted (-without +with):\n%s", d)
			}
			// One template name, one spec, over all of history; and all of them stay.
			now := specs(t, out)
			for name, spec := range now {
				if old, ok := specOf[name]; ok && old != spec {
					t.Fatalf("%s had another spec before:\n%s\nnow:\n%s", name, old, spec)
				}
				specOf[name] = spec
			}
			for name := range specOf {
				if _, ok := now[name]; !ok {
					t.Fatalf("%s is gone, and a rollout may need it", name)
				}
			}
			// No two live pools share a name, and what is not ours is as it was.
			seen := map[object.Key]bool{}
			for i, o := range all {
				if seen[o.Key()] {
					t.Fatalf("%s stands twice", o.Ref)
				}
				seen[o.Key()] = true
				if i < len(kept) && o.Ref.Kind != "Cluster" && text(t, o.Node) != text(t, objects(t, string(list(kept)))[i].Node) {
					t.Fatalf("%s is changed", o.Ref)
				}
			}
			movedWithinLaw(t, before, live)
			before = live
			earlier = nil
			for _, o := range all {
				if o.Owner() != "" {
					earlier = append(earlier, text(t, o.Node))
				}
			}
			w.change(t)
			kept = w.items()
		}
	})
}

// share is what a pool has, and whether it may have any.
type share struct {
	Group    string
	Replicas int
	Active   bool
}

func shares(t fataler, all []*object.Object) map[string]share {
	out := map[string]share{}
	for _, o := range all {
		if o.Owner() == "" || o.Ref.Kind != "MachineDeployment" {
			continue
		}
		n, err := strconv.Atoi(tree.String(o.Node, "spec", "replicas"))
		if err != nil {
			t.Fatalf("%s: %v", o.Ref, err)
		}
		group := tree.String(o.Node, "spec", "template", "metadata", "labels", "node.cluster.x-k8s.io/worker-group")
		out[o.Ref.Name] = share{Group: group, Replicas: n, Active: n > 0}
	}
	return out
}

// movedWithinLaw holds a commit to law 6 where it changed one thing only: with the same total and one pool more, no
// other grows; with one less, no other shrinks.
func movedWithinLaw(t fataler, before, after map[string]share) {
	for _, g := range []string{"g0", "g1"} {
		was, is := ofGroup(before, g), ofGroup(after, g)
		joined, left := missing(is, was), missing(was, is)
		if len(was) == 0 || total(was) != total(is) || len(joined)+len(left) != 1 {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(is)) {
			a, ok := was[name]
			b := is[name]
			if !ok {
				continue
			}
			if len(joined) == 1 && b.Replicas > a.Replicas || len(left) == 1 && b.Replicas < a.Replicas {
				t.Fatalf("group %s: %v joined, %v left, and %s went from %d to %d", g, joined, left, name, a.Replicas, b.Replicas)
			}
		}
	}
}

func ofGroup(all map[string]share, g string) map[string]share {
	out := map[string]share{}
	for name, s := range all {
		if s.Group == g && s.Active {
			out[name] = s
		}
	}
	return out
}

func missing(from, in map[string]share) []string {
	var out []string
	for name := range from {
		if _, ok := in[name]; !ok {
			out = append(out, name)
		}
	}
	return out
}

func total(all map[string]share) int {
	n := 0
	for _, s := range all {
		n += s.Replicas
	}
	return n
}

// change makes the next commit: one thing, as people change things.
func (w *world) change(t *rapid.T) {
	g := &w.groups[rapid.IntRange(0, len(w.groups)-1).Draw(t, "group")]
	d := &w.datastores[rapid.IntRange(0, len(w.datastores)-1).Draw(t, "datastore")]
	switch rapid.SampledFrom([]string{"scale", "shape", "state", "join", "storage"}).Draw(t, "what") {
	case "scale":
		g.replicas = rapid.IntRange(0, 12).Draw(t, "replicas")
	case "shape":
		g.memory = 2048 * rapid.IntRange(1, 3).Draw(t, "memory")
	case "state":
		if d.name != w.datastores[0].name && !slices.ContainsFunc(w.groups, func(g group) bool { return g.drain == d.name }) {
			d.state = rapid.SampledFrom([]string{"", "gone", "maintenance"}).Draw(t, "state")
		}
	case "join":
		oldest := 0
		for _, d := range w.datastores {
			oldest = max(oldest, d.ordinal)
		}
		name := "new" + strings.Repeat("0", len(w.datastores))
		w.datastores = append(w.datastores, datastore{name: name, host: rapid.IntRange(0, w.hosts-1).Draw(t, "host"), ordinal: oldest + 1})
	case "storage":
		w.storage = !w.storage
	}
}
