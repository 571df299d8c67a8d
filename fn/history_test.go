// SPDX-License-Identifier: Apache-2.0

package fn_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn"
	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// TestHistories takes a random world through random commits, the way kpt does: each run starts from the last one's
// output. What holds after every commit is what people rely on for years.
func TestHistories(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := genWorld(t)
		specOf := map[string]string{} // of every template that ever was
		var earlier []string          // what we wrote
		edited := map[string]string{} // adopted MachineDeployments, by name
		var before map[string]shares
		var ages map[int]int // of hosts, before
		what, named := "", map[string]string{}
		for range rapid.IntRange(2, 8).Draw(t, "commits") {
			kept := w.items()
			in := list(append(withEdits(t, kept, edited), earlier...))
			out, diags := mustRunWith(t, in)
			all := objects(t, out)
			pureOut, pureDiags := mustRunWith(t, list(kept))
			pure := objects(t, pureOut)

			// The output depends on the input alone: without the earlier output the same is wanted, and the same is said.
			// Only templates may be left from earlier.
			if d := cmp.Diff(wanted(t, pure, nil), wanted(t, all, pure)); d != "" {
				t.Fatalf("earlier output changes what is wanted (-without +with):\n%s\n%s", d, in)
			}
			if d := cmp.Diff(pureDiags.String(), diags.String()); d != "" {
				t.Fatalf("earlier output changes what is said (-without +with):\n%s", d)
			}
			if d := cmp.Diff(out, mustRun(t, []byte(out))); d != "" {
				t.Fatalf("the second run changes something (-first +second):\n%s", d)
			}
			// One template name, one spec, over all of history; and all of them stay.
			now := canonicalSpecs(t, all)
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
			noneTouched(t, w, kept, all)

			after := map[string]shares{}
			for _, g := range w.groups {
				after[g.name] = sharesOf(t, w, g, all)
				if before != nil {
					movedWithinLaw(t, g, w, ages, before[g.name], after[g.name])
				}
			}
			before, ages = after, w.ages()
			templates := templatesOf(w, all)
			for pool, template := range templates {
				if old, ok := named[pool]; ok && old != template && !slices.Contains([]string{"shape", "rename", "adopt"}, what) {
					t.Fatalf("%s replaces the machines of %s: template %s instead of %s", what, pool, template, old)
				}
			}
			named = templates
			earlier, edited = nil, map[string]string{}
			for _, o := range all {
				switch {
				case o.Owner() != "":
					earlier = append(earlier, text(t, o.Node))
				case o.Annotation(object.AdoptedAnnotation) != "":
					edited[o.Ref.Name] = text(t, o.Node)
				}
			}
			what = w.commit(t)
		}
	})
}

func mustRunWith(t fataler, in []byte) (string, diag.List) {
	t.Helper()
	out, diags := fn.Run(in)
	if diags.HasErrors() {
		t.Fatalf("%v\n%s", diags, in)
	}
	return string(out), diags
}

// withEdits puts adopted MachineDeployments as the last run left them in the place of what the user wrote.
func withEdits(t fataler, items []string, edited map[string]string) []string {
	var out []string
	for i, o := range objects(t, string(list(items))) {
		if e, ok := edited[o.Ref.Name]; ok && o.Ref.Kind == "MachineDeployment" && o.Group() == object.CoreGroup {
			out = append(out, e)
			continue
		}
		out = append(out, items[i])
	}
	return out
}

// wanted has what all objects say that are ours or adopted, but for the notes on where they lie; where they lie already, they keep
// their order of fields. With others given, templates that
// those do not have are left out.
func wanted(t fataler, all, others []*object.Object) map[string]string {
	has := map[object.Key]bool{}
	for _, o := range others {
		has[o.Key()] = true
	}
	out := map[string]string{}
	for _, o := range all {
		isTemplate := o.Ref.Kind == "VSphereMachineTemplate" || o.Ref.Kind == "KubeadmConfigTemplate"
		if o.Owner() == "" && o.Annotation(object.AdoptedAnnotation) == "" || others != nil && isTemplate && !has[o.Key()] {
			continue
		}
		n := tree.Clone(o.Node)
		for _, note := range []string{"path", "index"} {
			tree.Remove(n, "metadata", "annotations", "internal.config.kubernetes.io/"+note)
		}
		out[o.Ref.Kind+"/"+o.Ref.Name] = values(t, n)
	}
	return out
}

