// SPDX-License-Identifier: Apache-2.0

package vcenter_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vspread/vspread/inventory"
	"github.com/vspread/vspread/inventory/vcenter"
	"github.com/vspread/vspread/inventory/vcenter/simulated"
)

// TestIdle lets a session expire between two reads.
func TestIdle(t *testing.T) {
	t.Parallel()
	l := start(t, simulated.Options{Build: func(b *simulated.Builder) {
		simulated.HomeLab(b)
		b.SessionTimeout("2s") // long enough for a reading on a slow machine
	}})
	s := l.connect(t)
	time.Sleep(4 * time.Second)
	if n := l.sessions(t); n != 0 {
		t.Fatalf("%d sessions did not expire", n)
	}
	var phases []string
	reading, err := s.Collect(context.Background(), vcenter.Scope{}, inventory.Inventory{}, func(p string) { phases = append(phases, p) })
	if err != nil {
		t.Fatal(err)
	}
	if len(reading.Seen.Hosts) != 3 || !strings.Contains(strings.Join(phases, "; "), "logging in again") {
		t.Errorf("%d hosts after %q", len(reading.Seen.Hosts), phases)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestCancel interrupts at different moments: the error says so, quickly, and no session is left.
func TestCancel(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"RetrieveServiceContent", "Login", "cis/session", "CreateContainerView", "RetrievePropertiesEx",
		"list-attached-tags-on-objects", "InventoryServiceTag", "PbmCheckRequirements"} {
		t.Run(strings.ReplaceAll(word, "/", "-"), func(t *testing.T) {
			t.Parallel()
			l := start(t, simulated.Options{})
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			l.breaks(on(word, 1, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				cancel()
				time.Sleep(50 * time.Millisecond)
				next.ServeHTTP(w, r)
			}))
			begin := time.Now()
			s, err := vcenter.Connect(ctx, l.options)
			if err == nil {
				_, err = s.Collect(ctx, vcenter.Scope{}, inventory.Inventory{}, nil)
				_ = s.Close()
			}
			check(t, err, "interrupted")
			if !errors.Is(err, context.Canceled) {
				t.Error("the error is not that of the context")
			}
			if took := time.Since(begin); took > 4*time.Second {
				t.Errorf("took %v", took)
			}
			time.Sleep(100 * time.Millisecond) // the server may still be at it
			if n := l.sessions(t); n != 0 {
				t.Errorf("%d sessions are left", n)
			}
			l.mu.Lock()
			defer l.mu.Unlock()
			if word != "cis/session" && l.opened != l.closed {
				t.Errorf("%d REST sessions were opened and %d closed", l.opened, l.closed)
			}
		})
	}
	t.Run("before", func(t *testing.T) {
		t.Parallel()
		l := start(t, simulated.Options{})
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := vcenter.Connect(ctx, l.options)
		check(t, err, "interrupted")
		if n := l.count(); n != 0 {
			t.Errorf("%d requests", n)
		}
	})
}
