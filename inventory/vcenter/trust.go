// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// trust decides about the server's certificate. It does so in VerifyConnection, which is asked for every
// connection: govmomi's own thumbprints only come second, and let a wrong one pass where the chain is good.
type trust struct {
	host     string
	insecure bool
	// roots is nil for the system's.
	roots *x509.CertPool
	// known and pin are thumbprints in bare lower-case digits.
	known []string
	pin   string

	mu   sync.Mutex
	seen string
}

func newTrust(o Options, u *url.URL) (*trust, error) {
	t := &trust{host: u.Hostname(), insecure: o.Insecure}
	if o.Thumbprint != "" {
		t.pin, _ = digits(o.Thumbprint)
		return t, nil
	}
	for _, name := range filepath.SplitList(o.CACerts) {
		text, err := readFile(name)
		if err != nil {
			return nil, failf("%s: GOVC_TLS_CA_CERTS: %s cannot be read: %s", u.Host, name, reason(err))
		}
		if t.roots == nil {
			t.roots = x509.NewCertPool()
		}
		if !t.roots.AppendCertsFromPEM(text) {
			return nil, failf("%s: GOVC_TLS_CA_CERTS: %s holds no certificate in PEM form", u.Host, name)
		}
	}
	address := u.Host
	if u.Port() == "" {
		address += ":443"
	}
	for _, name := range filepath.SplitList(o.KnownHosts) {
		text, err := readFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // as govc: the file may be written later
		}
		if err != nil {
			return nil, failf("%s: GOVC_TLS_KNOWN_HOSTS: %s cannot be read: %s", u.Host, name, reason(err))
		}
		for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
			fields := strings.Fields(lines.Text())
			if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
				continue
			}
			host := fields[0]
			if !strings.Contains(strings.TrimPrefix(host, "["), "]") && !strings.Contains(host, ":") {
				host += ":443"
			}
			if !strings.EqualFold(host, address) {
				continue
			}
			d, ok := digits(strings.Join(fields[1:], " "))
			if !ok {
				return nil, failf("%s: GOVC_TLS_KNOWN_HOSTS: %s: behind %s stands no thumbprint: write the 40 hexadecimal digits of a SHA-1 or the 64 of a SHA-256", u.Host, name, fields[0])
			}
			t.known = append(t.known, d)
		}
	}
	return t, nil
}

// config is the TLS configuration that asks trust and nobody else.
func (t *trust) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true, VerifyConnection: t.verify}
}

func (t *trust) verify(state tls.ConnectionState) error {
	leaf := state.PeerCertificates[0]
	thumbprint := Thumbprint(leaf)
	t.mu.Lock()
	t.seen = thumbprint
	t.mu.Unlock()
	if t.pin != "" {
		if matches(leaf, t.pin) {
			return nil
		}
		return &mismatch{thumbprint}
	}
	if t.insecure {
		return nil
	}
	others := x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		others.AddCert(c)
	}
	_, err := leaf.Verify(x509.VerifyOptions{Roots: t.roots, Intermediates: others, DNSName: t.host})
	if err == nil || slices.ContainsFunc(t.known, func(d string) bool { return matches(leaf, d) }) {
		return nil
	}
	return &untrusted{thumbprint, err}
}

// thumbprint is that of the certificate seen last.
func (t *trust) thumbprint() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.seen
}

// untrusted is a certificate that nothing vouches for.
type untrusted struct {
	thumbprint string
	err        error
}

func (e *untrusted) Error() string { return "the certificate is not trusted: " + e.err.Error() }

// mismatch is a certificate other than the pinned one.
type mismatch struct{ thumbprint string }

func (e *mismatch) Error() string { return "the certificate is not the pinned one" }
