// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/vspread/vspread/internal/diag"
)

// The exit statuses.
const (
	// OK is success.
	OK = 0
	// Invalid means that the input has errors; nothing was changed.
	Invalid = 1
	// Changed means that a comparison found changes; it is the status of diff.
	Changed = 1
	// Usage means that the command was called wrongly.
	Usage = 2
	// World means that something outside failed, such as the disk.
	World = 3
)

// errInvalid stops a command whose diagnostics have been printed.
var errInvalid = errors.New("the input has errors")

// errChanged ends a command that has compared and found changes: not an error, but a status of its own.
var errChanged = errors.New("there are changes")

// usageError is a wrong call of a command.
type usageError struct {
	error
	command string
}

func usagef(c *cobra.Command, format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...), c.CommandPath()}
}

// comparisonError is what went wrong in a command whose status 1 says that there are changes.
type comparisonError struct{ error }

func (e comparisonError) Unwrap() error { return e.error }

// report prints diagnostics, the most useful first, and stops the command when one is an error.
func report(s Streams, diags diag.List) error {
	s.told.print(s.Err, diags.Sorted())
	if diags.HasErrors() {
		return errInvalid
	}
	return nil
}
