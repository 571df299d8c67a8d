// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"pgregory.net/rapid"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"

	"github.com/vspread/vspread/fn/rollout"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/source"
)

// manifest is a MachineDeployment in one of the ways to write it down, some of which nobody should.
func manifest(t *rapid.T) string {
	replicas := rapid.SampledFrom([]string{"3", "0", "1", "0x3", "03", "010", "3.0", "+3", "1_0", `"3"`, "~", "", "!!int \"3\"", "!!str 3", "3e0", "${N}", "-1", "*n"}).Draw(t, "replicas")
	paused := rapid.SampledFrom([]string{"", "true", "false", "yes", "no", "On", "OFF", "y", "N", "TRUE", `"true"`, "1", "~", "!!bool yes", "!!str yes", "${P}"}).Draw(t, "paused")
	version := rapid.SampledFrom([]string{"v1.35.4", `"v1.35.4"`, "v1.35.5", "1.35", `"1.35"`, "&v v1.35.4"}).Draw(t, "version")
	name := rapid.SampledFrom([]string{"a", "b", `"a"`, "'a'", "on", "1"}).Draw(t, "name")
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("apiVersion: cluster.x-k8s.io/v1beta2")
	line("kind: MachineDeployment")
	switch rapid.IntRange(0, 29).Draw(t, "metadata") {
	case 0:
		line("metadata: {name: %s, annotations: {n: &n 2, base: none}}", name)
	case 1:
		line("metadata: [%s]", name)
	case 2:
		line("metadata: {name: %s}\nmetadata: {name: b}", name)
	case 3:
		line("metadata: {name: %s, labels: text}", name)
	default:
		line("metadata: {name: %s, annotations: {n: &n \"2\"}}", name)
	}
	spec := []string{"clusterName: apple"}
	if replicas != "" {
		spec = append(spec, "replicas: "+replicas)
	}
	if paused != "" {
		spec = append(spec, "paused: "+paused)
	}
	switch rapid.IntRange(0, 11).Draw(t, "odd") {
	case 0:
		spec = append(spec, "replicas: 0")
	case 1:
		spec = append(spec, "paused: true")
	case 2:
		spec = append(spec, "<<: {replicas: 7, paused: yes}")
	}
	spec = append(spec, "template: {spec: {clusterName: apple, version: "+version+", infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: t}}}")
	line("spec:")
	for _, s := range rapid.Permutation(spec).Draw(t, "spec") {
		line("  %s", s)
	}
	if rapid.IntRange(0, 29).Draw(t, "spec again") == 0 {
		line("spec: {clusterName: apple, replicas: 0}")
	}
	return b.String()
}

// stream puts manifests into one text.
func stream(t *rapid.T) string {
	var parts []string
	for range rapid.IntRange(1, 2).Draw(t, "objects") {
		parts = append(parts, manifest(t))
	}
	indented := func(text, by string) string {
		return by + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+by) + "\n"
	}
	list := func(kind, apiVersion string) string {
		var b strings.Builder
		fmt.Fprintf(&b, "apiVersion: %s\nkind: %s\nitems:\n", apiVersion, kind)
		for _, p := range parts {
			b.WriteString("- " + indented(p, "  ")[2:])
		}
		return b.String()
	}
	switch rapid.IntRange(0, 11).Draw(t, "form") {
	case 0:
		return list("List", "v1")
	case 1:
		return list("MachineDeploymentList", "cluster.x-k8s.io/v1beta2")
	case 2:
		return strings.ReplaceAll(list("MachineDeploymentList", "cluster.x-k8s.io/v1beta2"), "  kind: MachineDeployment\n", "")
	case 3:
		return "apiVersion: v1\nkind: List\nitems:\n- " + indented(list("List", "v1"), "  ")[2:]
	case 4:
		return strings.Join(parts, "--- # next\n")
	case 5:
		return "---\n" + strings.Join(parts, "---\n---\n") + "...\n"
	case 6:
		return strings.ReplaceAll(strings.Join(parts, "---\n"), "\n", "\r\n")
	}
	return strings.Join(parts, "---\n")
}

// sent reads a text as kubectl does, and gives what Cluster API's own types make of each MachineDeployment; false is a text that
// kubectl or the API server refuses.
func sent(text string) (map[string]clusterv1.MachineDeployment, bool) {
	out := map[string]clusterv1.MachineDeployment{}
	d := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader([]byte(text)), 4096)
	for {
		var raw json.RawMessage
		if err := d.Decode(&raw); errors.Is(err, io.EOF) {
			return out, true
		} else if err != nil {
			return nil, false
		}
		if len(raw) == 0 || string(raw) == "null" {
			continue
		}
		if !collect(raw, out) {
			return nil, false
		}
	}
}

