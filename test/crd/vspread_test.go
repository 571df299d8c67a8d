package crd

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// buildVspread builds the program of this repository.
func buildVspread(t *testing.T) string {
	t.Helper()
	vspread := filepath.Join(t.TempDir(), "vspread")
	if out, err := exec.Command("go", "build", "-C", "../..", "-buildvcs=false", "-o", vspread, ".").CombinedOutput(); err != nil {
		t.Fatalf("build vspread: %v\n%s", err, out)
	}
	return vspread
}

// planned runs `vspread plan` on two states and decodes what it says.
func planned(t *testing.T, before, after string, into any) {
	t.Helper()
	dir := t.TempDir()
	args := []string{"plan", "-o", "json"}
	for _, side := range []struct{ flag, file, text string }{{"--from", "before.yaml", before}, {"--to", "after.yaml", after}} {
		file := filepath.Join(dir, side.file)
		if err := os.WriteFile(file, []byte(side.text), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, side.flag, file)
	}
	out, err := exec.Command(buildVspread(t), args...).Output()
	if err != nil {
		t.Fatalf("vspread plan: %v\n%.2000s", err, stderr(err))
	}
	if err := json.Unmarshal(out, into); err != nil {
		t.Fatal(err)
	}
}

func stderr(err error) []byte {
	if exit, ok := err.(*exec.ExitError); ok {
		return exit.Stderr
	}
	return nil
}
