// SPDX-License-Identifier: Apache-2.0

package expand_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/expand"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// What stands in before-adoption is what adoption writes. Anything else is one error, and not unfolded first.
func TestBeforeAdoptionIsBounded(t *testing.T) {
	t.Parallel()
	const inv = "hosts: [{name: h1}]\ndatastores: [{name: d1, hosts: [h1]}]\n"
	const objects = `
apiVersion: cluster.x-k8s.io/v1beta2
kind: Cluster
metadata: {name: apple}
---
apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineDeployment
metadata: {name: mine}
spec:
  clusterName: apple
  replicas: 2
  selector: {matchLabels: {x: v}}
  template:
    metadata: {labels: {x: v}}
    spec:
      clusterName: apple
      version: v1.35.4
      bootstrap: {dataSecretName: join}
      infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: mine}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: VSphereMachineTemplate
metadata: {name: mine}
spec: {template: {spec: {template: ubuntu, datastore: d1, numCPUs: 2, memoryMiB: 2048, network: {devices: [{networkName: lab}]}}}}
`
	adopted := func(before string) (expand.Output, diag.List) {
		in := input(t, "workers: [{name: md, version: v1.35.4, replicas: 3, overrides: [{datastore: d1, adopt: mine}]}]", inv, objects)
		for _, o := range in.Objects.All() {
			if o.Ref.Kind == "MachineDeployment" {
				tree.Set(o.Node, yaml.NewStringRNode(before).YNode(), "metadata", "annotations", object.BeforeAnnotation)
			}
		}
		fresh := make([]*object.Object, 0, 3)
		for i, o := range in.Objects.All() {
			fresh = append(fresh, object.New(o.Node, i))
		}
		in.Objects = object.NewSet(fresh)
		return expand.Expand(in)
	}
	entries := map[string]int{}
	for i := range 1001 {
		entries[fmt.Sprintf("/spec/template/metadata/labels/l%d", i)] = i
	}
	many, err := json.Marshal(entries)
	if err != nil {
		t.Fatal(err)
	}
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for name, before := range map[string]string{
		"20,000 segments":   `{"` + strings.Repeat("/a", 20_000) + `": 1}`,
		"17 segments":       `{"/spec` + strings.Repeat("/a", 16) + `": 1}`,
		"a megabyte":        `{"/spec/template/metadata/labels/a": "` + strings.Repeat("a", 1<<20) + `"}`,
		"many entries":      string(many),
		"a deep value":      `{"/spec/replicas": ` + nested(9000) + `}`,
		"a value of 15":     `{"/spec/replicas": ` + nested(15) + `}`,
		"another field":     `{"/metadata/name": "other"}`,
		"another kind":      `{"/kind": "Cluster"}`,
		"everything":        `{"/spec": null}`,
		"the object itself": `{"": null}`,
		"no object":         `[1]`,
		"its own labels":    `{"/metadata/labels/a": "b"}`,
	} {
		_, diags := adopted(before)
		at := slices.IndexFunc(diags, func(d *diag.Diagnostic) bool {
			return d.Code == diag.InvalidValue && strings.HasSuffix(d.Field, object.BeforeAnnotation)
		})
		if at < 0 || len(diags[at].String()) > 1000 {
			t.Errorf("%s: %.2000s", name, diags)
		}
	}
	out, diags := adopted(`{"/spec/replicas": 5, "/spec/template/metadata/labels/gone": null, "/metadata/annotations/a~1b": {"c": [1]}}`)
	if diags.HasErrors() || len(out.Adopted) != 1 {
		t.Errorf("what adoption writes: %v", diags)
	}
	if got := tree.String(out.Adopted[0].Node, "metadata", "annotations", object.BeforeAnnotation); !strings.Contains(got, `"/spec/replicas":5`) {
		t.Errorf("it remembers %s", got)
	}
}
