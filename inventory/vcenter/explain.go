// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"syscall"

	"github.com/vmware/govmomi/vim25/types"
	"github.com/vmware/govmomi/vim25/xml"

	"github.com/vspread/vspread/internal/diag"
)

// explain turns any error of a request into a failure.
func (s *Session) explain(err error) error {
	if err == nil {
		return nil
	}
	var known *failure
	if errors.As(err, &known) {
		return known
	}
	f := &failure{text: s.url.Host + ": " + oneLine(s.explanation(err))}
	switch {
	case errors.Is(err, context.Canceled):
		f.cause = context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		f.cause = context.DeadlineExceeded
	}
	return f
}

// explanation says what an error means to somebody who wants an inventory. What others say goes through scrub; our own words do
// not, since a password that is one of them would be told by its absence.
func (s *Session) explanation(err error) string {
	var (
		distrust *untrusted
		other    *mismatch
		answer   *status
		late     *slow
		dns      *net.DNSError
		address  *net.AddrError
		syntax   *xml.SyntaxError
		form     *json.SyntaxError
		kind     *json.UnmarshalTypeError
		tooLarge *large
		packed   flate.CorruptInputError
	)
	if text := s.proxy.explanation(err, s.scrub); text != "" {
		return text
	}
	switch {
	case errors.Is(err, context.Canceled):
		return "interrupted; nothing was changed"
	case errors.As(err, &late):
		return late.Error() + ": try again, or ask whether vCenter is overloaded"
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time: try again, or ask whether vCenter is overloaded"
	case errors.As(err, &tooLarge):
		return tooLarge.Error() + ", and no vCenter answers so: check GOVC_URL and proxies in between"
	case errors.Is(err, errTooMuch):
		return "answers more than any vCenter has to say: check GOVC_URL and proxies in between"
	case errors.As(err, &distrust):
		return distrust.explanation(s.scrub)
	case errors.As(err, &other):
		return "the certificate is not the pinned one, and the connection may be intercepted: if vCenter's certificate was renewed, use --thumbprint " + other.thumbprint
	case errors.As(err, &answer):
		return answer.explanation(s.scrub)
	case errors.Is(err, errExpired):
		return "the session ends again and again: is somebody ending it, or does vCenter allow too little idle time?"
	case errors.Is(err, errLost):
		return "pages of the inventory get lost, again and again: check the network and proxies in between"
	case errors.As(err, &dns):
		return "there is no host of this name: check GOVC_URL"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refuses connections: check host and port in GOVC_URL, and whether vCenter is running"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "cannot be reached from here: check GOVC_URL and the network"
	case errors.As(err, &address):
		return "has no such port: check GOVC_URL"
	case errors.Is(err, errNonsense), errors.As(err, &syntax), errors.As(err, &form), errors.As(err, &kind), errors.As(err, &packed),
		errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), strings.Contains(err.Error(), "server response headers exceeded"):
		return errNonsense.Error() + ": check GOVC_URL and proxies in between"
	case broken(err):
		return "the connection breaks in the middle of an answer, again and again: check the network and proxies in between"
	}
	if f := faultOf(err); f != nil {
		return f.explanation(s)
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return s.scrub(err.Error()) + s.proxy.between()
}

func (e *untrusted) explanation(scrub func(string) string) string {
	why, how := "it is signed by no authority that is known here", "give its authority by GOVC_TLS_CA_CERTS, or pin it after comparing it with vCenter's own"
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	switch {
	case errors.As(e.err, &invalid) && invalid.Reason == x509.Expired:
		why, how = "it has expired or is not valid yet", "renew it or set the clock, or pin it"
	case errors.As(e.err, &host):
		why, how = "it is made out to another name", "use the name that it is made out to in GOVC_URL, or pin it"
	case errors.As(e.err, &invalid):
		why = scrub(e.err.Error())
	}
	return fmt.Sprintf("the certificate is not trusted: %s; %s: --thumbprint %s", why, how, e.thumbprint)
}

func (e *status) explanation(scrub func(string) string) string {
	text := fmt.Sprintf("answers %d %s on %s", e.code, http.StatusText(e.code), e.path)
	if e.to != "" {
		text = fmt.Sprintf("%s, which leads to %s, and no redirection is followed, since it would carry the password along", text, scrub(e.to))
	}
	switch e.code {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return text + ", again and again: vCenter is starting or overloaded, try later"
	case http.StatusProxyAuthRequired:
		return text + ": a proxy in between wants a login"
	case http.StatusUnauthorized:
		return text + ": the user may log in to vSphere and not to this service; check the user and the services of vCenter"
	case http.StatusForbidden:
		return text + ": the user lacks a privilege; Read-only on the vCenter, propagating, is enough"
	}
	return text + ": check whether GOVC_URL is a vCenter, and proxies in between"
}

func (f *vimFault) explanation(s *Session) string {
	name := reflect.Indirect(reflect.ValueOf(f.BaseMethodFault)).Type().Name()
	switch v := f.BaseMethodFault.(type) {
	case *types.InvalidLogin:
		text := "the user or the password is wrong: check GOVC_USERNAME and GOVC_PASSWORD"
		if v := s.options.noFile; v != "" {
			text += "; " + v + " looks like the name of a file, and there is no such file"
		}
		return text
	case *types.NoPermission:
		object := "vCenter"
		if v.Object != nil {
			object = v.Object.String()
		}
		return fmt.Sprintf("the user lacks the privilege %s on %s: Read-only on the vCenter, propagating, is enough", s.scrub(v.PrivilegeId), s.scrub(object))
	}
	if f.text != "" {
		return fmt.Sprintf("answers with the fault %s: %s", name, s.scrub(f.text))
	}
	return "answers with the fault " + name
}

// scrub takes out of somebody else's text what is secret, user and password of the vCenter and of a proxy, and what no terminal
// should get. It leaves the beginning of a long one.
func (s *Session) scrub(text string) string {
	text = oneLine(text)
	for _, user := range []*url.Userinfo{s.user, s.proxy.user()} {
		if user == nil {
			continue
		}
		name := user.Username()
		password, _ := user.Password()
		basic := base64.StdEncoding.EncodeToString([]byte(name + ":" + password))
		for _, secret := range []string{user.String(), name + ":" + password, basic, password, url.QueryEscape(password), url.PathEscape(password), name, url.QueryEscape(name)} {
			if secret != "" && secret != ":" {
				text = strings.ReplaceAll(text, secret, "***")
			}
		}
	}
	text = diag.Printable(text)
	if cut := []rune(text); len(cut) > longestText {
		text = string(cut[:longestText]) + "…"
	}
	return text
}
