// SPDX-License-Identifier: Apache-2.0

package vcenter_test

import (
	"crypto/sha1"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vspread/vspread/inventory"
	"github.com/vspread/vspread/inventory/vcenter"
	"github.com/vspread/vspread/inventory/vcenter/simulated"
)

// TestCertificates is the table of how a certificate may be trusted or not.
func TestCertificates(t *testing.T) {
	t.Parallel()
	loopback := []net.IP{net.IPv4(127, 0, 0, 1)}
	now := time.Now()
	good := x509.Certificate{NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), IPAddresses: loopback}
	expired := x509.Certificate{NotBefore: now.Add(-2 * time.Hour), NotAfter: now.Add(-time.Hour), IPAddresses: loopback}
	other := x509.Certificate{NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), DNSNames: []string{"elsewhere.lab.local"}}
	const pin = "--thumbprint THUMBPRINT"
	for name, c := range map[string]struct {
		certificate x509.Certificate
		options     func(o *vcenter.Options, sha256, sha1 string, file func(string) string)
		err         string
	}{
		"authority given":   {good, nil, ""},
		"authority unknown": {good, func(o *vcenter.Options, _, _ string, _ func(string) string) { o.CACerts = "" }, "signed by no authority that is known here; give its authority by GOVC_TLS_CA_CERTS, or pin it after comparing it with vCenter's own: " + pin},
		"expired":           {expired, nil, "has expired or is not valid yet; renew it or set the clock, or pin it: " + pin},
		"other name":        {other, nil, "made out to another name; use the name that it is made out to in GOVC_URL, or pin it: " + pin},
		"insecure":          {expired, func(o *vcenter.Options, _, _ string, _ func(string) string) { o.CACerts, o.Insecure = "", true }, ""},
		"pinned by SHA-256": {good, func(o *vcenter.Options, long, _ string, _ func(string) string) { o.CACerts, o.Thumbprint = "", long }, ""},
		"pinned in bare lower case": {good, func(o *vcenter.Options, long, _ string, _ func(string) string) {
			o.Thumbprint = strings.ToLower(strings.ReplaceAll(long, ":", ""))
		}, ""},
		"pinned by SHA-1":       {good, func(o *vcenter.Options, _, short string, _ func(string) string) { o.CACerts, o.Thumbprint = "", short }, ""},
		"pinned though expired": {expired, func(o *vcenter.Options, long, _ string, _ func(string) string) { o.Thumbprint = long }, ""},
		"pinned, other name":    {other, func(o *vcenter.Options, long, _ string, _ func(string) string) { o.Thumbprint = long }, ""},
		"another pinned": {good, func(o *vcenter.Options, _, _ string, _ func(string) string) {
			o.Thumbprint = strings.Repeat("AB:", 31) + "AB"
		},
			"not the pinned one, and the connection may be intercepted: if vCenter's certificate was renewed, use " + pin},
		"pin and insecure": {good, func(o *vcenter.Options, long, _ string, _ func(string) string) { o.Thumbprint, o.Insecure = long, true }, "contradict each other"},
		"pin too short":    {good, func(o *vcenter.Options, _, _ string, _ func(string) string) { o.Thumbprint = "AB:CD" }, "neither the 40 hexadecimal digits of a SHA-1 nor the 64 of a SHA-256"},
		"known host": {other, func(o *vcenter.Options, long, _ string, file func(string) string) {
			o.KnownHosts = file("# mine\n" + o.URL + " " + long + "\n")
		}, ""},
		"known, with a tab": {other, func(o *vcenter.Options, long, _ string, file func(string) string) {
			o.KnownHosts = file("\n# mine\n  " + o.URL + "\tSHA256:" + long + " \n")
		}, ""},
		"known without a thumbprint": {other, func(o *vcenter.Options, _, _ string, file func(string) string) {
			o.KnownHosts = file(o.URL + " ssh-rsa AAAA\n")
		}, "stands no thumbprint: write the 40 hexadecimal digits"},
		"pinned as by openssl": {good, func(o *vcenter.Options, long, _ string, _ func(string) string) {
			o.CACerts, o.Thumbprint = "", "sha256 Fingerprint="+long
		}, ""},
		"pinned by a named SHA-1": {good, func(o *vcenter.Options, _, short string, _ func(string) string) {
			o.CACerts, o.Thumbprint = "", "SHA1:"+short
		}, ""},
		"pinned by a wrong name": {good, func(o *vcenter.Options, _, short string, _ func(string) string) { o.Thumbprint = "SHA256:" + short },
			"neither the 40 hexadecimal digits of a SHA-1 nor the 64 of a SHA-256"},
		"known, by SHA-1": {good, func(o *vcenter.Options, _, short string, file func(string) string) {
			o.CACerts, o.KnownHosts = "", file(o.URL+" "+short)
		}, ""},
		"another known host": {other, func(o *vcenter.Options, long, _ string, file func(string) string) {
			o.KnownHosts = file("vcenter " + long)
		}, pin},
		"no known hosts":    {other, func(o *vcenter.Options, _, _ string, _ func(string) string) { o.KnownHosts = "/nonexistent" }, pin},
		"no authority file": {good, func(o *vcenter.Options, _, _ string, _ func(string) string) { o.CACerts = "/nonexistent" }, "GOVC_TLS_CA_CERTS: /nonexistent cannot be read: no such file or directory"},
		"no PEM":            {good, func(o *vcenter.Options, _, _ string, file func(string) string) { o.CACerts = file("nothing") }, "holds no certificate in PEM form"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			issued, err := simulated.Issue(c.certificate)
			if err != nil {
				t.Fatal(err)
			}
			l := start(t, simulated.Options{Certificate: &issued})
			block, _ := pem.Decode(l.Certificate())
			leaf, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				t.Fatal(err)
			}
			long := vcenter.Thumbprint(leaf)
			sum := sha1.Sum(leaf.Raw)
			if c.options != nil {
				c.options(&l.options, long, hex.EncodeToString(sum[:]), func(text string) string {
					name := filepath.Join(t.TempDir(), "file")
					if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
						t.Fatal(err)
					}
					return name
				})
			}
			reading, err := read(l.options, inventory.Inventory{})
			check(t, err, strings.ReplaceAll(c.err, "THUMBPRINT", long))
			if err == nil && reading.Seen.Thumbprint != long {
				t.Errorf("thumbprint %s, want %s", reading.Seen.Thumbprint, long)
			}
		})
	}
}