// values are a node's values without their order, style and comments.
func values(t fataler, n *yaml.Node) string {
	t.Helper()
	var value any
	if err := n.Decode(&value); err != nil {
		t.Fatalf("%v", err)
	}
	out, err := json.MarshalIndent(value, "", " ")
	if err != nil {
		t.Fatalf("%v", err)
	}
	return string(out)
}

// canonicalSpecs are the templates' specs in one version, whatever they are written in.
func canonicalSpecs(t fataler, all []*object.Object) map[string]string {
	out := map[string]string{}
	for _, o := range all {
		if o.Owner() == "" || o.Ref.Kind != "VSphereMachineTemplate" && o.Ref.Kind != "KubeadmConfigTemplate" {
			continue
		}
		n := tree.Clone(tree.Get(o.Node, "spec"))
		if spec := tree.Get(n, "template", "spec"); o.Ref.Kind == "VSphereMachineTemplate" {
			convert.MachineSpec(spec, o.Version())
		}
		out[o.Ref.Kind+"/"+o.Ref.Name] = values(t, n)
	}
	return out
}

// noneTouched holds a run to its place: no two objects of one name, what is not ours as it was, and of an adopted
// MachineDeployment what its machines are found by.
func noneTouched(t fataler, w world, kept []string, all []*object.Object) {
	t.Helper()
	seen := map[object.Key]bool{}
	for _, o := range all {
		if seen[o.Key()] {
			t.Fatalf("%s stands twice", o.Ref)
		}
		seen[o.Key()] = true
	}
	for i, was := range objects(t, string(list(kept))) {
		is := all[i]
		switch {
		case was.Ref.Kind == "Cluster": // gets a label
		case was.Ref.Kind == "MachineDeployment" && w.adopted[was.Ref.Name] != "":
			for _, path := range [][]string{{"apiVersion"}, {"metadata", "name"}, {"metadata", "labels"}, {"spec", "clusterName"}, {"spec", "selector"}} {
				if !tree.Equal(tree.Get(was.Node, path...), tree.Get(is.Node, path...)) {
					t.Fatalf("%s has another %v", is.Ref, path)
				}
			}
		case text(t, was.Node) != text(t, is.Node):
			t.Fatalf("%s is changed:\n%s\n%s", was.Ref, text(t, was.Node), text(t, is.Node))
		}
	}
}

// templatesOf gives the template that each pool's machines are made from, by group and datastore.
func templatesOf(w world, all []*object.Object) map[string]string {
	named := map[string]string{}
	for _, o := range all {
		if o.Ref.Kind == "MachineDeployment" {
			named[o.Ref.Name] = tree.String(o.Node, "spec", "template", "spec", "infrastructureRef", "name")
		}
	}
	out := map[string]string{}
	for _, g := range w.groups {
		for _, d := range w.datastores {
			out[g.name+" on "+d.id] = named[w.pool(g, d)]
		}
	}
	return out
}

// shares are what the pools of a group have at least and at most, by the datastore's id: of those that may have any.
type shares map[string][2]int

