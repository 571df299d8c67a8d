// SPDX-License-Identifier: Apache-2.0

package vcenter_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode"

	"github.com/vspread/vspread/inventory"
	"github.com/vspread/vspread/inventory/vcenter"
	"github.com/vspread/vspread/inventory/vcenter/simulated"
)

const (
	envelope = `<?xml version="1.0"?><Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><Body>`
	closing  = `</Body></Envelope>`
	nonsense = "answers, but not as a vCenter: check GOVC_URL and proxies in between"
	tooLarge = "an answer has more than 1 MiB, and no vCenter answers so"
	tooSlow  = "no answer within 300ms"
)

type attack func(w http.ResponseWriter, r *http.Request)

// says answers with a text.
func says(code int, kind, text string) attack {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(code)
		_, _ = io.WriteString(w, text)
	}
}

// forever writes until nobody reads any more.
func forever(w io.Writer, chunk string) {
	for b := bytes.Repeat([]byte(chunk), 64<<10/len(chunk)+1); ; {
		if _, err := w.Write(b); err != nil {
			return
		}
	}
}

func drip(w http.ResponseWriter, r *http.Request) {
	for {
		select {
		case <-r.Context().Done():
			return
		case <-time.After(20 * time.Millisecond):
			_, _ = io.WriteString(w, " ")
			w.(http.Flusher).Flush()
		}
	}
}

