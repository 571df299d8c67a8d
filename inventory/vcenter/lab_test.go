// SPDX-License-Identifier: Apache-2.0

package vcenter_test

import (
	"context"
	"flag"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
	"github.com/vspread/vspread/inventory/vcenter"
	"github.com/vspread/vspread/inventory/vcenter/simulated"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) {
	flag.Parse()
	log.SetOutput(io.Discard) // the simulator logs the faults that are asked of it
	os.Exit(m.Run())
}

// wire stands before a lab, counts the requests and breaks them.
type wire struct {
	mu       sync.Mutex
	requests map[string]int
	// rest counts the sessions of the second interface that were opened and closed.
	opened, closed int
	// fault answers in the lab's place if it returns true.
	fault func(w http.ResponseWriter, r *http.Request, next http.Handler) bool
}

func (x *wire) middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x.mu.Lock()
		x.requests[r.Method+" "+r.URL.Path]++
		fault := x.fault
		x.mu.Unlock()
		if fault != nil && fault(w, r, next) {
			return
		}
		counted := &recorder{ResponseWriter: w, code: http.StatusOK}
		next.ServeHTTP(counted, r)
		if r.URL.Path == "/rest/com/vmware/cis/session" && counted.code == http.StatusOK {
			x.mu.Lock()
			switch r.Method {
			case http.MethodPost:
				x.opened++
			case http.MethodDelete:
				x.closed++
			}
			x.mu.Unlock()
		}
	})
}

type recorder struct {
	http.ResponseWriter
	code int
}

func (r *recorder) WriteHeader(code int) {
	r.code = code
	r.ResponseWriter.WriteHeader(code)
}

func (x *wire) breaks(fault func(w http.ResponseWriter, r *http.Request, next http.Handler) bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.fault = fault
}

// count sums the requests whose path contains one of the words, or all.
func (x *wire) count(words ...string) int {
	x.mu.Lock()
	defer x.mu.Unlock()
	sum := 0
	for request, n := range x.requests {
		matched := len(words) == 0
		for _, w := range words {
			matched = matched || strings.Contains(request, w)
		}
		if matched {
			sum += n
		}
	}
	return sum
}

type lab struct {
	*simulated.Lab
	*wire
	options vcenter.Options
}

// start gives a lab and how to connect to it. It is stopped with the test.
func start(t testing.TB, o simulated.Options) *lab {
	t.Helper()
	x := &wire{requests: map[string]int{}}
	o.Middleware = x.middleware
	s, err := simulated.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, s.Certificate(), 0o600); err != nil {
		t.Fatal(err)
	}
	return &lab{s, x, vcenter.Options{
		URL: s.URL.Host, Username: simulated.Username, Password: simulated.Password, CACerts: ca, Timeout: 20 * time.Second,
	}.WithPause(time.Millisecond)}
}

func (l *lab) connect(t testing.TB) *vcenter.Session {
	t.Helper()
	s, err := vcenter.Connect(context.Background(), l.options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func (l *lab) collect(t testing.TB, scope vcenter.Scope) inventory.Inventory {
	t.Helper()
	inv := l.reading(t, scope, inventory.Inventory{}).Seen
	if _, diags := inventory.Parse(inventory.Format(inv), diag.Where{}); diags.HasErrors() {
		t.Errorf("the inventory contradicts itself: %v", diags)
	}
	return inv
}

func (l *lab) reading(t testing.TB, scope vcenter.Scope, remembered inventory.Inventory) inventory.Reading {
	t.Helper()
	s := l.connect(t)
	reading, err := s.Collect(context.Background(), scope, remembered, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	return reading
}

// refresh does what `vspread inventory refresh` does.
func (l *lab) refresh(t testing.TB, scope vcenter.Scope, old inventory.Inventory) inventory.Inventory {
	t.Helper()
	updated, err := inventory.Merge(old, l.reading(t, scope, old))
	if err != nil {
		t.Fatal(err)
	}
	if _, diags := inventory.Parse(inventory.Format(updated), diag.Where{}); diags.HasErrors() {
		t.Errorf("the inventory contradicts itself: %v", diags)
	}
	return updated
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("not as in %s (-want +got):\n%s", file, diff)
	}
}
