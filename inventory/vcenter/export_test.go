// SPDX-License-Identifier: Apache-2.0

package vcenter

import "time"

// WithPause sets the wait before the first repetition.
func (o Options) WithPause(d time.Duration) Options {
	o.pause = d
	return o
}

// WithPage sets the number of objects in an answer.
func (o Options) WithPage(n int32) Options {
	o.page = n
	return o
}
