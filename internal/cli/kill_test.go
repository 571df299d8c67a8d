// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestKilledWhileWriting kills the program at different moments of changing an inventory: the file is the old
// one or the new one, whole.
func TestKilledWhileWriting(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("kills the program a dozen times")
	}
	var text strings.Builder
	text.WriteString("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: lab, labels: {vspread.dev/inventory: \"true\"}}\ndata:\n  inventory.yaml: |\n    hosts:\n")
	for i := range 3000 {
		fmt.Fprintf(&text, "    - {name: host-%05d, id: host-%d, cpus: 64, memoryMiB: 524288%s}\n", i, i, map[bool]string{true: ", state: gone"}[i == 0])
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "inventory.yaml")
	forget := func() *exec.Cmd { return exec.Command("vspread", "inventory", "forget", "host-00000", "-f", file) }
	restore := func() {
		if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	restore()
	start := time.Now()
	if out, err := forget().CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	whole := time.Since(start)
	updated, err := os.ReadFile(file)
	if err != nil || bytes.Equal(updated, []byte(text.String())) {
		t.Fatalf("nothing is forgotten: %v", err)
	}

	const moments = 12
	for i := range moments {
		restore()
		c := forget()
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		// Most moments lie in the last part, where it writes.
		time.Sleep(whole/2 + whole/2*time.Duration(i)/(moments-2))
		_ = c.Process.Kill()
		_ = c.Wait()
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if s := string(got); s != text.String() && !bytes.Equal(got, updated) {
			t.Fatalf("killed at moment %d, the file has %d bytes: neither the old (%d) nor the new (%d)", i, len(got), text.Len(), len(updated))
		}
	}
}
