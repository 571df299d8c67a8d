// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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

// TestKilledWhileRendering kills renderings into a directory at different moments: the next one leaves the directory as if nothing had
// happened.
func TestKilledWhileRendering(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("kills the program a dozen times")
	}
	sources := [2]string{writeSources(t, 10), writeSources(t, 11)}
	fresh := [2]map[string]string{filesOf(t, renderInto(t, sources[0], filepath.Join(t.TempDir(), "out"))), nil}
	start := time.Now()
	fresh[1] = filesOf(t, renderInto(t, sources[1], filepath.Join(t.TempDir(), "out")))
	whole := time.Since(start)
	out := renderInto(t, sources[0], filepath.Join(t.TempDir(), "out"))

	const moments = 12
	for i := range moments {
		c := exec.Command("vspread", "render", sources[(i+1)%2], "-o", out)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(whole/2 + whole*6/10*time.Duration(i)/(moments-1))
		_ = c.Process.Kill()
		_ = c.Wait()
		renderInto(t, sources[(i+1)%2], out)
		if d := cmp.Diff(fresh[(i+1)%2], filesOf(t, out)); d != "" {
			t.Fatalf("killed at moment %d (-want +got):\n%s", i, d)
		}
	}
}

// TestRenderedAtOnce lets several runs with different inputs write into one directory: in the end it holds the whole output of one.
func TestRenderedAtOnce(t *testing.T) {
	t.Parallel()
	const runs = 6
	var sources, whole []string
	for i := range runs {
		sources = append(sources, writeSources(t, 10+i))
		whole = append(whole, renderInto(t, sources[i], filepath.Join(t.TempDir(), "out")))
	}
	out := filepath.Join(t.TempDir(), "deep", "out")
	for range 3 {
		var group sync.WaitGroup
		for i := range runs {
			group.Go(func() {
				if text, err := exec.Command("vspread", "render", sources[i], "-o", out).CombinedOutput(); err != nil {
					t.Errorf("%v\n%s", err, text)
				}
			})
		}
		group.Wait()
		got := filesOf(t, out)
		if !slices.ContainsFunc(whole, func(dir string) bool { return maps.Equal(filesOf(t, dir), got) }) {
			t.Fatalf("it is the output of none of the runs; by the first one (-first +got):\n%s", cmp.Diff(filesOf(t, whole[0]), got))
		}
	}
}

// writeSources makes a directory of sources, with a number of workers.
func writeSources(t *testing.T, replicas int) string {
	t.Helper()
	dir := t.TempDir()
	var hosts, datastores []string
	for i := range 20 {
		hosts = append(hosts, fmt.Sprintf("{name: h%d}", i))
		datastores = append(datastores, fmt.Sprintf("{name: d%d, hosts: [h%d]}", i, i))
	}
	for name, text := range map[string]string{
		"cluster.yaml": fmt.Sprintf("apiVersion: cluster.x-k8s.io/v1beta2\nkind: Cluster\nmetadata: {name: apple, annotations: {of: run-%d}}\n", replicas),
		"spread.yaml": fmt.Sprintf("apiVersion: vspread.dev/v1alpha1\nkind: ClusterSpread\nmetadata: {name: apple, annotations: {config.kubernetes.io/local-config: \"true\"}}\n"+
			"spec:\n  workers:\n  - {name: md, replicas: %d, version: v1.35.4, machine: {template: photon, numCPUs: 2, memoryMiB: 4096, networks: [lab]}}\n", replicas),
		"inventory.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: lab, labels: {vspread.dev/inventory: \"true\"}, annotations: {config.kubernetes.io/local-config: \"true\"}}\n" +
			"data:\n  inventory.yaml: |\n    hosts: [" + strings.Join(hosts, ", ") + "]\n    datastores: [" + strings.Join(datastores, ", ") + "]\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func renderInto(t *testing.T, sources, out string) string {
	t.Helper()
	if text, err := exec.Command("vspread", "render", sources, "-o", out).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return out
}

// filesOf gives all files of a directory with their contents.
func filesOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(p)
		out[strings.TrimPrefix(p, dir)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
