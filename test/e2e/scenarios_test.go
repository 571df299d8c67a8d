// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"context"
	"io"
	stdlog "log"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"
)

const build = "../../build/e2e"

func TestMain(m *testing.M) {
	ctrl.SetLogger(logr.Discard())
	klog.SetLogger(logr.Discard())
	// The simulator logs what it does not implement.
	stdlog.SetOutput(io.Discard)
	os.Exit(m.Run())
}

// TestScenarios plays every scenario, all at once: most of the time goes by with waiting.
func TestScenarios(t *testing.T) {
	programs, err := filepath.Abs(filepath.Join(build, "bin"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(programs, "vspread")); err != nil {
		t.Fatalf("the programs are not built; run make e2e: %v", err)
	}
	dir, err := filepath.Abs(filepath.Join(build, "run"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	scenarios, err := loadScenarios("scenarios")
	if err != nil {
		t.Fatal(err)
	}
	// Before the test program's own limit, which would leave everything running, as an interrupt would.
	ctx, cancel := context.WithTimeout(context.Background(), 18*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	t.Cleanup(cancel)
	start := time.Now()
	management, err := startManagement(ctx, programs, filepath.Join(dir, "management"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(management.Stop)
	t.Logf("the management cluster is up after %.1f s", time.Since(start).Seconds())
	for _, s := range scenarios {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			r, err := newRun(ctx, s, management, programs, filepath.Join(dir, s.Name), t.Logf)
			defer r.close()
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				var table bytes.Buffer
				writeTable(&table, r.rows)
				t.Logf("%s\n%s", s.About, table.String())
			}()
			for _, c := range s.Commits {
				if err := r.play(ctx, c); err != nil {
					t.Fatalf("%s: %s\n%v", c.Name, c.Why, err)
				}
			}
		})
	}
}
