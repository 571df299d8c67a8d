// SPDX-License-Identifier: Apache-2.0

package vcenter_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/vmware/govmomi/simulator"

	"github.com/vspread/vspread/inventory/vcenter"
	"github.com/vspread/vspread/inventory/vcenter/simulated"
)

func TestFromEnvironment(t *testing.T) {
	t.Parallel()
	files := map[string]string{"/run/secrets/user": " me@lab \n", "/run/secrets/password": "from a file\n"}
	read := func(name string) ([]byte, error) {
		if name == "/run/secret" {
			return nil, fs.ErrPermission
		}
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		return nil, fs.ErrNotExist
	}
	env := map[string]string{"GOVC_URL": "https://vcenter.lab.local", "GOVC_USERNAME": "/run/secrets/user", "GOVC_PASSWORD": "/run/secrets/password",
		"GOVC_INSECURE": "True", "GOVC_TLS_CA_CERTS": "/a.pem:/b.pem", "GOVC_TLS_KNOWN_HOSTS": "/known", "GOVC_DATACENTER": "DC"}
	o, err := vcenter.FromEnvironment(func(k string) string { return env[k] }, read)
	if err != nil {
		t.Fatal(err)
	}
	want := vcenter.Options{URL: "https://vcenter.lab.local", Username: "me@lab", Password: "from a file", Insecure: true,
		CACerts: "/a.pem:/b.pem", KnownHosts: "/known", Datacenter: "DC"}
	if o != want {
		t.Error("the options are not as in the environment")
	}
	for _, text := range []string{fmt.Sprint(o), fmt.Sprintf("%+v", o), fmt.Sprintf("%#v", &o), fmt.Sprintf("%#v", o)} {
		if strings.Contains(text, "from a file") || strings.Contains(text, "me@lab") {
			t.Errorf("%s tells a secret", text)
		}
	}
	env["GOVC_PASSWORD"], env["GOVC_INSECURE"] = "not a file", "no"
	if o, err = vcenter.FromEnvironment(func(k string) string { return env[k] }, read); err != nil || o.Password != "not a file" || o.Insecure {
		t.Error("a password that is no file is not taken as it is")
	}
	env["GOVC_PASSWORD"] = "/run/secret"
	_, err = vcenter.FromEnvironment(func(k string) string { return env[k] }, read)
	if err == nil || strings.Contains(err.Error(), "/run/secret") || !strings.Contains(err.Error(), "GOVC_PASSWORD names a file") {
		t.Errorf("%v", err)
	}
}

// TestFilesThatAreNone names pipes, devices and files without end where a file is meant.
func TestFilesThatAreNone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe, long := filepath.Join(dir, "pipe"), filepath.Join(dir, "long")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(long, bytes.Repeat([]byte("a\n"), 3<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, why := range map[string]string{pipe: "it is no regular file", "/dev/zero": "it is no regular file", long: "it has more than 4 MiB", dir: "is a directory"} {
		o := vcenter.Options{URL: "vcenter.invalid", Username: "u", Password: "secret", CACerts: name}
		_, err := vcenter.Connect(context.Background(), o)
		check(t, err, "GOVC_TLS_CA_CERTS: "+name+" cannot be read: "+why)
		o.CACerts, o.KnownHosts = "", name
		_, err = vcenter.Connect(context.Background(), o)
		check(t, err, "GOVC_TLS_KNOWN_HOSTS: "+name+" cannot be read: "+why)
	}
	env := func(k string) string { return map[string]string{"GOVC_PASSWORD": "hunter2"}[k] }
	_, err := vcenter.FromEnvironment(env, func(string) ([]byte, error) { return make([]byte, 5<<20), nil })
	check(t, err, "GOVC_PASSWORD names a file of more than 4 MiB")
	_, err = vcenter.FromEnvironment(env, func(string) ([]byte, error) { return nil, errors.New("hunter2 is a pipe") })
	check(t, err, "GOVC_PASSWORD names something that cannot be read as a file")
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v tells the value", err)
	}
	for _, none := range []error{fs.ErrNotExist, syscall.ENAMETOOLONG, syscall.EISDIR, syscall.ENOTDIR, syscall.EINVAL} {
		o, err := vcenter.FromEnvironment(env, func(string) ([]byte, error) { return nil, &fs.PathError{Op: "open", Err: none} })
		if err != nil || o.Password != "hunter2" {
			t.Errorf("%v: a password that is no file is not taken as it is", none)
		}
	}
}

