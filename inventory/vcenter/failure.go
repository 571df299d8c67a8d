// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/vmware/govmomi/fault"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// failure is an error as people read it: one line, what is wrong and how to mend it, and nothing secret.
type failure struct {
	text string
	// cause is a context's error or nil: what others say may contain a secret.
	cause error
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.cause }

func failf(format string, args ...any) error {
	return &failure{text: fmt.Sprintf(format, args...)}
}

// vimFault is a fault of the server.
type vimFault struct {
	types.BaseMethodFault
	text string
}

func faultOf(err error) *vimFault {
	var f types.BaseMethodFault
	text, ok := fault.As(err, &f)
	if !ok || f == nil {
		return nil
	}
	if text == "" && soap.IsSoapFault(err) {
		text = soap.ToSoapFault(err).String
	}
	return &vimFault{f, text}
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// reason is what an error of a file says, without its name.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// errExpired is an answer to a session that has ended.
var errExpired = errors.New("the session has ended")

// errLost is a page that vCenter has given already and does not give again: its answer was lost on the way.
var errLost = errors.New("the next page of the inventory is gone")
