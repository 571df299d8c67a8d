// SPDX-License-Identifier: Apache-2.0

// Package vcenter reads the inventory of a vCenter: it takes Options and a Scope, and gives an inventory.Reading, or the virtual
// machines there.
//
// Connect logs in, by the variables of govc; Collect reads what an inventory holds; Machines lists the
// virtual machines; Close logs out. Nothing is ever changed in vCenter.
//
// The number of requests does not grow with the inventory but for pages of a thousand objects: one view of
// everything, one filter for its properties, tags in batches. What the user may not see becomes a gap, by name; whatever
// else goes wrong is an error, since half an inventory would look like hosts that are gone.
package vcenter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/vmware/govmomi/pbm"
	pbmmethods "github.com/vmware/govmomi/pbm/methods"
	pbmtypes "github.com/vmware/govmomi/pbm/types"
	"github.com/vmware/govmomi/session"
	"github.com/vmware/govmomi/vapi/rest"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

const (
	// leave is how long logging out may take, and a login that is interrupted.
	leave     = 5 * time.Second
	userAgent = "vspread"
)

// Session is logged in to a vCenter: there are two sessions in truth, one for each of its interfaces.
type Session struct {
	options Options
	url     *url.URL
	user    *url.Userinfo
	trust   *trust
	proxy   proxy

	transport *http.Transport
	intake    *intake
	vim       *vim25.Client
	manager   *session.Manager
	rest      *rest.Client
	// soapOpen and restOpen tell which sessions there are.
	soapOpen, restOpen bool
}

// Connect logs in. The session must be closed.
func Connect(ctx context.Context, o Options) (*Session, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	s := &Session{options: o, intake: &intake{bounds: cmp.Or(o.bounds, usual)}}
	var err error
	if s.url, s.user, err = o.endpoint(); err != nil {
		return nil, err
	}
	if s.trust, err = newTrust(o, s.url); err != nil {
		return nil, err
	}
	if s.proxy, err = newProxy(o, s.url); err != nil {
		return nil, err
	}
	if err := s.connect(ctx); err != nil {
		_ = s.Close() // what failed first is what to tell
		return nil, s.explain(err)
	}
	return s, nil
}

func (s *Session) connect(ctx context.Context) error {
	sc := soap.NewClient(s.url, true)
	sc.UserAgent = userAgent
	s.transport = sc.DefaultTransport()
	s.transport.TLSClientConfig = s.trust.config()
	// govmomi's own dialer takes no notice of ctx.
	s.transport.DialTLSContext = nil
	s.transport.MaxResponseHeaderBytes = headers
	s.proxy.through(s.transport)
	sc.Transport = s.patient()
	var err error
	if s.vim, err = newClient(ctx, sc); err != nil {
		return err
	}
	s.manager = session.NewManager(s.vim)
	s.rest = rest.NewClient(s.vim)
	s.rest.Transport = s.patient()
	return s.login(ctx)
}

func (s *Session) patient() *patient {
	return &patient{
		next:    s.transport,
		intake:  s.intake,
		timeout: cmp.Or(s.options.Timeout, 2*time.Minute),
		pause:   cmp.Or(s.options.pause, time.Second/2),
	}
}

// login opens both sessions. When ctx ends meanwhile, the answer is awaited for a moment all the same, since a session
// whose answer is lost cannot be closed.
func (s *Session) login(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	lasting, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(leave, cancel)
		context.AfterFunc(lasting, func() { timer.Stop() })
	})
	defer stop()

	if err := s.manager.Login(once(lasting), s.user); err != nil {
		return cmp.Or(ctx.Err(), err)
	}
	s.soapOpen = true
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := s.rest.Login(once(lasting), s.user); err != nil {
		return cmp.Or(ctx.Err(), err)
	}
	s.restOpen = true
	return ctx.Err()
}

// logout closes both sessions.
func (s *Session) logout(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leave)
	defer cancel()
	var errs []error
	if s.restOpen {
		errs = append(errs, s.rest.Logout(once(ctx)))
		s.rest.SessionID("")
	}
	if s.soapOpen {
		errs = append(errs, s.manager.Logout(once(ctx)))
	}
	s.restOpen, s.soapOpen = false, false
	return errors.Join(errs...)
}

// Close logs out, within five seconds. A second Close does nothing.
func (s *Session) Close() error {
	err := s.logout(context.Background())
	if s.transport != nil {
		s.transport.CloseIdleConnections()
	}
	if err != nil && isExpired(err) {
		return nil
	}
	return s.explain(err)
}

// read does what f does, and all of it once more when the session has ended meanwhile or a page is lost, and again with fewer
// objects in a page when an answer is too large.
func (s *Session) read(ctx context.Context, progress func(string), f func() error) error {
	err := f()
	for tooLarge := new(large); errors.As(err, &tooLarge) && ctx.Err() == nil && s.fewer(); {
		progress("an answer is too large: reading again, in smaller pages")
		err = f()
	}
	switch {
	case err == nil || ctx.Err() != nil:
		return cmp.Or(ctx.Err(), err)
	case isExpired(err):
		progress("the session has ended: logging in again")
		_ = s.logout(ctx) // one of the two may still be there; the other cannot be closed
		if err := s.login(ctx); err != nil {
			return err
		}
	case errors.Is(err, errLost):
		progress("a page was lost: reading again")
	default:
		return err
	}
	if err = f(); err != nil && isExpired(err) {
		err = fmt.Errorf("%w: %w", errExpired, err)
	}
	return cmp.Or(ctx.Err(), err)
}

// fewer asks for a tenth of the objects at a time from now on, unless they are few already.
func (s *Session) fewer() bool {
	size := cmp.Or(s.options.page, page)
	s.options.page = max(size/10, smallestPage)
	return s.options.page < size
}

// isExpired tells whether an error means that the session has ended.
func isExpired(err error) bool {
	if errors.Is(err, errExpired) {
		return true
	}
	var answer *status
	if errors.As(err, &answer) {
		return answer.code == http.StatusUnauthorized
	}
	f := faultOf(err)
	if f == nil {
		return false
	}
	_, ok := f.BaseMethodFault.(*types.NotAuthenticated)
	return ok
}

// policies is a client of the storage policy service, which takes the session of the main one.
func (s *Session) policies(ctx context.Context) (*pbm.Client, error) {
	sc := s.vim.NewServiceClient(pbm.Path, pbm.Namespace)
	sc.Cookie = s.vim.SessionCookie
	sc.Transport = s.patient()
	res, err := pbmmethods.PbmRetrieveServiceContent(ctx, strict{sc}, &pbmtypes.PbmRetrieveServiceContent{This: pbm.ServiceInstance})
	if err != nil {
		return nil, err
	}
	return &pbm.Client{Client: sc, ServiceContent: res.Returnval, RoundTripper: strict{sc}}, nil
}