// sharesOf reads a group's shares and wants them to sum to what was asked, to differ by no more than one at each level, and pools
// that are gone or drained to have nothing.
func sharesOf(t fataler, w world, g group, all []*object.Object) shares {
	t.Helper()
	pools := map[string]*object.Object{}
	for _, o := range all {
		if o.Ref.Kind == "MachineDeployment" && o.Group() == object.CoreGroup {
			pools[o.Ref.Name] = o
		}
	}
	number := func(text string) int {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("%q is no number", text)
		}
		return n
	}
	out := shares{}
	var sum [2]int
	onHost := map[int][][2]int{}
	for _, d := range w.datastores {
		o := pools[w.pool(g, d)]
		if o == nil {
			t.Fatalf("group %s has no pool %s on %s", g.name, w.pool(g, d), d.name)
		}
		replicas, low, high := tree.String(o.Node, "spec", "replicas"), o.Annotation(object.MinSizeAnnotation), o.Annotation(object.MaxSizeAnnotation)
		var has [2]int
		switch {
		case replicas != "" && low == "" && high == "":
			has = [2]int{number(replicas), number(replicas)}
		case replicas == "" && g.high > 0:
			has = [2]int{number(low), number(high)}
		default:
			t.Fatalf("%s has replicas %q and bounds %q and %q", o.Ref, replicas, low, high)
		}
		if d.state == "gone" || g.drains[d.id] {
			if replicas != "0" {
				t.Fatalf("%s is gone or drained, and has %v", o.Ref, has)
			}
			continue
		}
		for k := range has {
			sum[k] += has[k]
		}
		out[d.id] = has
		host := d.host
		if g.flat {
			host = 0
		}
		onHost[host] = append(onHost[host], has)
	}
	asked := [2]int{g.replicas, g.replicas}
	if g.high > 0 {
		asked = [2]int{g.low, g.high}
	}
	for k := range sum {
		if sum[k] != asked[k] {
			t.Fatalf("group %s: %v sums to %v, want %v", g.name, out, sum, asked)
		}
	}
	var hosts [][2]int
	for _, disks := range onHost {
		areEven(t, g.name, disks)
		hosts = append(hosts, [2]int{})
		for _, has := range disks {
			for k := range has {
				hosts[len(hosts)-1][k] += has[k]
			}
		}
	}
	areEven(t, g.name, hosts)
	return out
}

// areEven wants what stands next to each other in a spread to differ by no more than one.
func areEven(t fataler, group string, all [][2]int) {
	t.Helper()
	for _, a := range all {
		for _, b := range all {
			if a[0]-b[0] > 1 || a[1]-b[1] > 1 {
				t.Fatalf("group %s: %v are not even", group, all)
			}
		}
	}
}

// movedWithinLaw holds a commit to law 6: with no more machines than before, or more places for them, no share grows that was
// there; with no less, or fewer places, none shrinks. Where the oldest datastore of a host is forgotten, it is younger than it was,
// and hosts may exchange one machine.
func movedWithinLaw(t fataler, g group, w world, ages map[int]int, was, is shares) {
	t.Helper()
	group, exchange := g.name, 0
	for host, age := range w.ages() {
		if old, ok := ages[host]; ok && age > old && !g.flat {
			exchange = 1
		}
	}
	for k, bound := range []string{"least", "most"} {
		total := func(s shares) int {
			n := 0
			for _, has := range s {
				n += has[k]
			}
			return n
		}
		joined := slices.ContainsFunc(ids(is), func(id string) bool { _, ok := was[id]; return !ok })
		left := slices.ContainsFunc(ids(was), func(id string) bool { _, ok := is[id]; return !ok })
		for _, id := range ids(is) {
			old, ok := was[id]
			if !ok {
				continue
			}
			if !left && total(is) <= total(was) && is[id][k] > old[k]+exchange {
				t.Fatalf("group %s: %s grew from %d to %d at %s:\n%v\n%v", group, id, old[k], is[id][k], bound, was, is)
			}
			if !joined && total(is) >= total(was) && is[id][k] < old[k]-exchange {
				t.Fatalf("group %s: %s shrank from %d to %d at %s:\n%v\n%v", group, id, old[k], is[id][k], bound, was, is)
			}
		}
	}
}

func ids(s shares) []string {
	var out []string
	for id := range s {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}
