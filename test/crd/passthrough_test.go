package crd

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// TestUpstreamTemplatePassesThrough renders the home lab with CAPV's own cluster template beside it, full
// of ${VARIABLES}, scripts and comments that are not ours. Nothing of it may be lost or changed.
func TestUpstreamTemplatePassesThrough(t *testing.T) {
	capv, err := moduleDir("sigs.k8s.io/cluster-api-provider-vsphere")
	if err != nil {
		t.Fatal(err)
	}
	template := "# A comment above the first object.\n" + read(t, filepath.Join(capv, "templates", "cluster-template.yaml"))
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../examples/homelab")); err != nil {
		t.Fatal(err)
	}
	spread := filepath.Join(dir, "spread.yaml")
	// Two Clusters are in the input now.
	text := replace(t, read(t, spread), "\nspec:\n", "\nspec:\n  cluster: apple\n")
	if err := os.WriteFile(spread, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "upstream.yaml"), []byte(template), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(buildVspread(t), "render", dir).Output()
	if err != nil {
		t.Fatalf("vspread render: %v\n%s", err, stderr(err))
	}

	got := map[string]bool{}
	for _, doc := range documents(t, out) {
		got[doc] = true
	}
	sent := documents(t, []byte(template))
	if len(sent) < 10 {
		t.Fatalf("only %d objects in the template", len(sent))
	}
	for _, doc := range sent {
		if !got[doc] {
			t.Errorf("not in the output as it was:\n%.300s", doc)
		}
	}
	for _, mark := range []*regexp.Regexp{regexp.MustCompile(`\$\{[^}]*\}`), regexp.MustCompile(`(?m)^ *# .*$`)} {
		before, after := mark.FindAllString(template, -1), strings.Join(mark.FindAllString(string(out), -1), "\n")
		for _, m := range before {
			if !strings.Contains(after, strings.TrimSpace(m)) {
				t.Errorf("%q is lost", m)
			}
		}
	}
}

// documents gives each object of a stream in one canonical form.
func documents(t *testing.T, stream []byte) []string {
	t.Helper()
	var out []string
	for _, doc := range bytes.Split(stream, []byte("\n---\n")) {
		var value any
		if err := yaml.Unmarshal(doc, &value); err != nil {
			t.Fatalf("%v in\n%.300s", err, doc)
		}
		if value == nil {
			continue
		}
		text, err := yaml.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(text))
	}
	return out
}
