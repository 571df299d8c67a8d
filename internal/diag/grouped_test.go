// SPDX-License-Identifier: Apache-2.0

package diag_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vspread/vspread/internal/diag"
)

// TestGroupLine holds the lines that are printed of lists of diagnostics that differ in a letter, {n}.
func TestGroupLine(t *testing.T) {
	t.Parallel()
	cluster := diag.Diagnostic{
		Severity: diag.Warning, Code: diag.Paused, Where: diag.At(diag.Ref{Kind: "Cluster", Namespace: "edge", Name: "c-{n}", File: "fleet.yaml"}, "spec.paused"),
		Message: "is true", Hint: "set it to false",
	}
	with := func(change func(*diag.Diagnostic)) diag.Diagnostic {
		d := cluster
		change(&d)
		return d
	}
	tests := map[string]struct {
		each diag.Diagnostic
		n    int
		want []string
	}{
		"one": {cluster, 1, []string{"warning: fleet.yaml: Cluster edge/c-a spec.paused: is true; set it to false [Paused]"}},
		"three are listed": {cluster, 3, []string{
			"warning: fleet.yaml: Cluster edge/c-a spec.paused: is true; set it to false [Paused]",
			"warning: fleet.yaml: Cluster edge/c-b spec.paused: is true; set it to false [Paused]",
			"warning: fleet.yaml: Cluster edge/c-c spec.paused: is true; set it to false [Paused]",
		}},
		"four": {cluster, 4, []string{"warning: fleet.yaml: Cluster edge/c-a, edge/c-b, edge/c-c and 1 other spec.paused: is true; set it to false [Paused]"}},
		"many, without a field or a namespace, and with positions": {
			with(func(d *diag.Diagnostic) {
				d.Field, d.Object.Namespace, d.Position = "", "", diag.Position{Line: 7, Column: 3}
			}), 26,
			[]string{"warning: fleet.yaml:7:3: Cluster c-a, c-b, c-c and 23 others: is true; set it to false [Paused]"},
		},
		"own names and namespaces": {
			with(func(d *diag.Diagnostic) {
				d.Object.Namespace = "team-{n}"
				d.Message, d.Hint = "MachineDeployment team-{n}/c-{n}-md stays", "write `adopt: c-{n}`"
			}), 5,
			[]string{"warning: fleet.yaml: Cluster team-a/c-a, team-b/c-b, team-c/c-c and 2 others spec.paused: MachineDeployment team-a/c-a-md stays; write `adopt: c-a` [Paused]"},
		},
		"a name in the namespace": {
			with(func(d *diag.Diagnostic) { d.Object.Namespace, d.Object.Name, d.Message = "c-{n}", "c", "is c-{n}/c" }), 4,
			[]string{"warning: fleet.yaml: Cluster c-a/c, c-b/c, c-c/c and 1 other spec.paused: is c-a/c; set it to false [Paused]"},
		},
		"one object for many Clusters": {
			with(func(d *diag.Diagnostic) {
				d.For = diag.Ref{Kind: "Cluster", Namespace: "edge", Name: "c-{n}"}
				d.Object = diag.Ref{Kind: "ClusterSpread", Name: "fleet", File: "spread.yaml"}
				d.Field, d.Message, d.Hint = "spec.workers[0].seed", "Cluster c-{n} has no MachineDeployment \"md\"", "name another"
			}), 5,
			[]string{"warning: spread.yaml: ClusterSpread fleet for Clusters edge/c-a, edge/c-b, edge/c-c and 2 others spec.workers[0].seed: Cluster c-a has no MachineDeployment \"md\"; name another [Paused]"},
		},
		"files": {
			with(func(d *diag.Diagnostic) { d.Where = diag.At(diag.Ref{File: "{n}.yaml"}, "") }), 5,
			[]string{"warning: a.yaml, b.yaml, c.yaml and 2 others: is true; set it to false [Paused]"},
		},
		"places of objects without a name": {
			with(func(d *diag.Diagnostic) {
				d.Object.Name, d.Object.File, d.Position = "", "{n}.yaml", diag.Position{Line: 2, Column: 1}
			}), 5,
			[]string{"warning: a.yaml:2:1, b.yaml:2:1, c.yaml:2:1 and 2 others: Cluster edge/ spec.paused: is true; set it to false [Paused]"},
		},
		"names that act": {
			with(func(d *diag.Diagnostic) { d.Object.File, d.Object.Name = "", "\x1b##[{n}]\n" }), 4,
			[]string{"warning: Cluster edge/## [a] , edge/## [b] , edge/## [c]  and 1 other spec.paused: is true; set it to false [Paused]"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, g := range lettered(tt.each, tt.n).Grouped() {
				got = append(got, g.String())
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// lettered gives so many diagnostics, with a letter for {n} wherever it stands.
func lettered(each diag.Diagnostic, n int) diag.List {
	var l diag.List
	for i := range n {
		d := each
		for _, text := range []*string{&d.Object.Name, &d.Object.Namespace, &d.Object.File, &d.Message, &d.Hint, &d.For.Name} {
			*text = strings.ReplaceAll(*text, "{n}", string(rune('a'+i)))
		}
		l.Append(&d)
	}
	return l
}

// TestNotGrouped has lists of five that look alike and say different things.
func TestNotGrouped(t *testing.T) {
	t.Parallel()
	at := func(i int) diag.Where {
		return diag.At(diag.Ref{Kind: "Cluster", Name: fmt.Sprintf("c%d", i), File: "fleet.yaml"}, "spec.paused")
	}
	d := func(i int) *diag.Diagnostic {
		return &diag.Diagnostic{Severity: diag.Warning, Code: diag.Paused, Where: at(i), Message: "is true"}
	}
	for name, change := range map[string]func(i int, d *diag.Diagnostic){
		"fields":                  func(i int, d *diag.Diagnostic) { d.Where = diag.At(d.Object, "spec").Dot("workers").Index(i) },
		"messages":                func(i int, d *diag.Diagnostic) { d.Message = fmt.Sprintf("is removed with %d machines", i) },
		"the name of another":     func(i int, d *diag.Diagnostic) { d.Message = fmt.Sprintf("has the disk of c%d", i+1) },
		"the beginning of a word": func(i int, d *diag.Diagnostic) { d.Message = fmt.Sprintf("has the disk of c%d0", i) },
		"the end of a word":       func(i int, d *diag.Diagnostic) { d.Message = fmt.Sprintf("has the disk of xc%d", i) },
		"hints":                   func(i int, d *diag.Diagnostic) { d.WithHint("write %d", i) },
		"kinds":                   func(i int, d *diag.Diagnostic) { d.Object.Kind += fmt.Sprint(i) },
		"kinds without names": func(i int, d *diag.Diagnostic) {
			d.Object.Kind, d.Object.Name, d.Position = fmt.Sprint("Kind", i), "", diag.Position{Line: i + 1, Column: 1}
		},
		"severities":      func(i int, d *diag.Diagnostic) { d.Severity = diag.Severity(i) },
		"codes":           func(i int, d *diag.Diagnostic) { d.Code += diag.Code(fmt.Sprint(i)) },
		"lines of a text": func(i int, d *diag.Diagnostic) { d.InText = diag.Position{Line: i + 1, Column: 1} },
		"numbers that are names": func(i int, d *diag.Diagnostic) {
			d.Object.Name, d.Message = fmt.Sprint(i), fmt.Sprintf("has %d pools", i)
		},
		"places of one object": func(i int, d *diag.Diagnostic) {
			d.Object.Name, d.Position = "c", diag.Position{Line: i + 1, Column: 1}
		},
		"nothing to tell them from": func(_ int, d *diag.Diagnostic) { d.Object = diag.Ref{} },
		"a sign in a text":          func(i int, d *diag.Diagnostic) { d.Message = []string{d.Object.Name, "\x00n"}[i%2] },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var l diag.List
			for i := range 5 {
				x := d(i)
				change(i, x)
				l.Append(x)
			}
			if diff := cmp.Diff(l.Apart(), l.Grouped()); diff != "" {
				t.Error(diff)
			}
		})
	}
	// What differs only here is one line.
	var l diag.List
	for i := range 5 {
		x := d(i)
		x.Object.File, x.Position, x.InText = fmt.Sprintf("%d.yaml", i), diag.Position{Line: i + 1, Column: 1}, diag.Position{Line: i + 1, Column: 2}
		l.Append(x)
	}
	if diff := cmp.Diff([]diag.Group{diag.Group(l)}, l.Grouped()); diff != "" {
		t.Error(diff)
	}
}

// said is a diagnostic and what is meant by it, however the names of its object read.
type said struct {
	*diag.Diagnostic
	meant string
}

// drawSaid draws what is said of few objects or many, some of whose names are words of the messages.
func drawSaid(t *rapid.T) []said {
	var out []said
	for range rapid.IntRange(0, 5).Draw(t, "statements") {
		words := rapid.SampledFrom([][2]string{
			{"is paused", ""}, {"is a thing", "take a look"}, {"NAME is removed with 7 machines", ""}, {"NAMESPACE/NAME-md is removed", "keep NAME"}, {"has 7 pools", ""},
		}).Draw(t, "words")
		each := diag.Diagnostic{
			Severity: rapid.SampledFrom([]diag.Severity{diag.Warning, diag.Error}).Draw(t, "severity"),
			Code:     rapid.SampledFrom([]diag.Code{diag.Paused, diag.PoolRemoved}).Draw(t, "code"),
		}
		each.Field = rapid.SampledFrom([]string{"", "spec.workers[2]", "spec.workers[3]"}).Draw(t, "field")
		each.Object.Kind = rapid.SampledFrom([]string{"Cluster", "MachineDeployment"}).Draw(t, "kind")
		for range rapid.IntRange(0, 12).Draw(t, "objects") {
			d := each
			d.Object.Namespace = rapid.SampledFrom([]string{"", "a", "team", "7", "md"}).Draw(t, "namespace")
			d.Object.Name = rapid.SampledFrom([]string{"a", "is", "7", "md", "team", "team-md", "apple", "pear", "plum"}).Draw(t, "name")
			d.Object.File = rapid.SampledFrom([]string{"", "fleet.yaml"}).Draw(t, "file")
			d.Position.Line = rapid.IntRange(0, 2).Draw(t, "line")
			own := strings.NewReplacer("NAMESPACE", d.Object.Namespace, "NAME", d.Object.Name)
			d.Message, d.Hint = own.Replace(words[0]), own.Replace(words[1])
			out = append(out, said{&d, fmt.Sprint(d.Severity, d.Code, d.Field, d.Object.Kind, words)})
		}
	}
	return rapid.Permutation(out).Draw(t, "order")
}

// TestGroupedKeepsAll: each diagnostic is in one group, groups say one thing of different objects and are large or one diagnostic, and
// neither their order nor that within them is another one than the list's.
func TestGroupedKeepsAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := drawSaid(t)
		var l diag.List
		place, meant := map[*diag.Diagnostic]int{}, map[*diag.Diagnostic]string{}
		for i, s := range list {
			l.Append(s.Diagnostic)
			place[s.Diagnostic], meant[s.Diagnostic] = i, s.meant
		}
		groups := l.Grouped()
		var all diag.List
		last := -1
		for _, g := range groups {
			if len(g) != 1 && len(g) < 4 {
				t.Fatalf("a group of %d: %s", len(g), g)
			}
			if place[g[0]] <= last {
				t.Fatalf("%s stands behind what came after it", g)
			}
			last = place[g[0]]
			names := map[string]bool{}
			for i, d := range g {
				if meant[d] != meant[g[0]] {
					t.Fatalf("one group has\n%s\n%s", g[0], d)
				}
				if i > 0 && place[d] < place[g[i-1]] {
					t.Fatalf("%s stands behind %s", g[i-1], d)
				}
				names[d.Object.Namespace+"/"+d.Object.Name] = true
			}
			if len(names) != len(g) {
				t.Fatalf("%d objects in a group of %d: %s", len(names), len(g), g)
			}
			all.Append(g...)
		}
		if len(all) != len(l) || len(all) != len(distinct(all)) {
			t.Fatalf("%d diagnostics, %d of them different, out of %d", len(all), len(distinct(all)), len(l))
		}
		if d := cmp.Diff(groups, all.Grouped()); d != "" {
			t.Fatalf("a second time it is different:\n%s", d)
		}
		if d := cmp.Diff(l, diag.List(slices.Concat(l.Apart()...))); d != "" {
			t.Fatal(d)
		}
	})
}

