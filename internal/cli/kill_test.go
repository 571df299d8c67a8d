// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/vspread/vspread/inventory/vcenter/simulated"
)

// refresher gives a lab and the command that refreshes a file from it.
func refresher(t *testing.T, o simulated.Options) (lab *simulated.Lab, file string, refresh func() *exec.Cmd) {
	t.Helper()
	lab, err := simulated.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(lab.Close)
	dir := t.TempDir()
	file = filepath.Join(dir, "inventory.yaml")
	certificate := filepath.Join(dir, "lab.pem")
	if err := os.WriteFile(certificate, lab.Certificate(), 0o600); err != nil {
		t.Fatal(err)
	}
	return lab, file, func() *exec.Cmd {
		c := exec.Command("vspread", "inventory", "refresh", "-f", file)
		c.Env = append(os.Environ(), "GOVC_URL="+lab.URL.String(), "GOVC_USERNAME="+simulated.Username, "GOVC_PASSWORD="+simulated.Password, "GOVC_TLS_CA_CERTS="+certificate)
		return c
	}
}

// TestKilledWhileWriting kills the program at different moments of a refresh: the file is the old
// one or the new one, whole.
func TestKilledWhileWriting(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("kills the program a dozen times")
	}
	_, file, refresh := refresher(t, simulated.Options{Build: simulated.Fleet(200)})
	// Of so many that are new there is one line.
	const first = "1 datacenter, 4 compute clusters, 200 hosts, 205 datastores, 1 network, 4 resource pools, 1 folder, 200 templates"
	if out, err := refresh().CombinedOutput(); err != nil || !bytes.Contains(out, []byte(first)) || bytes.Count(out, []byte("\n")) != 1 {
		t.Fatalf("%v\n%s", err, out)
	}
	updated, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	old := bytes.ReplaceAll(updated, []byte("cpus: 4"), []byte("cpus: 5"))
	restore := func() {
		if err := os.WriteFile(file, old, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	restore()
	start := time.Now()
	if out, err := refresh().CombinedOutput(); err != nil || !bytes.Contains(out, []byte("cores is 4, was 5")) {
		t.Fatalf("%v\n%s", err, out)
	}
	whole := time.Since(start)

	const moments = 12
	for i := range moments {
		restore()
		c := refresh()
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		// Most moments lie in the last part, where it writes.
		time.Sleep(whole/2 + whole*6/10*time.Duration(i)/(moments-1))
		_ = c.Process.Kill()
		_ = c.Wait()
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, old) && !bytes.Equal(got, updated) {
			t.Fatalf("killed at moment %d, the file has %d bytes: neither the old (%d) nor the new (%d)", i, len(got), len(old), len(updated))
		}
	}
}

// TestInterrupted sends the signals that end a program in the middle of a reading: nothing is written, and no session is left.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	for _, end := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(end.String(), func(t *testing.T) {
			t.Parallel()
			if signal.Ignored(end) {
				t.Skip("it is ignored, as by nohup, and so it is by the program")
			}
			var running atomic.Pointer[os.Process]
			lab, file, refresh := refresher(t, simulated.Options{Middleware: func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					body, err := io.ReadAll(r.Body)
					if err != nil {
						return
					}
					r.Body = io.NopCloser(bytes.NewReader(body))
					if p := running.Load(); p != nil && bytes.Contains(body, []byte("<RetrievePropertiesEx ")) {
						_ = p.Signal(end)
						time.Sleep(100 * time.Millisecond)
					}
					next.ServeHTTP(w, r)
				})
			}})
			c := refresh()
			var said strings.Builder
			c.Stderr = &said
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			running.Store(c.Process)
			_ = c.Wait()
			if status := c.ProcessState.ExitCode(); status != 3 || !strings.Contains(said.String(), "interrupted; nothing was changed") {
				t.Errorf("status %d: %s", status, said.String())
			}
			if _, err := os.Stat(file); err == nil {
				t.Error("the file is written")
			}
			if n, err := lab.Sessions(); n != 0 || err != nil {
				t.Errorf("%d sessions are left, %v", n, err)
			}
		})
	}
}

// TestNobodyReads gives the output to a pipe that is closed already: the file is written and the session closed all the same.
func TestNobodyReads(t *testing.T) {
	t.Parallel()
	lab, file, refresh := refresher(t, simulated.Options{})
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	c := refresh()
	var said strings.Builder
	c.Stdout, c.Stderr = w, &said
	_ = c.Run()
	_ = w.Close()
	if status := c.ProcessState.ExitCode(); status != 3 || !strings.Contains(said.String(), "the output is not complete") || strings.Count(said.String(), "\n") != 1 {
		t.Errorf("status %d: %s", status, said.String())
	}
	if text, err := os.ReadFile(file); err != nil || !bytes.Contains(text, []byte("esxi03.lab.local")) {
		t.Errorf("the file is not written: %v", err)
	}
	if n, err := lab.Sessions(); n != 0 || err != nil {
		t.Errorf("%d sessions are left, %v", n, err)
	}
}