func collect(raw []byte, out map[string]clusterv1.MachineDeployment) bool {
	o, _, err := unstructured.UnstructuredJSONScheme.Decode(raw, nil, nil)
	if err != nil {
		return false
	}
	if list, ok := o.(*unstructured.UnstructuredList); ok {
		for _, item := range list.Items {
			text, err := item.MarshalJSON()
			if err != nil || !collect(text, out) {
				return false
			}
		}
		return true
	}
	var md clusterv1.MachineDeployment
	if json.Unmarshal(raw, &md) != nil {
		return false
	}
	out[md.Name] = md // of two, the last one is what stays
	return true
}

// TestPlanReadsWhatIsSent: where a plan says that nothing changes, an API server is sent the same on both sides; and the numbers of
// machines in a plan are those that it is sent.
func TestPlanReadsWhatIsSent(t *testing.T) {
	t.Parallel()
	const cluster = "apiVersion: cluster.x-k8s.io/v1beta2\nkind: Cluster\nmetadata: {name: apple}\nspec: {}\n---\n"
	rapid.Check(t, func(t *rapid.T) {
		texts := [2]string{stream(t), ""}
		texts[1] = texts[0]
		if rapid.Bool().Draw(t, "two") {
			texts[1] = stream(t)
		}
		var sides [2]rollout.Side
		var truths [2]map[string]clusterv1.MachineDeployment
		for i, text := range texts {
			m, err := source.Files([]string{"-"}, source.Options{Stdin: strings.NewReader(cluster + text)})
			if err != nil {
				t.Fatal(err)
			}
			side, diags := rollout.SideOf(m.Items, nil)
			diags.Append(m.Diags...)
			if diags.HasErrors() {
				return // the user is told
			}
			var ok bool
			if truths[i], ok = sent(text); !ok {
				return // and here by the API server
			}
			sides[i] = side
		}
		plan := rollout.Compare(sides[0], sides[1])
		if plan.Diags.HasErrors() {
			return
		}
		unclear := false
		for _, d := range plan.Diags {
			unclear = unclear || d.Code == diag.ReplicasUnknown || d.Code == diag.PauseUnknown
		}
		if !plan.Changed() && !unclear && !sameMachines(truths[0], truths[1]) {
			t.Fatalf("nothing changes, and the API server is sent something else\n%s\n=== becomes\n%s", texts[0], texts[1])
		}
		for _, p := range plan.Pools {
			if p.Kind != "MachineDeployment" || p.Machines.NotKnown {
				continue
			}
			was, is := count(truths[0], p.Name), count(truths[1], p.Name)
			if is < 0 {
				is = 0 // removed
			}
			if p.Machines.Before != max(was, 0) || p.Machines.After != is {
				t.Fatalf("%s: %d machines become %d, and the API server is sent %d and %d\n%s\n=== becomes\n%s",
					p.Name, p.Machines.Before, p.Machines.After, was, is, texts[0], texts[1])
			}
		}
	})
}

func count(of map[string]clusterv1.MachineDeployment, name string) int {
	md, ok := of[name]
	switch {
	case !ok:
		return -1
	case md.Spec.Replicas == nil:
		return 1 // by the webhook
	}
	return int(*md.Spec.Replicas)
}

func sameMachines(a, b map[string]clusterv1.MachineDeployment) bool {
	if len(a) != len(b) {
		return false
	}
	for name, x := range a {
		y, ok := b[name]
		for _, md := range []*clusterv1.MachineDeployment{&x, &y} { // as the webhook does
			replicas, running := int32(count(map[string]clusterv1.MachineDeployment{"": *md}, "")), false
			md.Spec.Replicas = &replicas
			if md.Spec.Paused == nil {
				md.Spec.Paused = &running
			}
		}
		if ok && *x.Spec.Replicas == 0 && *y.Spec.Replicas == 0 {
			continue // how machines would look of which there are none
		}
		p, errP := json.Marshal(x.Spec)
		q, errQ := json.Marshal(y.Spec)
		if !ok || errP != nil || errQ != nil || !bytes.Equal(p, q) {
			return false
		}
	}
	return true
}
