package crd

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// TestInfrastructureVersionsAgree renders an example in both versions of CAPV's API.
func TestInfrastructureVersionsAgree(t *testing.T) {
	vspread := buildVspread(t)
	older, newer := renderIn(t, vspread, "infrastructure: v1beta1"), renderIn(t, vspread, "infrastructure: v1beta2")
	for _, difference := range compareVersions(t, older, newer) {
		t.Error(difference)
	}
}

// TestCoreVersionsAgree renders an example in both versions of Cluster API's own groups: the same is stored. What a
// GET of v1beta1 then answers is the reason for the warning.
func TestCoreVersionsAgree(t *testing.T) {
	vspread := buildVspread(t)
	stored := map[string]*Object{}
	for _, version := range []string{"v1beta2", "v1beta1"} {
		objects, err := checker(t).CreateAll(renderIn(t, vspread, "core: "+version+", infrastructure: v1beta1"))
		if err != nil {
			t.Fatalf("the %s rendering is not accepted:\n%v", version, err)
		}
		deployments := 0
		for _, object := range objects {
			if object.Sent.GetAnnotations()[owner] == "" {
				continue
			}
			id := ID(object.Sent)
			if version == "v1beta2" {
				stored[id] = object
				continue
			}
			twin, ok := stored[id]
			if !ok {
				t.Errorf("%s is in the v1beta1 rendering only", id)
				continue
			}
			for _, part := range []string{"metadata", "spec", "data"} {
				for _, difference := range differences(part, twin.Stored.Object[part], object.Stored.Object[part]) {
					t.Errorf("%s: %s", id, difference)
				}
			}
			if object.Sent.GetKind() == "MachineDeployment" {
				deployments++
				if got := object.Sent.GetAPIVersion(); got != "cluster.x-k8s.io/v1beta1" {
					t.Errorf("%s is %s", id, got)
				}
			}
			if got, known := object.Drift(), driftOfOldReferences(object); !slices.Equal(got, known) {
				t.Errorf("%s is read otherwise than written: %q, want %q", id, got, known)
			}
		}
		if version == "v1beta1" && deployments == 0 {
			t.Error("no MachineDeployment in the v1beta1 rendering")
		}
	}
}

// renderIn renders an example in chosen API versions.
func renderIn(t *testing.T, vspread, versions string) []byte {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../examples/homelab")); err != nil {
		t.Fatal(err)
	}
	spread := filepath.Join(dir, "spread.yaml")
	text := replace(t, read(t, spread), "\nspec:\n", "\nspec:\n  apiVersions: {"+versions+"}\n")
	if err := os.WriteFile(spread, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(vspread, "render", dir).Output()
	if err != nil {
		t.Fatalf("vspread render with %s: %v\n%s", versions, err, stderr(err))
	}
	return out
}

// TestCompareVersions shows that the comparison passes a right pair and sees each way a pair can be wrong.
func TestCompareVersions(t *testing.T) {
	older, newer := read(t, "testdata/v1beta1.yaml"), read(t, "testdata/v1beta2.yaml")
	const pool, template = "apple-md-datastore1", "apple-md-datastore1-9f8e7d6c"
	for _, c := range []struct {
		older string
		want  []string
	}{
		{older, nil},
		{replace(t, older, "numCPUs: 2", "numCPUs: 4"),
			[]string{"VSphereMachineTemplate clusters/" + template + ": spec.template.spec.numCPUs: 4 became 2"}},
		{replace(t, older, "      powerOffMode: trySoft\n      guestSoftPowerOffTimeout: 5m0s\n", ""),
			[]string{
				"VSphereMachineTemplate clusters/" + template + " does not stay as it is written in the v1beta1 rendering: spec.template.spec.powerOffMode: added hard",
				"VSphereMachineTemplate clusters/" + template + ": spec.template.spec.guestSoftPowerOffTimeoutSeconds: added 300",
				"VSphereMachineTemplate clusters/" + template + ": spec.template.spec.powerOffMode: hard became trySoft",
			}},
		{replace(t, older, "  name: apple-md-1a2b3c4d\n  namespace", "  name: other\n  namespace"),
			[]string{
				"KubeadmConfigTemplate clusters/apple-md-1a2b3c4d is in the v1beta2 rendering only",
				"KubeadmConfigTemplate clusters/other is in the v1beta1 rendering only",
			}},
		{replace(t, older, "metadata:\n  name: "+pool+"\n", "metadata:\n  name: other\n"),
			[]string{
				"MachineDeployment clusters/" + pool + " is in the v1beta2 rendering only",
				"MachineDeployment clusters/other is in the v1beta1 rendering only",
			}},
		{newer, []string{"VSphereMachineTemplate clusters/" + template + " is infrastructure.cluster.x-k8s.io/v1beta2 in the v1beta1 rendering"}},
	} {
		if got := compareVersions(t, []byte(c.older), []byte(newer)); !slices.Equal(got, c.want) {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

// compareVersions compares what two renderings leave in etcd, where CAPV's own conversion has made one version of them:
// the same objects under the same names, so that going from one version to the other rolls no machine. Neither rendering
// may drift.
func compareVersions(t *testing.T, older, newer []byte) []string {
	t.Helper()
	var found []string
	byVersion := map[string]map[string]*Object{}
	for version, stream := range map[string][]byte{"v1beta1": older, "v1beta2": newer} {
		objects, err := checker(t).CreateAll(stream)
		if err != nil {
			t.Fatalf("the %s rendering is not accepted:\n%v", version, err)
		}
		byVersion[version] = map[string]*Object{}
		templates := 0
		for _, object := range objects {
			byVersion[version][ID(object.Sent)] = object
			if object.Sent.GetAnnotations()[owner] == "" {
				continue
			}
			for _, difference := range object.Drift() {
				found = append(found, fmt.Sprintf("%s does not stay as it is written in the %s rendering: %s", ID(object.Sent), version, difference))
			}
			if object.Sent.GetKind() != "VSphereMachineTemplate" {
				continue
			}
			templates++
			if got := object.Sent.GetAPIVersion(); got != "infrastructure.cluster.x-k8s.io/"+version {
				found = append(found, fmt.Sprintf("%s is %s in the %s rendering", ID(object.Sent), got, version))
			}
		}
		if templates == 0 {
			found = append(found, fmt.Sprintf("no VSphereMachineTemplate of vspread's in the %s rendering", version))
		}
	}
	for id, object := range byVersion["v1beta1"] {
		twin, ok := byVersion["v1beta2"][id]
		if !ok {
			found = append(found, id+" is in the v1beta1 rendering only")
			continue
		}
		for _, difference := range differences("", object.Stored.Object, twin.Stored.Object) {
			found = append(found, id+": "+difference)
		}
	}
	for id := range byVersion["v1beta2"] {
		if _, ok := byVersion["v1beta1"][id]; !ok {
			found = append(found, id+" is in the v1beta2 rendering only")
		}
	}
	slices.Sort(found)
	return found
}