func distinct(l diag.List) map[*diag.Diagnostic]bool {
	out := map[*diag.Diagnostic]bool{}
	for _, d := range l {
		out[d] = true
	}
	return out
}

// TestGroupedFindsAll: what is said of four objects or more is one group, however it names them, unless a name is a word of the message.
func TestGroupedFindsAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[b-z]{3}-[0-9]{1,3}`)
		names := rapid.SliceOfNDistinct(name, 1, 20, rapid.ID[string]).Draw(t, "names")
		words := rapid.SampledFrom([]string{"stays", "NAME stays", "Cluster NS/NAME keeps NAME-md-0 and \"NAME\".", "NAME", "NS", "\x00NAME"}).Draw(t, "words")
		var l diag.List
		for _, n := range names {
			ns := rapid.SampledFrom([]string{"xx-7", "yy-7", n}).Draw(t, "namespace")
			if strings.Contains(words, "NS") {
				ns = "ns-" + n
			}
			l.Warnf(diag.Paused, diag.At(diag.Ref{Kind: "Cluster", Namespace: ns, Name: n}, ""), "%s", strings.NewReplacer("NAME", n, "NS", ns).Replace(words))
			l.Errorf(diag.Paused, diag.At(diag.Ref{Kind: "Cluster", Namespace: ns, Name: n}, ""), "is another thing")
		}
		want := 2
		if len(names) < 4 {
			want = 2 * len(names)
		}
		if groups := l.Grouped(); len(groups) != want {
			t.Fatalf("%d groups, want %d: %v", len(groups), want, groups)
		}
	})
}

// BenchmarkGrouped shows that ten times the diagnostics take ten times as long.
func BenchmarkGrouped(b *testing.B) {
	for _, n := range []int{200, 2_000, 20_000, 200_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var l diag.List
			for i := range n {
				ref := diag.Ref{Kind: "MachineDeployment", Namespace: fmt.Sprintf("ns%05d", i), Name: fmt.Sprintf("c%05d-md", i), File: "fleet.yaml"}
				l.Errorf(diag.UnclaimedMachineDeployment, diag.At(ref, ""), "its workers would double those of the ClusterSpread").
					WithHint("to make it one of the pools and keep its machines, write `adopt: %s` in an override of a group", ref.Name)
			}
			for b.Loop() {
				for _, g := range l.Grouped() {
					_ = g.String()
				}
			}
		})
	}
}