// TestConnect is the table of what is wrong before anything is read.
func TestConnect(t *testing.T) {
	t.Parallel()
	l := start(t, simulated.Options{})
	// A port that nobody listens on.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(http.RedirectHandler("https://elsewhere.lab.local", http.StatusFound))
	defer web.Close()
	esx := simulator.ESX()
	if err := esx.Create(); err != nil {
		t.Fatal(err)
	}
	defer esx.Remove()
	host := esx.Service.NewServer()
	defer host.Close()

	for name, c := range map[string]struct {
		change func(o *vcenter.Options)
		err    string
	}{
		"as it should be": {func(*vcenter.Options) {}, ""},
		"with a path":     {func(o *vcenter.Options) { o.URL = "https://" + o.URL + "/sdk" }, ""},
		"user in the URL": {func(o *vcenter.Options) {
			o.URL, o.Username, o.Password = "https://administrator%40vsphere.local:home%2Flab%231@"+o.URL, "", ""
		}, ""},
		"user overridden":     {func(o *vcenter.Options) { o.URL = "somebody:else@" + o.URL }, ""},
		"no URL":              {func(o *vcenter.Options) { o.URL = "" }, "no vCenter is named: set GOVC_URL"},
		"password breaks URL": {func(o *vcenter.Options) { o.URL = "https://administrator@vsphere.local:home/lab#1@" + o.URL }, "GOVC_URL is not a URL: write https://HOST and nothing else"},
		"port breaks URL":     {func(o *vcenter.Options) { o.URL = "https://vcenter:home/lab#1" }, "GOVC_URL is not a URL"},
		"other scheme":        {func(o *vcenter.Options) { o.URL = "ftp://" + o.URL }, "begins neither with https:// nor with http://"},
		"http":                {func(o *vcenter.Options) { o.URL = web.URL }, "http would send the password unencrypted"},
		"a redirection":       {func(o *vcenter.Options) { o.URL, o.Insecure = web.URL, true }, "answers 302 Found on /sdk, which leads to elsewhere.lab.local, and no redirection is followed, since it would carry the password along: check whether GOVC_URL is a vCenter"},
		"no user":             {func(o *vcenter.Options) { o.Username = "" }, "no user is named: set GOVC_USERNAME"},
		"no password":         {func(o *vcenter.Options) { o.Password = "" }, "there is no password: set GOVC_PASSWORD"},
		"wrong password":      {func(o *vcenter.Options) { o.Password = "home/lab#2" }, "the user or the password is wrong: check GOVC_USERNAME and GOVC_PASSWORD"},
		"a word as password":  {func(o *vcenter.Options) { o.Password = "wrong" }, "the user or the password is wrong: check"},
		"no such file": {func(o *vcenter.Options) {
			env := map[string]string{"GOVC_URL": o.URL, "GOVC_USERNAME": o.Username, "GOVC_PASSWORD": "/run/secrets/vcenter", "GOVC_TLS_CA_CERTS": o.CACerts}
			*o, _ = vcenter.FromEnvironment(func(name string) string { return env[name] }, os.ReadFile)
		}, "check GOVC_USERNAME and GOVC_PASSWORD; GOVC_PASSWORD looks like the name of a file, and there is no such file"},
		"wrong user":     {func(o *vcenter.Options) { o.Username = "administrator" }, "the user or the password is wrong"},
		"nobody listens": {func(o *vcenter.Options) { o.URL = free }, "refuses connections: check host and port in GOVC_URL"},
		"no such port":   {func(o *vcenter.Options) { o.URL = "https://127.0.0.1:99999" }, "has no such port: check GOVC_URL"},
		"an ESXi host":   {func(o *vcenter.Options) { o.URL, o.Insecure = host.URL.Scheme+"://"+host.URL.Host, true }, "is an ESXi host and not a vCenter"},
	} {
		// Not in parallel: the servers are those of all.
		t.Run(name, func(t *testing.T) {
			o := l.options
			c.change(&o)
			s, err := vcenter.Connect(context.Background(), o)
			check(t, err, c.err)
			if s != nil {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				if err := s.Close(); err != nil {
					t.Errorf("closing twice: %v", err)
				}
			}
			if n := l.sessions(t); n != 0 {
				t.Errorf("%d sessions are left", n)
			}
		})
	}
}
