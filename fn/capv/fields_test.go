// SPDX-License-Identifier: Apache-2.0

package capv_test

import (
	"flag"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/capv"
	"github.com/vspread/vspread/internal/diag"
)

var update = flag.Bool("update", false, "write fields.txt")

// TestFields keeps the fields of the structs in a file, which test/crd compares with the real CRD.
func TestFields(t *testing.T) {
	var lines []string
	walk(reflect.TypeFor[capv.MachineSpec](), "", func(line string) { lines = append(lines, line) })
	slices.Sort(lines)
	got := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile("fields.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("run with -update, and look at the difference (-want +got):\n%s", d)
	}
}

// walk gives a line for each field: its path, its type as in a CRD, and the values that it has.
func walk(t reflect.Type, path string, line func(string)) {
	enum, isEnum := reflect.Zero(t).Interface().(interface{ Allowed() []string })
	switch {
	case t == reflect.TypeFor[capv.Quantity]():
		line(path + " int-or-string")
	case isEnum:
		line(path + " string " + strings.Join(enum.Allowed(), ","))
	case t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			walk(t.Field(i).Type, path+"."+t.Field(i).Tag.Get("json"), line)
		}
	case t.Kind() == reflect.Slice:
		walk(t.Elem(), path+"[]", line)
	case t.Kind() == reflect.Map:
		line(path + " object")
	case t.Kind() == reflect.Bool:
		line(path + " boolean")
	case t.Kind() == reflect.String:
		line(path + " string")
	default:
		line(path + " integer")
	}
}

func TestCheckMachineSpec(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		spec string
		want []string // field and code
	}{
		"fine":             {"{numCPUs: 4, memoryMiB: 8192, os: Linux, network: {devices: [{networkName: 'n', dhcp4: true}]}, resources: {requests: {cpu: 2, memory: 2Gi}}}", nil},
		"quoted":           {`{numCPUs: "4", additionalDisksGiB: [1, "2"], network: {devices: [{dhcp4: "yes", mtu: "1500"}]}}`, []string{"numCPUs WrongType", "additionalDisksGiB[1] WrongType", "network.devices[0].dhcp4 WrongType", "network.devices[0].mtu WrongType"}},
		"another case":     {"{cloneMode: fullclone, os: linux, powerOffMode: Hard, dataDisks: [{name: x, sizeGiB: 1, provisioningMode: thin}]}", []string{"cloneMode InvalidValue", "os InvalidValue", "powerOffMode InvalidValue", "dataDisks[0].provisioningMode InvalidValue"}},
		"numbers as names": {"{template: 1.35, tagIDs: [1]}", []string{"template WrongType", "tagIDs[0] WrongType"}},
		"variables":        {"{numCPUs: '${CPUS}', cloneMode: '${MODE}'}", nil},
		"of a newer CAPV":  {"{brandNew: {x: 1}}", nil},
		"no mapping":       {"[]", []string{" WrongType"}},
	}
	for name, tt := range tests {
		n, err := yaml.Parse(tt.spec)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range capv.CheckMachineSpec(n.YNode(), diag.Where{}) {
			got = append(got, d.Field+" "+string(d.Code))
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s (-want +got)\n%s", name, d)
		}
	}
}
