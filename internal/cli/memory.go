// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"runtime/debug"
)

// softMemory is how much memory the program takes before it collects garbage more eagerly: the largest input that is read takes
// half of it, and hostile input is not to take more than twice as much.
const softMemory = 1200 << 20

// limitMemory sets the soft limit, unless the user does.
func limitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softMemory)
	}
}
