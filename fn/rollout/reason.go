// SPDX-License-Identifier: Apache-2.0

package rollout

import "fmt"

func plain(field, what, before, after string) Reason {
	return Reason{Field: field, Before: before, After: after, Text: fmt.Sprintf("%s %s → %s", what, orNone(before), orNone(after))}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