// TestHostile answers in vCenter's place, at each point of a reading. Whatever it is, there is one line that says what to do, in
// bounded memory, and nothing is left behind.
func TestHostile(t *testing.T) { // not parallel: memory is measured
	var elsewhere atomic.Int64
	other := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("do-not-read-me"), 0o600); err != nil {
		t.Fatal(err)
	}
	l := start(t, simulated.Options{})
	laughs := `<!DOCTYPE l [<!ENTITY a0 "ha">`
	for i := range 20 {
		laughs += fmt.Sprintf(`<!ENTITY a%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&a%d;", i), 10))
	}
	laughs += "]>"
	deep := strings.Repeat("<a>", 100_000)
	for name, c := range map[string]struct {
		attack
		err string
	}{
		"endless": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/xml")
			_, _ = io.WriteString(w, envelope)
			forever(w, "<a>b</a>")
		}, tooLarge},
		"endless spaces": {func(w http.ResponseWriter, _ *http.Request) { forever(w, " ") }, tooLarge},
		// Zeros, a thousandth of their size on the way.
		"packed": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			forever(gzip.NewWriter(w), "\x00")
		}, tooLarge},
		"packed wrongly": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, "this is not gzip at all")
		}, nonsense},
		"slow":   {drip, tooSlow},
		"silent": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, tooSlow},
		"sent on": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, "answers 307 Temporary Redirect on "},
		"sent on to another": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL+r.URL.Path, http.StatusPermanentRedirect)
		}, "which leads to " + strings.TrimPrefix(other.URL, "https://") + ", and no redirection is followed"},
		"sent on to an odd one": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://user:pass%@elsewhere\u202e")
			w.WriteHeader(http.StatusFound)
		}, "answers 302 Found on "},
		"sent round": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.String(), http.StatusFound)
		}, "answers 302 Found on "},
		"cut off":         {says(200, "text/xml", envelope+"<RetrieveServiceContentResponse"), nonsense},
		"entities":        {says(200, "text/xml", laughs+"<Envelope>&a20;</Envelope>"), nonsense},
		"entities within": {says(200, "text/xml", laughs+envelope+"<a>&a20;</a>"+closing), nonsense},
		"entities without": {says(200, "text/xml", `<!DOCTYPE l [<!ENTITY x SYSTEM "file://`+secret+`"><!ENTITY y SYSTEM "`+other.URL+`">]>`+
			envelope+"<Fault><faultcode>a</faultcode><faultstring>&x;&y;</faultstring></Fault>"+closing), nonsense},
		"empty":             {says(200, "text/xml", ""), nonsense},
		"an empty envelope": {says(200, "text/xml", envelope+closing), nonsense},
		"an empty answer":   {says(204, "text/xml", ""), nonsense},
		"another envelope":  {says(200, "text/xml", `<Envelope xmlns="urn:other"></Envelope>`), nonsense},
		"another answer":    {says(200, "text/xml", envelope+`<OtherResponse/>`+closing), nonsense},
		"a page":            {says(200, "text/html", "<!DOCTYPE html><html><head><title>Welcome</title><body><p>Hello<br>"), nonsense},
		"a type that does not fit": {says(500, "text/xml", envelope+`<Fault><faultcode>a</faultcode><faultstring>b</faultstring><detail>`+
			`<x xsi:type="ManagedObjectReference">c</x></detail></Fault>`+closing), ""},
		"a fault with control characters": {says(500, "text/xml", envelope+"<Fault><faultcode>a</faultcode><faultstring>red&#x9b;31m\u202e \n\n::error::x\u0085y"+
			strings.Repeat("z", 10_000)+"</faultstring></Fault>"+closing), ""},
		"another kind":      {says(200, "image/png", "\x89PNG\r\n\x1a\n"), nonsense},
		"broken characters": {says(200, "text/xml", envelope+"<a>\xff\x00\x1b[31m</a>"+closing), nonsense},
		"another encoding":  {says(200, "text/xml", `<?xml version="1.0" encoding="utf-7"?><Envelope/>`), nonsense},
		"large headers": {func(w http.ResponseWriter, _ *http.Request) {
			for i := range 1000 {
				w.Header().Set(fmt.Sprintf("X-%d", i), strings.Repeat("a", 1000))
			}
		}, nonsense},
		"nested deeply":        {says(200, "text/xml", envelope+deep), nonsense},
		"nested deeply, whole": {says(200, "text/xml", envelope+deep+strings.ReplaceAll(deep, "<", "</")+closing), nonsense},
		"nested deeply, JSON":  {says(200, "application/json", strings.Repeat("[", 500_000)), nonsense},
		"other JSON":           {says(200, "application/json", `[1, "a", {"value": 5}]`), nonsense},
		"closed half-way": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100000")
			_, _ = io.WriteString(w, envelope)
			panic(http.ErrAbortHandler)
		}, "the connection breaks in the middle of an answer"},
		"no HTTP": {func(w http.ResponseWriter, _ *http.Request) {
			if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
				_, _ = io.WriteString(c, "SSH-2.0-OpenSSH_9.9\r\n\r\n")
				_ = c.Close()
			}
		}, ""},
		"endless greetings": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				w.WriteHeader(http.StatusEarlyHints)
			}
		}, ""},
		"busy for ever": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusServiceUnavailable)
		}, "answers 503 Service Unavailable"},
	} {
		for _, point := range []string{"RetrieveServiceContent", "Login", "CreateContainerView", "RetrievePropertiesEx", "/rest/com/vmware/cis/tagging", "PbmQueryProfile"} {
			t.Run(name+"/"+strings.Trim(point, "/"), func(t *testing.T) {
				l.breaks(on(point, -1, func(w http.ResponseWriter, r *http.Request, _ http.Handler) { c.attack(w, r) }))
				o := l.options.WithBounds(1<<20, 16<<20, 5_000)
				if c.err == tooSlow || name == "endless greetings" {
					o.Timeout = 300 * time.Millisecond
				}
				used, err := attacked(o)
				if err == nil {
					t.Fatal("no error")
				}
				if n := l.sessions(t); n != 0 {
					t.Errorf("%d sessions are left", n)
				}
				if !strings.Contains(err.Error(), c.err) && (c.err != nonsense || strings.HasPrefix(point, "/") == strings.Contains(name, "JSON")) {
					t.Errorf("%v\nwant %s", err, c.err)
				}
				for _, r := range err.Error() {
					if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
						t.Errorf("%q has %U", err, r)
					}
				}
				if len(err.Error()) > 1000 || strings.Contains(err.Error(), "do-not-read-me") {
					t.Errorf("%d bytes: %.300s", len(err.Error()), err)
				}
				if used > 200<<20 {
					t.Errorf("%d MiB of memory", used>>20)
				}
			})
		}
	}
	if n := elsewhere.Load(); n != 0 {
		t.Errorf("another host was asked %d times", n)
	}
}

// attacked connects and reads, and gives the most memory that was in use meanwhile, and the error.
func attacked(o vcenter.Options) (uint64, error) {
	done := make(chan struct{})
	peak := make(chan uint64)
	runtime.GC()
	go func() {
		var m runtime.MemStats
		var most uint64
		for {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
			select {
			case <-done:
				peak <- most
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	s, err := vcenter.Connect(context.Background(), o)
	if err == nil {
		_, err = s.Collect(context.Background(), vcenter.Scope{}, inventory.Inventory{}, nil)
		_ = s.Close() // what it says is not asked for
	}
	close(done)
	return <-peak, err
}
