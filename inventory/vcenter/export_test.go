// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"net/url"
	"time"
)

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

// WithBounds sets the most bytes of an answer, of all answers, and the most objects.
func (o Options) WithBounds(answer int, run int64, objects int) Options {
	o.bounds = usual
	o.bounds.answer, o.bounds.run, o.bounds.objects = answer, run, objects
	return o
}

// WithProxy sets the proxy, instead of that of the environment, which spares 127.0.0.1.
func (o Options) WithProxy(u *url.URL) Options {
	o.proxy = u
	return o
}
