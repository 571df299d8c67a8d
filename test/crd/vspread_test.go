package crd

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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

// states are the objects before and after a change, each state as one file.
type states [2]strings.Builder

// add puts an object into the state before, 0, or after, 1.
func (s *states) add(side int, object string) { s[side].WriteString("---\n" + object) }

// plan runs `vspread plan` from one state to the other and decodes what it says.
func (s *states) plan(t *testing.T, into any) {
	t.Helper()
	dir := t.TempDir()
	args := []string{"plan", "-o", "json"}
	for side, flag := range []string{"--from", "--to"} {
		file := filepath.Join(dir, []string{"before.yaml", "after.yaml"}[side])
		if err := os.WriteFile(file, []byte(s[side].String()), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, flag, file)
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
