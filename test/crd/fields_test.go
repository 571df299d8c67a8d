package crd

import (
	"os"
	"slices"
	"strings"
	"testing"

	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// TestMachineFields holds what vspread knows of a machine's fields, which its own tests keep in a file, to the CRD.
func TestMachineFields(t *testing.T) {
	k := checker(t).kinds[schema.GroupKind{Group: "infrastructure.cluster.x-k8s.io", Kind: "VSphereMachineTemplate"}]
	root := k.versions["v1beta2"].schema
	spec := root.Properties["spec"].Properties["template"].Properties["spec"]
	var want []string
	fieldsOf(spec, "", func(line string) { want = append(want, line) })
	slices.Sort(want)
	text, err := os.ReadFile("../../fn/capv/fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	// The CRD takes any text here, and CAPV knows two.
	known := strings.Replace(string(text), ".os string Linux,Windows\n", ".os string\n", 1)
	if got := strings.Join(want, "\n") + "\n"; got != known {
		t.Errorf("the CRD has\n%s\nvspread knows\n%s", got, known)
	}
}

func fieldsOf(s structuralschema.Structural, path string, line func(string)) {
	switch {
	case s.XIntOrString:
		line(path + " int-or-string")
	case s.Type == "object" && len(s.Properties) > 0:
		for name, p := range s.Properties {
			fieldsOf(p, path+"."+name, line)
		}
	case s.Type == "array":
		fieldsOf(*s.Items, path+"[]", line)
	case s.ValueValidation != nil && len(s.ValueValidation.Enum) > 0:
		var values []string
		for _, v := range s.ValueValidation.Enum {
			values = append(values, v.Object.(string))
		}
		line(path + " " + s.Type + " " + strings.Join(values, ","))
	default:
		line(path + " " + s.Type)
	}
}
