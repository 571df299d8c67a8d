package crd

import (
	"path/filepath"
	"slices"
	"testing"
)

// TestExamples holds every example's output to the real CRDs and webhooks, and to staying as it was written.
func TestExamples(t *testing.T) {
	outputs, err := filepath.Glob("../../examples/*/.expected/output.yaml")
	if err != nil || len(outputs) == 0 {
		t.Fatalf("there is no ../../examples/*/.expected/output.yaml to check (%v)", err)
	}
	owned := 0
	for _, output := range outputs {
		t.Run(filepath.Base(filepath.Dir(filepath.Dir(output))), func(t *testing.T) {
			owned += checkOutput(t, output)
		})
	}
	if owned == 0 {
		t.Errorf("no object in any output carries the annotation %s", owner)
	}
}

// TestSamples does the same with this module's own samples, which the other tests start from.
func TestSamples(t *testing.T) {
	for _, sample := range []string{"testdata/v1beta1.yaml", "testdata/v1beta2.yaml"} {
		if owned := checkOutput(t, sample); owned != 5 {
			t.Errorf("%s: %d owned objects, want 5", sample, owned)
		}
	}
}

// checkOutput reports what is wrong with a stream and counts the objects that are vspread's.
func checkOutput(t *testing.T, file string) (owned int) {
	t.Helper()
	objects, err := checker(t).CreateAll([]byte(read(t, file)))
	if err != nil {
		t.Errorf("%s is not accepted:\n%v", file, err)
	}
	for _, object := range objects {
		if object.Sent.GetAnnotations()[owner] == "" {
			continue
		}
		owned++
		if got, known := object.Drift(), driftOfOldReferences(object); !slices.Equal(got, known) {
			t.Errorf("%s: %s is read otherwise than written: %q, want %q", file, ID(object.Sent), got, known)
		}
	}
	return owned
}

// driftOfOldReferences is what a MachineDeployment of v1beta1 cannot help: the stored references have no version, so the
// answer has the newest one of each provider.
func driftOfOldReferences(o *Object) []string {
	if o.Sent.GetAPIVersion() != "cluster.x-k8s.io/v1beta1" || o.Sent.GetKind() != "MachineDeployment" {
		return nil
	}
	return []string{
		"spec.template.spec.bootstrap.configRef.apiVersion: bootstrap.cluster.x-k8s.io/v1beta1 became bootstrap.cluster.x-k8s.io/v1beta2",
		"spec.template.spec.infrastructureRef.apiVersion: infrastructure.cluster.x-k8s.io/v1beta1 became infrastructure.cluster.x-k8s.io/v1beta2",
	}
}

// TestDefaults shows that drift is seen, and records what is added to the smallest objects.
func TestDefaults(t *testing.T) {
	var cases []struct {
		Object string
		Drift  []string
	}
	readYAML(t, "testdata/defaults.yaml", &cases)
	for _, c := range cases {
		object, err := checker(t).Create([]byte(c.Object))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, difference := range differences("drift", toAny(c.Drift), toAny(object.Drift())) {
			t.Errorf("%s %s: %s", object.Sent.GetAPIVersion(), ID(object.Sent), difference)
		}
	}
}

func toAny(list []string) []any {
	out := []any{}
	for _, item := range list {
		out = append(out, item)
	}
	return out
}
