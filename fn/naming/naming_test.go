// SPDX-License-Identifier: Apache-2.0

package naming_test

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/util/validation"
	"pgregory.net/rapid"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/naming"
)

// Frozen: a pool that changes its name is a pool whose machines are all replaced.
func TestPoolName(t *testing.T) {
	t.Parallel()
	tests := []struct{ cluster, group, datastore, want string }{
		{"apple", "md", "datastore00", "apple-md-datastore00"},
		{"apple", "md", "datastore1", "apple-md-datastore1"},
		{"apple", "md", "datastore1 (1)", "apple-md-datastore1-1-w57w7"},
		{"apple", "md", "datastore1 (2)", "apple-md-datastore1-2-3xeh4"},
		{"apple", "md", "DATASTORE1", "apple-md-datastore1-jdrmq"},
		{"apple", "md", "datastore1-", "apple-md-datastore1-wesi6"},
		{"apple", "md", "数据", "apple-md-3xceo"},
		{"apple", "md", "local%2fssd", "apple-md-local-2fssd-g2dje"},
		{"apple", "md", strings.Repeat("d", 42), "apple-md-" + strings.Repeat("d", 42)},
		{"apple", "md", strings.Repeat("d", 43), "apple-md-" + strings.Repeat("d", 36) + "-i26i7"},
		{strings.Repeat("c", 40), "md", "x", strings.Repeat("c", 40) + "-md-x"},
		{strings.Repeat("c", 42), "md", "datastore1", strings.Repeat("c", 42) + "-md-udr3e"},
		{strings.Repeat("c", 43), "md", "datastore1", ""},
	}
	for _, tt := range tests {
		got, ok := naming.Pool(tt.cluster, tt.group, tt.datastore)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("PoolName(%q, %q, %q) = %q, %t, want %q", tt.cluster, tt.group, tt.datastore, got, ok, tt.want)
		}
	}
}

func TestLabelValue(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ datastore, want string }{
		{"datastore00", "datastore00"},
		{"datastore1 (1)", "datastore1-1-qsyv6"},
		{"数据", "krapo"},
		{strings.Repeat("d", 80), strings.Repeat("d", 57) + "-kqsp5"},
	} {
		if got := naming.LabelValue(tt.datastore); got != tt.want {
			t.Errorf("LabelValue(%q) = %q, want %q", tt.datastore, got, tt.want)
		}
	}
}

func TestNamesAreValidAndDiffer(t *testing.T) {
	t.Parallel()
	label := rapid.StringMatching(`[a-z0-9]([-a-z0-9]{0,18}[a-z0-9])?`)
	rapid.Check(t, func(t *rapid.T) {
		cluster, group := label.Draw(t, "cluster"), label.Draw(t, "group")
		a, b := rapid.StringN(1, 80, 240).Draw(t, "a"), rapid.StringN(1, 80, 240).Draw(t, "b")
		nameA, okA := naming.Pool(cluster, group, a)
		nameB, okB := naming.Pool(cluster, group, b)
		if !okA || !okB {
			t.Fatalf("no room in %s-%s", cluster, group)
		}
		if p := validation.IsDNS1123Label(nameA); len(p) > 0 || len(nameA) > naming.MaxPool {
			t.Fatalf("%q is no name: %v", nameA, p)
		}
		if p := validation.IsValidLabelValue(naming.LabelValue(a)); len(p) > 0 {
			t.Fatalf("%q is no label value: %v", naming.LabelValue(a), p)
		}
		if (a == b) != (nameA == nameB) || (a == b) != (naming.LabelValue(a) == naming.LabelValue(b)) {
			t.Fatalf("%q and %q are %q and %q, %q and %q", a, b, nameA, nameB, naming.LabelValue(a), naming.LabelValue(b))
		}
	})
}

// Frozen: a hash that changes rolls every machine of every user.
func TestSpecHash(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, spec, want string }{
		{"empty", "{}", "iqjw7i2v"},
		{"order and style do not matter", "{b: 1, a: {d: [x, 'y'], c: true}}", "vmkyvmbt"},
		{"the same in another order", "a:\n  c: true # why\n  d: [\"x\", \"y\"]\nb: 1\n", "vmkyvmbt"},
		{"a bare y is true to an API server", "a:\n  c: true\n  d: [\"x\", y]\nb: 1\n", "blhkoniy"},
		{"a string is no number", "{b: '1', a: {d: [x, 'y'], c: true}}", "yexugegk"},
		{"a template", `
template:
  spec:
    template: /Datacenter/vm/tkg/photon-3-kube-v1.21.2
    cloneMode: fullClone
    datacenter: /Datacenter
    datastore: /Datacenter/datastore/datastore00
    network:
      devices:
      - {networkName: /Datacenter/network/VM Network, dhcp4: true}
    numCPUs: 2
    memoryMiB: 8192
    os: Linux
    powerOffMode: trySoft
    guestSoftPowerOffTimeoutSeconds: 300
`, "bhhrr5xc"},
		{"text that HTML would escape", `{a: "<b> & ${VAR}"}`, "tedkm36c"},
	}
	for _, tt := range tests {
		n, err := yaml.Parse(tt.spec)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := naming.Spec(n.YNode()); err != nil || got != tt.want {
			t.Errorf("SpecHash(%s) = %s, %v, want %s", tt.name, got, err, tt.want)
		}
	}
}
