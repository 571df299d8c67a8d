// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"errors"
	"io/fs"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/vmware/govmomi/vim25/soap"
	"golang.org/x/net/http/httpproxy"
)

// Options say where a vCenter is, who asks, and how to know it. CACerts and KnownHosts are lists of files,
// separated as PATH is.
type Options struct {
	// URL may be a host name alone; https and /sdk are then meant. A user in it gives way to Username.
	URL, Username, Password string
	// Insecure accepts any certificate.
	Insecure bool
	// CACerts are PEM files of the authorities to trust, instead of the system's.
	CACerts string
	// KnownHosts are files with lines "host[:port] thumbprint", for certificates that are not otherwise trusted.
	KnownHosts string
	// Thumbprint pins the one certificate to accept, by SHA-1 or SHA-256.
	Thumbprint string
	// Datacenter is what a Scope without one means.
	Datacenter string
	// Timeout bounds one request; zero is two minutes.
	Timeout time.Duration

	// noFile is the variable that looks like the name of a file that is not there; its value is taken as it is.
	noFile string

	// proxy is the proxy; nil is that of the environment.
	proxy *url.URL
	// pause is the wait before the first repetition, page the number of objects in an answer. Zero is the usual.
	pause time.Duration
	page  int32
	// bounds are those of the answers; zero is the usual.
	bounds bounds
}

// fileLike are values that a person means as the name of a file, most likely.
var fileLike = regexp.MustCompile(`^(~|\.{0,2})/\S*$|^[A-Za-z]:\\\S+$`)

// FromEnvironment reads the variables of govc. User and password may be names of files that hold them, which readFile reads; it
// refuses what is no file.
func FromEnvironment(getenv func(string) string, readFile func(string) ([]byte, error)) (Options, error) {
	o := Options{
		URL:        getenv("GOVC_URL"),
		CACerts:    getenv("GOVC_TLS_CA_CERTS"),
		KnownHosts: getenv("GOVC_TLS_KNOWN_HOSTS"),
		Datacenter: getenv("GOVC_DATACENTER"),
	}
	switch strings.ToLower(getenv("GOVC_INSECURE")) {
	case "1", "true":
		o.Insecure = true
	}
	for _, s := range []struct {
		variable string
		value    *string
	}{{"GOVC_USERNAME", &o.Username}, {"GOVC_PASSWORD", &o.Password}} {
		text := getenv(s.variable)
		if text == "" {
			continue
		}
		content, err := readFile(text)
		switch {
		case err == nil && len(content) > longestFile:
			return Options{}, failf("%s names a file of more than %d MiB: name the one that holds the value", s.variable, longestFile>>20)
		case err == nil:
			text = strings.TrimSpace(string(content))
		case errors.Is(err, fs.ErrPermission):
			// The error would tell the value, which may be the password itself.
			return Options{}, failf("%s names a file that may not be read: make it readable, or give the value itself", s.variable)
		case !isNoName(err):
			return Options{}, failf("%s names something that cannot be read as a file: make it a regular file, or give the value itself", s.variable)
		case fileLike.MatchString(text):
			o.noFile = s.variable
		}
		*s.value = text
	}
	return o, nil
}

// isNoName tells of an error of reading that there is no such file, so that the name is a value.
func isNoName(err error) bool {
	for _, no := range []error{fs.ErrNotExist, syscall.ENOTDIR, syscall.EISDIR, syscall.ENAMETOOLONG, syscall.EINVAL} {
		if errors.Is(err, no) {
			return true
		}
	}
	return false
}

// findProxy gives the proxy for a vCenter, or nil.
func (o Options) findProxy(target *url.URL) (*url.URL, error) {
	if o.proxy != nil {
		return o.proxy, nil
	}
	c := httpproxy.FromEnvironment()
	own := &c.HTTPSProxy
	if target.Scheme == "http" {
		own = &c.HTTPProxy
	}
	given := *own
	found, err := c.ProxyFunc()(target)
	if found != nil || err != nil || given == "" {
		return found, err
	}
	// Either NO_PROXY names the vCenter, or the value cannot be parsed and would be left out without a word.
	*own = "http://proxy.invalid"
	if wanted, err := c.ProxyFunc()(target); wanted == nil || err != nil {
		return nil, err
	}
	return nil, errors.New("the proxy is not a URL")
}

// String hides what is secret.
func (o Options) String() string { return "vCenter " + o.host() }

// GoString hides what is secret.
func (o Options) GoString() string { return o.String() }

func (o Options) host() string {
	if u, _, err := o.endpoint(); err == nil {
		return u.Host
	}
	return "(no URL)"
}

// endpoint gives the URL, without a user, and who logs in there.
func (o Options) endpoint() (*url.URL, *url.Userinfo, error) {
	if o.URL == "" {
		return nil, nil, failf("no vCenter is named: set GOVC_URL, such as https://vcenter.lab.local")
	}
	u, err := soap.ParseURL(o.URL)
	if err != nil || u.Hostname() == "" {
		// What it says about the URL may contain a part of the password.
		return nil, nil, failf("GOVC_URL is not a URL: write https://HOST and nothing else, with the user in GOVC_USERNAME and the password in GOVC_PASSWORD")
	}
	if u.Scheme != "https" && u.Scheme != "http" {
		return nil, nil, failf("GOVC_URL begins neither with https:// nor with http://: write https://HOST")
	}
	name := u.User.Username()
	password, _ := u.User.Password()
	if o.Username != "" {
		name = o.Username
	}
	if o.Password != "" {
		password = o.Password
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u, url.UserPassword(name, password), nil
}

// check finds what cannot work before anything is sent.
func (o Options) check() error {
	u, user, err := o.endpoint()
	if err != nil {
		return err
	}
	password, _ := user.Password()
	switch {
	case user.Username() == "":
		return failf("%s: no user is named: set GOVC_USERNAME", u.Host)
	case password == "":
		return failf("%s: there is no password: set GOVC_PASSWORD, to the password or to the file that holds it", u.Host)
	case o.Thumbprint != "" && o.Insecure:
		return failf("%s: a pinned thumbprint and no verification contradict each other: unset GOVC_INSECURE or leave --thumbprint out", u.Host)
	case u.Scheme == "http" && o.Thumbprint != "":
		return failf("%s: http has no certificate to pin: write https:// in GOVC_URL", u.Host)
	case u.Scheme == "http" && !o.Insecure:
		return failf("%s: http would send the password unencrypted: write https:// in GOVC_URL, or set GOVC_INSECURE=true for a simulator", u.Host)
	}
	if o.Thumbprint != "" {
		if _, ok := digits(o.Thumbprint); !ok {
			return failf("%s: --thumbprint is neither the 40 hexadecimal digits of a SHA-1 nor the 64 of a SHA-256", u.Host)
		}
	}
	return nil
}
