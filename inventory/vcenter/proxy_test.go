// SPDX-License-Identifier: Apache-2.0

package vcenter_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vspread/vspread/inventory/vcenter"
	"github.com/vspread/vspread/inventory/vcenter/simulated"
)

// listen serves each connection by f.
func listen(t *testing.T, wrap func(net.Listener) net.Listener, f func(net.Conn)) string {
	t.Helper()
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := wrap(plain)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				f(c)
			}()
		}
	}()
	return plain.Addr().String()
}

// tunnel does what a proxy should, for the one vCenter.
func tunnel(to string) func(net.Conn) {
	return func(c net.Conn) {
		r := bufio.NewReader(c)
		if _, err := http.ReadRequest(r); err != nil {
			return
		}
		server, err := net.Dial("tcp", to)
		if err != nil {
			return
		}
		defer func() { _ = server.Close() }()
		_, _ = io.WriteString(c, "HTTP/1.1 200 Connection established\r\n\r\n")
		go func() { _, _ = io.Copy(server, r) }()
		_, _ = io.Copy(c, server)
	}
}

func answer(line string) func(net.Conn) {
	return func(c net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(c)); err == nil {
			_, _ = io.WriteString(c, "HTTP/1.1 "+line+"\r\nContent-Length: 0\r\n\r\n")
		}
	}
}

// TestProxy is the table of what a proxy does. vCenter is not to blame for it, and the proxy's password is not told.
func TestProxy(t *testing.T) {
	t.Parallel()
	l := start(t, simulated.Options{})
	bare := func(l net.Listener) net.Listener { return l }
	own, err := simulated.Issue(x509.Certificate{NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}})
	if err != nil {
		t.Fatal(err)
	}
	secured := func(l net.Listener) net.Listener {
		return tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{own}})
	}
	trusted := filepath.Join(t.TempDir(), "proxy.pem")
	if err := os.WriteFile(trusted, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: own.Certificate[0]}), 0o600); err != nil {
		t.Fatal(err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	target, _, _ := strings.Cut(l.options.URL, ":")
	for name, c := range map[string]struct {
		scheme, user string
		address      string
		change       func(*vcenter.Options)
		err          string
	}{
		"works":          {"http", "", listen(t, bare, tunnel(l.options.URL)), nil, ""},
		"works with TLS": {"https", "", listen(t, secured, tunnel(l.options.URL)), func(o *vcenter.Options) { o.CACerts += string(os.PathListSeparator) + trusted }, ""},
		"pins vCenter and not the proxy": {"https", "", listen(t, secured, tunnel(l.options.URL)), func(o *vcenter.Options) {
			o.CACerts, o.Thumbprint = trusted, strings.Repeat("AB:", 31)+"AB"
		}, "not the pinned one"},
		"not trusted":       {"https", "", listen(t, secured, tunnel(l.options.URL)), nil, "the certificate of the proxy 127.0.0.1:PORT is not trusted, and it is not vCenter's"},
		"refuses":           {"http", "", free.Addr().String(), nil, "the proxy 127.0.0.1:PORT refuses connections: check HTTPS_PROXY, or name the vCenter in NO_PROXY"},
		"is not there":      {"http", "", "proxy.invalid:3128", nil, "there is no host proxy.invalid, which is to be the proxy: check HTTPS_PROXY"},
		"wants a login":     {"http", "", listen(t, bare, answer("407 Who are you?")), nil, "the proxy 127.0.0.1:PORT wants a login: write HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT"},
		"refuses the login": {"http", "joe:Geheim/1", listen(t, bare, answer("407 joe:Geheim/1 is wrong, joe:Geheim%2F1")), nil, "the proxy 127.0.0.1:PORT refuses its user or password"},
		"says no":           {"http", "joe:Geheim/1", listen(t, bare, answer("403 not for joe:Geheim/1")), nil, "answers 403 Forbidden and lets nobody through to " + target},
		"does not reach it": {"http", "", listen(t, bare, answer("502 no")), nil, "answers 502 Bad Gateway, so it does not reach " + target + ": check GOVC_URL"},
		"is none":           {"http", "joe:Geheim/1", listen(t, bare, func(c net.Conn) { _, _ = io.WriteString(c, "joe:Geheim/1\r\n\r\n") }), nil, "the proxy 127.0.0.1:PORT is in between"},
	} {
		// Not in parallel: the sessions of the lab are counted.
		t.Run(name, func(t *testing.T) {
			u := &url.URL{Scheme: c.scheme, Host: c.address}
			if user, password, ok := strings.Cut(c.user, ":"); ok {
				u.User = url.UserPassword(user, password)
			}
			o := l.options.WithProxy(u)
			if c.change != nil {
				c.change(&o)
			}
			s, err := vcenter.Connect(context.Background(), o)
			check(t, err, strings.ReplaceAll(c.err, "127.0.0.1:PORT", c.address))
			if err != nil && (strings.Contains(err.Error(), "Geheim") || strings.Contains(err.Error(), "joe")) {
				t.Errorf("%v tells the proxy's password", err)
			}
			if s != nil {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}
			if n := l.sessions(t); n != 0 {
				t.Errorf("%d sessions are left", n)
			}
		})
	}
}

// TestProxyThatIsNoURL names a proxy that cannot be used. Without a word the connection would go directly.
func TestProxyThatIsNoURL(t *testing.T) {
	for _, variable := range []string{"HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy", "REQUEST_METHOD"} {
		t.Setenv(variable, "")
	}
	connect := func(scheme string) error {
		_, err := vcenter.Connect(context.Background(), vcenter.Options{URL: scheme + "://vcenter.invalid", Insecure: true, Username: "u", Password: "secret"})
		return err
	}
	for _, value := range []string{"http://joe:Geheim%@proxy.invalid", "http://[proxy", "http://joe:Geheim@:", "http://proxy:port", "http://", "http://joe:Ge heim@proxy", "\x01"} {
		t.Setenv("HTTPS_PROXY", value)
		t.Setenv("HTTP_PROXY", value)
		for scheme, want := range map[string]string{"https": "HTTPS_PROXY is not a URL: write http://HOST:PORT", "http": "HTTP_PROXY is not a URL: write http://HOST:PORT"} {
			err := connect(scheme)
			check(t, err, want)
			if err == nil || strings.Contains(err.Error(), "Geheim") || strings.Contains(err.Error(), "joe") {
				t.Errorf("%v tells the proxy's password", err)
			}
		}
	}
	// Where the vCenter needs no proxy, it does not matter.
	t.Setenv("NO_PROXY", ".invalid")
	check(t, connect("https"), "there is no host of this name")
}
