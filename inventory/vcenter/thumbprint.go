// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// Thumbprint is the SHA-256 of a certificate as vSphere writes it.
func Thumbprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	pairs := make([]string, len(sum))
	for i, b := range sum {
		pairs[i] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(pairs, ":")
}

// algorithm is what tools write before a thumbprint: "SHA256:", or openssl's "sha256 Fingerprint=".
var algorithm = regexp.MustCompile(`(?i)^\s*sha-?(1|256)(\s+fingerprint)?\s*[:=]`)

// IsThumbprint tells whether a text is a SHA-1 or SHA-256 of a certificate, in any of the ways in which it is written.
func IsThumbprint(text string) bool {
	_, ok := digits(text)
	return ok
}

func matches(c *x509.Certificate, digits string) bool {
	if len(digits) == 2*sha1.Size {
		sum := sha1.Sum(c.Raw)
		return hex.EncodeToString(sum[:]) == digits
	}
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:]) == digits
}

// digits gives the bare lower-case digits of a thumbprint.
func digits(thumbprint string) (string, bool) {
	size := 0
	if m := algorithm.FindStringSubmatch(thumbprint); m != nil {
		thumbprint = thumbprint[len(m[0]):]
		size = map[string]int{"1": sha1.Size, "256": sha256.Size}[m[1]]
	}
	bare := strings.ToLower(strings.NewReplacer(":", "", " ", "", "-", "").Replace(thumbprint))
	raw, err := hex.DecodeString(bare)
	known := len(raw) == sha1.Size || len(raw) == sha256.Size
	return bare, err == nil && known && (size == 0 || len(raw) == size)
}
