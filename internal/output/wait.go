// SPDX-License-Identifier: Apache-2.0

package output

import (
	"errors"
	"fmt"
	"time"
)

// The waiting for another run: how long, and how long between two tries.
const (
	patience = 30 * time.Second
	pause    = 20 * time.Millisecond
)

// take locks a directory, and waits for another run that has the lock. Where the file system has no locks, there is none, and no
// error.
func take(dir string, wait time.Duration) (*lock, error) {
	for start := time.Now(); ; time.Sleep(pause) {
		l, err := tryLock(dir)
		if !errors.Is(err, errLocked) {
			return l, err
		}
		if time.Since(start) >= wait {
			return nil, fmt.Errorf("%w%s, and was waited for %s", errLocked, holder(dir), wait)
		}
	}
}
