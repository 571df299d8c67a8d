// SPDX-License-Identifier: Apache-2.0

package measure

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func shell(script string) Command { return Command{Path: "/bin/sh", Args: []string{"-c", script}} }

func TestRunSaysWhatFailed(t *testing.T) {
	_, err := shell("echo >&2; echo '  too many pools' >&2; echo more >&2; exit 1").Run("", time.Minute)
	var refusal *Refusal
	if !errors.As(err, &refusal) || refusal.Line != "too many pools" {
		t.Error(err)
	}
	if _, err := shell("exit 3").Run("", time.Minute); err == nil || err.Error() != "refused: exit status 3" {
		t.Error(err)
	}
	if _, err := (Command{Path: "/no/such/program"}).Run("", time.Minute); err == nil || errors.As(err, &refusal) {
		t.Error(err)
	}
}

func TestRunStopsWhatTakesTooLong(t *testing.T) {
	start := time.Now()
	// The child of the shell is stopped as well.
	_, err := shell("sleep 60; true").Run("", 100*time.Millisecond)
	if err == nil || err.Error() != "stopped after 100ms" || time.Since(start) > 30*time.Second {
		t.Error(err, time.Since(start))
	}
}

// TestRunCountsChildren wants the cost of a process that another one started, as kustomize starts a function.
func TestRunCountsChildren(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	cost, err := shell("/bin/sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo done'; true").Run(out, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(out); err != nil || string(text) != "done\n" {
		t.Errorf("%q %v", text, err)
	}
	// A loop of 300,000 takes far more than starting two shells.
	idle, err := shell("/bin/sh -c 'echo done'; true").Run("", time.Minute)
	if err != nil || cost.CPU < 4*idle.CPU || cost.Wall < cost.CPU/2 {
		t.Error(cost, idle, err)
	}
}

// TestRunReadsAFile wants stdin to be the file, and nothing where none is named.
func TestRunReadsAFile(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	if err := os.WriteFile(in, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	for stdin, want := range map[string]string{in: "text", "": ""} {
		c := shell("cat")
		c.Stdin = stdin
		if _, err := c.Run(out, time.Minute); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(out); err != nil || string(got) != want {
			t.Errorf("%q %v", got, err)
		}
	}
}
