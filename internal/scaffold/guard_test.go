// SPDX-License-Identifier: Apache-2.0

package scaffold_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestGuards holds the guards of the examples to the one that a new repository gets.
func TestGuards(t *testing.T) {
	t.Parallel()
	guards, err := filepath.Glob("../../examples/*/guard")
	if err != nil || len(guards) < 9 {
		t.Fatalf("%d guards (%v)", len(guards), err)
	}
	for name, template := range map[string]string{"guard.yaml": "guard.yaml", "kustomization.yaml": "guard-kustomization.yaml"} {
		want, err := os.ReadFile(filepath.Join("templates", template))
		if err != nil {
			t.Fatal(err)
		}
		for _, dir := range guards {
			if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s is not %s (%v)", filepath.Join(dir, name), template, err)
			}
		}
	}
}
