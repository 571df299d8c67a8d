// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
	"pgregory.net/rapid"

	"github.com/vspread/vspread/fn/rollout"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/render"
)

var update = flag.Bool("update", false, "write golden files from what comes out")

// everything is a plan in which every field has a value.
func everything() *render.Plan {
	var diags diag.List
	diags.Errorf(diag.TemplateEdited, diag.At(diag.Ref{Kind: "VSphereMachineTemplate", Namespace: "fleet", Name: "cp", File: "cp.yaml"}, "spec.x"), "is edited").WithHint("do not")
	diags[0].Position = diag.Position{Line: 12, Column: 5}
	diags.Infof(diag.Draining, diag.Where{}, "only for a terminal")
	shape := func(host, datastore string) *rollout.Shape {
		return &rollout.Shape{Host: host, Datastore: datastore, Template: "t", Bootstrap: "b", Version: "v1.35.4", MemoryMiB: 6656, DiskGiB: 20}
	}
	scaled := shape("esxi01", "datastore1")
	scaled.Autoscaler = &rollout.Range{Min: 1, Max: 4}
	return &render.Plan{
		From: render.PlanSide{Name: "HEAD", Revision: "0123456789abcdef0123456789abcdef01234567"},
		To:   render.PlanSide{Name: "feature", Revision: "89abcdef0123456789abcdef0123456789abcdef"},
		Plan: rollout.Plan{
			Sentence: "2 machines on esxi02 are replaced, 1 is created on esxi04, nothing else moves.",
			Pools: []rollout.Pool{
				{Cluster: "apple", Kind: "KubeadmControlPlane", Namespace: "fleet", Name: "apple", Changes: []rollout.Kind{rollout.MayReplace},
					Machines: rollout.Machines{Before: 3, After: 3, MayBeReplaced: 3, Peak: 4}, Before: shape("", "nas"), After: shape("", "nas"),
					Reasons: []rollout.Reason{{Field: "spec", Text: "not known"}}},
				{Cluster: "apple", Kind: "MachineDeployment", Namespace: "fleet", Name: "apple-md-datastore1", Changes: []rollout.Kind{rollout.Untouched},
					Machines: rollout.Machines{Before: 1, After: 1, Peak: 1}, Before: shape("esxi01", "datastore1"), After: scaled},
				{Cluster: "apple", Kind: "MachineDeployment", Namespace: "fleet", Name: "apple-md-datastore2", Changes: []rollout.Kind{rollout.Replace, rollout.Scale},
					Machines: rollout.Machines{Before: 2, After: 3, Created: 1, Replaced: 2, MayBeCreated: 4, MayBeRemoved: 5, Peak: 4}, Waits: rollout.ForDeletion, Before: shape("esxi02", "datastore2"), After: shape("esxi02", "datastore2"),
					Reasons: []rollout.Reason{
						{Object: "VSphereMachineTemplate t", Field: "spec.template.spec.template", Before: "a|b", After: "c", Text: "template a|b → c"},
						{Text: "two"}, {Text: "three"}, {Text: "four"}, {Text: "five"},
					}},
				{Cluster: "apple", Kind: "MachineDeployment", Namespace: "other", Name: "apple-md-auto", Changes: []rollout.Kind{rollout.Create},
					Machines: rollout.Machines{After: 1, Created: 1, Peak: 4, Inexact: true}, After: scaled},
				{Cluster: "apple", Kind: "MachineDeployment", Namespace: "other", Name: "apple-md-old", Changes: []rollout.Kind{rollout.Remove},
					Machines: rollout.Machines{Before: 1, Removed: 1, Peak: 1}, Before: shape("esxi01", "datastore1")},
				{Cluster: "apple", Kind: "MachineDeployment", Namespace: "other", Name: "apple-md-variable", Changes: []rollout.Kind{rollout.Replace, rollout.Scale},
					Machines: rollout.Machines{NotKnown: true}, Before: shape("esxi01", "datastore1"), After: shape("esxi01", "datastore1"),
					Reasons: []rollout.Reason{{Field: "spec.replicas", Before: "3", After: "${N}", Text: "replicas 3 → ${N}"}}},
			},
			Hosts: []rollout.Host{
				{Datastore: "nas", Machines: rollout.Usage{Before: 3, Peak: 3, After: 3}, MemoryMiB: rollout.Usage{Before: 9, Peak: 9, After: 9}, DiskGiB: rollout.Usage{Before: 60, Peak: 60, After: 60}},
				{Host: "esxi01", Datastore: "datastore1", Untouched: true, Machines: rollout.Usage{Before: 1, Peak: 4, After: 1}},
				{Host: "esxi02", Machines: rollout.Usage{Before: 2, Peak: 4, After: 3}, HostMemoryMiB: 32768},
				{Host: "esxi02", Datastore: "datastore2", Machines: rollout.Usage{Before: 2, Peak: 4, After: 3}, MemoryMiB: rollout.Usage{Before: 13312, Peak: 26624, After: 19968}, DiskGiB: rollout.Usage{Before: 40, Peak: 80, After: 60}, HostMemoryMiB: 32768, CapacityGiB: 466},
			},
			Templates: []rollout.Template{{Kind: "VSphereMachineTemplate", Namespace: "fleet", Name: "t-old", NeededByRollout: true}, {Kind: "VSphereMachineTemplate", Namespace: "fleet", Name: "t-older"}},
			Others:    []rollout.Other{{Kind: "StorageClass", Name: "shared", Change: rollout.InPlace, Fields: []string{"parameters.datastoreurl"}}, {Kind: "ConfigMap", Namespace: "fleet", Name: "x", Change: rollout.InPlace, Fields: []string{"data.a", "spec.b", "data.c", "data.d"}}, {Kind: "Secret", Namespace: "fleet", Name: "y", Change: rollout.Remove}},
			Steps:     []rollout.Step{{Text: "delete the pool", Command: "kubectl delete machinedeployment x"}, {Text: "look"}},
			Diags:     diags,
		},
	}
}

