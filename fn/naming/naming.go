// SPDX-License-Identifier: Apache-2.0

// Package naming gives names: the ones that Kubernetes takes for things of vSphere, whose names may have any
// characters, and the ones that tell specs apart by their content. It takes names and specs and gives texts.
//
// All of them are frozen: a pool or a template of another name is one whose machines are all replaced.
package naming

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// MaxPool is the longest name of a MachineDeployment that leaves room for the 12 characters that
// Cluster API appends for MachineSets and Machines: a virtual machine's name is a DNS label of at most
// 63, and beyond that Cluster API cuts it.
const MaxPool = 51

// suffixLength is the length of a distinguishing suffix.
const suffixLength = 5

var lowerBase32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Pool is the name of a pool's MachineDeployment: <cluster>-<group>-<datastore>. It depends on
// these three alone, never on a position. Where the datastore's name cannot be written as it is, or
// does not fit, the name ends in five characters of a hash. False means that cluster and group leave
// no room for the datastore.
func Pool(cluster, group, datastore string) (string, bool) {
	prefix := cluster + "-" + group + "-"
	room := MaxPool - len(prefix)
	slug := Slug(datastore)
	if slug == datastore && len(slug) <= room {
		return prefix + slug, true
	}
	suffix := digest(cluster + "\x00" + group + "\x00" + datastore)[:suffixLength]
	if room < len(suffix) {
		return "", false
	}
	if keep := room - len(suffix) - 1; len(slug) > keep {
		slug = strings.TrimRight(slug[:max(keep, 0)], "-")
	}
	if slug == "" {
		return prefix + suffix, true
	}
	return prefix + slug + "-" + suffix, true
}

// LabelValue writes a datastore's name as the value of a Node's label, the same in every group.
func LabelValue(datastore string) string {
	slug := Slug(datastore)
	if slug == datastore && len(slug) <= 63 {
		return slug
	}
	suffix := digest(datastore)[:suffixLength]
	slug = strings.TrimRight(slug[:min(len(slug), 63-len(suffix)-1)], "-")
	return strings.TrimLeft(slug+"-"+suffix, "-")
}

// Slug writes a name of vSphere in the characters that Kubernetes names have. vSphere allows any
// characters in up to 80, so different names may have one slug.
func Slug(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.TrimRight(b.String(), "-")
}

// digest is a hash in lower-case letters and digits.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return lowerBase32.EncodeToString(sum[:])
}
