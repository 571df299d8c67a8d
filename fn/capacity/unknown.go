// SPDX-License-Identifier: Apache-2.0

package capacity

import (
	"strings"

	"github.com/vspread/vspread/internal/diag"
)

// unknown collects what could not be judged, by what is missing.
type unknown struct {
	missing []string
	names   map[string][]string
	seen    map[[2]string]bool
}

func (u *unknown) add(missing, name string) {
	if u.seen == nil {
		u.names, u.seen = map[string][]string{}, map[[2]string]bool{}
	}
	if u.seen[[2]string{missing, name}] {
		return
	}
	u.seen[[2]string{missing, name}] = true
	if u.names[missing] == nil {
		u.missing = append(u.missing, missing)
	}
	u.names[missing] = append(u.names[missing], name)
}

// note says once what a check that is to stop everything does not see.
func (u *unknown) note(at diag.Where, diags *diag.List) {
	if len(u.missing) == 0 {
		return
	}
	var words []string
	for _, m := range u.missing {
		words = append(words, m+" "+list(u.names[m]))
	}
	diags.Warnf(diag.CapacityUnknown, at, "cannot judge what is not known: %s", strings.Join(words, "; ")).
		WithHint("`vspread inventory refresh` reads what hosts, datastores and templates have; in an inventory that is written by hand, add it")
}
