// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"reflect"

	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
)

// errNonsense is an answer that no vCenter gives.
var errNonsense = errors.New("answers, but not as a vCenter")

// strict takes for an answer only what is one. govmomi takes an empty body for a success, and panics where a value has
// a type that does not fit.
type strict struct{ next soap.RoundTripper }

func (s strict) RoundTrip(ctx context.Context, req, res soap.HasFault) error {
	var err error
	if !survives(func() { err = s.next.RoundTrip(ctx, req, res) }) {
		return errNonsense
	}
	var transport *url.Error
	switch {
	case err == nil && !isAnswered(res):
		return errNonsense
	case err == nil, soap.IsSoapFault(err), errors.As(err, &transport):
		return err
	}
	return fmt.Errorf("%w: %w", errNonsense, err)
}

// survives tells whether f, which decodes an answer, ends without a panic.
func survives(f func()) (ok bool) {
	defer func() { ok = recover() == nil }()
	f()
	return
}

func isAnswered(res soap.HasFault) bool {
	answer := reflect.Indirect(reflect.ValueOf(res)).FieldByName("Res")
	return answer.IsValid() && !answer.IsNil()
}

// newClient is vim25.NewClient with strict, and wants the services that are used.
func newClient(ctx context.Context, sc *soap.Client) (*vim25.Client, error) {
	sc.Namespace, sc.Version = "urn:"+vim25.Namespace, vim25.Version
	content, err := methods.GetServiceContent(ctx, strict{sc})
	if err != nil {
		return nil, err
	}
	c := &vim25.Client{Client: sc, ServiceContent: content, RoundTripper: strict{sc}}
	switch {
	case content.About.ApiType == "HostAgent":
		return nil, failf("%s: is an ESXi host and not a vCenter: set GOVC_URL to the vCenter that manages it", sc.URL().Host)
	case !c.IsVC(), content.RootFolder.Value == "", content.PropertyCollector.Value == "", content.SessionManager == nil,
		content.ViewManager == nil, content.AuthorizationManager == nil:
		return nil, errNonsense
	}
	return c, nil
}