func TestPlanGolden(t *testing.T) {
	t.Parallel()
	for file, write := range map[string]func(*render.Plan, *strings.Builder) error{
		"plan.txt":  func(p *render.Plan, b *strings.Builder) error { return p.Text(b) },
		"plan.md":   func(p *render.Plan, b *strings.Builder) error { return p.Markdown(b) },
		"plan.json": func(p *render.Plan, b *strings.Builder) error { return p.JSON(b) },
	} {
		var b strings.Builder
		if err := write(everything(), &b); err != nil {
			t.Fatal(err)
		}
		name := "testdata/" + file
		if *update {
			if err := os.WriteFile(name, []byte(b.String()), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), b.String()); d != "" {
			t.Errorf("%s (go test -update writes it anew): %s", file, d)
		}
	}
}

func planSchema(t *testing.T) *spec.Schema {
	t.Helper()
	s := &spec.Schema{}
	if err := json.Unmarshal(render.PlanSchema(), s); err != nil {
		t.Fatal(err)
	}
	return s
}

func jsonOf(t *testing.T, p *render.Plan) any {
	t.Helper()
	var b strings.Builder
	if err := p.JSON(&b); err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal([]byte(b.String()), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestPlanIsByItsSchema(t *testing.T) {
	t.Parallel()
	schema := planSchema(t)
	validator := validate.NewSchemaValidator(schema, nil, "plan", strfmt.Default)
	for name, p := range map[string]*render.Plan{"everything": everything(), "nothing": {Plan: rollout.Compare(rollout.Side{}, rollout.Side{})}} {
		v := jsonOf(t, p)
		if r := validator.Validate(v); !r.IsValid() {
			t.Errorf("%s: %v", name, r.Errors)
		}
		if name == "everything" {
			// It has every field of the schema, so that none was forgotten.
			for _, path := range missing(schema, v, "plan") {
				t.Errorf("the schema has %s, and no plan", path)
			}
		}
	}
	// The schema is strict: it refuses what is not in it.
	v := jsonOf(t, everything()).(map[string]any)
	v["pools"].([]any)[0].(map[string]any)["changes"] = []any{"vanish"}
	v["more"] = true
	if r := validator.Validate(v); len(r.Errors) < 2 {
		t.Errorf("the schema takes anything: %v", r.Errors)
	}
	if want := kinds(schema); !slices.Equal(want, rollout.Kinds()) {
		t.Errorf("the schema has the kinds %v, the code %v", want, rollout.Kinds())
	}
}

func kinds(s *spec.Schema) []rollout.Kind {
	var out []rollout.Kind
	for _, k := range s.Properties["pools"].Items.Schema.Properties["changes"].Items.Schema.Enum {
		out = append(out, rollout.Kind(k.(string)))
	}
	return out
}

// missing lists the properties of a schema that a value nowhere has.
func missing(s *spec.Schema, v any, path string) []string {
	var out []string
	switch v := v.(type) {
	case map[string]any:
		for name, p := range s.Properties {
			if x, ok := v[name]; ok {
				out = append(out, missing(&p, x, path+"."+name)...)
			} else {
				out = append(out, path+"."+name)
			}
		}
	case []any:
		// A property is missing when all elements lack it.
		counts := map[string]int{}
		for _, x := range v {
			for _, m := range missing(s.Items.Schema, x, path+"[]") {
				counts[m]++
			}
		}
		for m, n := range counts {
			if n == len(v) {
				out = append(out, m)
			}
		}
	}
	return out
}

// TestPlanTypesAreCopiedWhole finds a field of the plan that is in no JSON.
func TestPlanTypesAreCopiedWhole(t *testing.T) {
	t.Parallel()
	p := everything()
	host := p.Hosts[3]
	host.Untouched = p.Hosts[1].Untouched // its row is left out
	for _, v := range []any{p.Pools[2], *p.Pools[3].After, p.Pools[2].Reasons[0], host, p.Templates[0], p.Others[1], p.Steps[0]} {
		r := reflect.ValueOf(v)
		for i := range r.NumField() {
			if r.Field(i).IsZero() {
				t.Errorf("%s.%s has no value in the plan that has everything", r.Type(), r.Type().Field(i).Name)
			}
		}
	}
}

// TestLongPlanFitsIntoAComment has a fleet whose every pool is replaced.
func TestLongPlanFitsIntoAComment(t *testing.T) {
	t.Parallel()
	p := everything()
	long := strings.Repeat("template path changed by a folder rename | ", 20)
	pool, host, d, step := p.Pools[2], p.Hosts[3], p.Diags[0], p.Steps[0]
	pool.Reasons = []rollout.Reason{{Text: long}, {Text: long}}
	step.Command += strings.Repeat(" apple-md-datastore", 500)
	for range 3000 {
		p.Pools, p.Hosts, p.Diags = append(p.Pools, pool), append(p.Hosts, host), append(p.Diags, d)
	}
	for range 20 {
		p.Steps = append(p.Steps, step)
	}
	var b strings.Builder
	if err := p.Markdown(&b); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 65_536 {
		t.Errorf("%d characters", b.Len())
	}
	for _, what := range []string{"messages", "pools", "datastores", "steps"} {
		if !regexp.MustCompile(`(?m)^And \d+ ` + what + ` more, which`).MatchString(b.String()) {
			t.Errorf("does not say how many %s are left out", what)
		}
	}
}

// TestPlanOfHostileNames draws names that could break a table, a comment or a terminal.
func TestPlanOfHostileNames(t *testing.T) {
	t.Parallel()
	name := rapid.StringOf(rapid.SampledFrom([]rune("ab|<>`*_[](){}@#&\\\n\r\t\x1b\u0085 -→é:/.!%~$1w\u202e")))
	rapid.Check(t, func(rt *rapid.T) {
		p := everything()
		for i := range p.Pools {
			p.Pools[i].Name, p.Pools[i].Reasons = name.Draw(rt, "pool"), []rollout.Reason{{Text: name.Draw(rt, "reason")}}
		}
		p.Hosts[3].Host, p.Hosts[3].Datastore = name.Draw(rt, "host"), name.Draw(rt, "datastore")
		p.Pools[2].After.Host, p.Pools[2].Before.Datastore = name.Draw(rt, "host"), name.Draw(rt, "datastore")
		p.Steps[0] = rollout.Step{Text: name.Draw(rt, "step"), Command: name.Draw(rt, "command")}
		p.Templates[0].Name, p.Others[0].Name, p.From.Name = name.Draw(rt, "template"), name.Draw(rt, "other"), name.Draw(rt, "side")
		var text, markdown strings.Builder
		if p.Text(&text) != nil || p.Markdown(&markdown) != nil {
			rt.Fatal("cannot write")
		}
		for _, out := range []string{text.String(), markdown.String()} {
			if strings.ContainsFunc(strings.ReplaceAll(out, "\n", ""), func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }) {
				rt.Fatalf("a control character in %q", out)
			}
		}
		rows := 0
		for line := range strings.Lines(markdown.String()) {
			if strings.HasPrefix(line, "| ") {
				rows++
			}
		}
		inertMarkdown(rt, markdown.String())
		if rows != 9 {
			rt.Fatalf("%d rows in\n%s", rows, markdown.String())
		}
	})
}
