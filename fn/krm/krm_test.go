// SPDX-License-Identifier: Apache-2.0

package krm_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	sdk "github.com/kptdev/krm-functions-sdk/go/fn"

	"github.com/vspread/vspread/fn"
	"github.com/vspread/vspread/fn/krm"
	"github.com/vspread/vspread/internal/codec"
)

const input = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: cluster.x-k8s.io/v1beta2
  kind: Cluster
  metadata: {name: apple} # the first
- apiVersion: v1
  kind: ConfigMap
  metadata:
    name: lab
    labels: {vspread.dev/inventory: "true"}
  data:
    inventory.yaml: |
      hosts: [{name: h1}, {name: h2}]
      datastores: [{name: d1, hosts: [h1]}, {name: d2, hosts: [h2]}]
functionConfig:
  apiVersion: vspread.dev/v1alpha1
  kind: ClusterSpread
  metadata:
    name: apple
    annotations: {config.kubernetes.io/local-config: "true"}
  spec:
    workers: [{name: md, replicas: 3, version: v1.35.4, machine: {template: t, numCPUs: 2, memoryMiB: 2048, networks: [lab]}}]
`

func parse(t *testing.T, in string) *sdk.ResourceList {
	t.Helper()
	rl, err := sdk.ParseResourceList([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	return rl
}

// The SDK's list holds afterwards what the program writes, with the same results.
func TestProcessIsRun(t *testing.T) {
	t.Parallel()
	rl := parse(t, input)
	if ok, err := krm.Process(rl); !ok || err != nil {
		t.Fatal(ok, err)
	}
	out, diags := fn.Run([]byte(input))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	want := parse(t, string(out))
	var got, wanted []string
	for _, o := range rl.Items {
		got = append(got, o.String())
	}
	for _, o := range want.Items {
		wanted = append(wanted, o.String())
	}
	// The SDK sorts what it parses.
	slices.Sort(got)
	slices.Sort(wanted)
	if d := cmp.Diff(wanted, got); d != "" || len(got) < 7 {
		t.Errorf("%d items (-Run +Process):\n%s", len(got), d)
	}
	results := fn.Results(diags)
	if len(rl.Results) != len(results) || len(results) == 0 {
		t.Fatalf("%d results, want %d", len(rl.Results), len(results))
	}
	for i, r := range rl.Results {
		a, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if b := codec.Text(codec.Encode(results[i])); codec.Text(codec.Encode(json.RawMessage(a))) != b {
			t.Errorf("result %d is %s, want %s", i, a, b)
		}
	}
}

// With errors the items stay as they are.
func TestProcessChangesNothingOnErrors(t *testing.T) {
	t.Parallel()
	in := strings.Replace(input, "name: lab\n", "name: lab\n    namespace: elsewhere\n", 1)
	in = strings.Replace(in, "replicas: 3", "replicas: -3", 1)
	rl := parse(t, in)
	before := rl.Items.String()
	ok, err := krm.Process(rl)
	if ok || err != nil || len(rl.Results) == 0 {
		t.Fatalf("Process gives %t, %v, %d results", ok, err, len(rl.Results))
	}
	if d := cmp.Diff(before, rl.Items.String()); d != "" {
		t.Errorf("items are changed (-before +after):\n%s", d)
	}
}

func ExampleProcess() {
	rl, err := sdk.ParseResourceList([]byte(input))
	if err != nil {
		panic(err)
	}
	ok, _ := krm.Process(rl)
	for _, o := range rl.Items {
		if o.GetKind() == "MachineDeployment" {
			_, _ = os.Stdout.WriteString(o.GetName() + "\n")
		}
	}
	if !ok {
		panic(rl.Results.Error())
	}
	// Output:
	// apple-md-d1
	// apple-md-d2
}
