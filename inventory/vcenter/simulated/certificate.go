// SPDX-License-Identifier: Apache-2.0

package simulated

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"time"
)

// newCertificate makes the lab's own certificate: always the same bytes, so that its thumbprint can stand in
// documentation and golden files. The simulator's own is that of Go's httptest. The key is no secret.
func newCertificate() (tls.Certificate, error) {
	now := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	return Issue(x509.Certificate{
		NotBefore:   now,
		NotAfter:    now.AddDate(100, 0, 0),
		DNSNames:    []string{"vcenter.lab.local", "localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	})
}

// Issue makes a self-signed certificate.
func Issue(template x509.Certificate) (tls.Certificate, error) {
	// Ed25519 signatures depend on nothing but the key and the text.
	key := ed25519.NewKeyFromSeed([]byte("vspread home lab: not a secret!!"))
	template.SerialNumber = big.NewInt(1)
	template.Subject = pkix.Name{CommonName: "vcenter.lab.local", Organization: []string{"vspread home lab"}}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	template.BasicConstraintsValid = true
	// Left out, this is derived in a way that has changed between versions of Go.
	template.SubjectKeyId = []byte("vspread home lab")
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
