// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"fmt"

	"github.com/vspread/vspread/internal/diag"
)

// span is a least and a greatest number of machines, where an autoscaler decides or has decided.
type span struct{ least, most int }

func (s span) plus(other span) span { return span{s.least + other.least, s.most + other.most} }

// String writes the number.
func (s span) String() string {
	switch s.least {
	case s.most:
		return fmt.Sprint(s.most)
	case 0:
		return fmt.Sprintf("up to %d", s.most)
	}
	return fmt.Sprintf("%d to %d", s.least, s.most)
}

// words writes a number of machines.
func (s span) words() string { return s.String() + " " + diag.Form(s.most, "machine", "machines") }
