// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"syscall"
)

// proxy is what stands between us and a vCenter, by HTTPS_PROXY or HTTP_PROXY and NO_PROXY.
type proxy struct {
	// url is nil where there is none. Its user and password are never said.
	url      *url.URL
	variable string
	vcenter  string
	// tls is how its own certificate is verified, where it has one.
	tls *tls.Config
}

// refusal is a proxy's answer to the wish for a connection. What else it says may hold our password.
type refusal struct{ code int }

func (e *refusal) Error() string { return fmt.Sprintf("the proxy answers %d", e.code) }

// proxyDistrust is a proxy whose certificate nothing vouches for.
type proxyDistrust struct{ error }

func (e *proxyDistrust) Unwrap() error { return e.error }

// newProxy finds the proxy for a vCenter.
func newProxy(o Options, target *url.URL) (proxy, error) {
	p := proxy{variable: "HTTPS_PROXY", vcenter: target.Hostname()}
	if target.Scheme == "http" {
		p.variable = "HTTP_PROXY"
	}
	var err error
	p.url, err = o.findProxy(target)
	// Of some that cannot be parsed Go makes the URL "http://http://…".
	if err != nil || p.url != nil && (strings.HasSuffix(p.url.Host, ":") || p.url.Hostname() == "") {
		// The error would tell the whole value, with its password.
		return p, failf("%s: %s is not a URL: write http://HOST:PORT", target.Host, p.variable)
	}
	if p.url == nil || p.url.Scheme != "https" {
		return p, nil
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	for _, name := range filepath.SplitList(o.CACerts) {
		if text, err := readFile(name); err == nil { // otherwise it is reported where vCenter's own is verified
			roots.AppendCertsFromPEM(text)
		}
	}
	p.tls = &tls.Config{MinVersion: tls.VersionTLS12, ServerName: p.url.Hostname(), RootCAs: roots, InsecureSkipVerify: o.Insecure}
	return p, nil
}

// through makes connections go by the proxy. TLS to the proxy itself is ours to do: the transport would ask it for the
// certificate that vCenter is to show.
func (p proxy) through(t *http.Transport) {
	t.Proxy = nil
	if p.url == nil {
		return
	}
	u := *p.url
	if u.Scheme == "https" {
		u.Scheme, u.Host = "http", net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "443"))
		dial := &tls.Dialer{Config: p.tls}
		t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := dial.DialContext(ctx, network, address)
			var untrusted *tls.CertificateVerificationError
			if errors.As(err, &untrusted) {
				return nil, &proxyDistrust{err}
			}
			return c, err
		}
	}
	t.Proxy = http.ProxyURL(&u)
	t.OnProxyConnectResponse = func(_ context.Context, _ *url.URL, _ *http.Request, res *http.Response) error {
		if res.StatusCode != http.StatusOK {
			return &refusal{res.StatusCode}
		}
		return nil
	}
}

func (p proxy) user() *url.Userinfo {
	if p.url == nil {
		return nil
	}
	return p.url.User
}

// between reminds of the proxy where it is not clear who is to blame.
func (p proxy) between() string {
	if p.url == nil {
		return ""
	}
	return "; the proxy " + p.url.Host + " is in between"
}

// explanation says what is wrong with the proxy, or nothing where it is not the proxy. What others say goes through scrub.
func (p proxy) explanation(err error, scrub func(string) string) string {
	if p.url == nil {
		return ""
	}
	who := "the proxy " + p.url.Host
	mend := "check " + p.variable + ", or name the vCenter in NO_PROXY"
	var answer *refusal
	var distrust *proxyDistrust
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.Is(err, context.Canceled):
		return ""
	case errors.As(err, &answer) && answer.code == http.StatusProxyAuthRequired && p.url.User == nil:
		return who + " wants a login: write " + p.variable + "=http://USER:PASSWORD@HOST:PORT, or name the vCenter in NO_PROXY"
	case errors.As(err, &answer) && answer.code == http.StatusProxyAuthRequired:
		return who + " refuses its user or password: check those in " + p.variable
	case errors.As(err, &answer) && answer.code >= 500:
		return fmt.Sprintf("%s answers %d %s, so it does not reach %s: check GOVC_URL, or name the vCenter in NO_PROXY", who, answer.code, http.StatusText(answer.code), p.vcenter)
	case errors.As(err, &answer):
		return fmt.Sprintf("%s answers %d %s and lets nobody through to %s: ask who runs it, or name the vCenter in NO_PROXY", who, answer.code, http.StatusText(answer.code), p.vcenter)
	case errors.As(err, &distrust):
		return "the certificate of " + who + " is not trusted, and it is not vCenter's: give its authority to the system or by GOVC_TLS_CA_CERTS"
	case !errors.As(err, &op) || op.Op != "proxyconnect":
		return ""
	case errors.As(err, &dns):
		return "there is no host " + p.url.Hostname() + ", which is to be the proxy: " + mend
	case errors.Is(err, syscall.ECONNREFUSED):
		return who + " refuses connections: " + mend
	}
	return who + ": " + scrub(op.Err.Error()) + ": " + mend
}
