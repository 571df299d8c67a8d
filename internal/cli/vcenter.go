// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/source"
	"github.com/vspread/vspread/inventory/vcenter"
)

// connection are the flags of commands that talk to a vCenter.
type connection struct {
	thumbprint, datacenter, cluster string
	timeout                         time.Duration
}

const connectionHelp = `The vCenter is named as for govc: GOVC_URL, GOVC_USERNAME and GOVC_PASSWORD (the last two may be names of
files), GOVC_TLS_CA_CERTS or GOVC_TLS_KNOWN_HOSTS or --thumbprint for a certificate that no public authority
signed, GOVC_INSECURE=1 for none of that, GOVC_DATACENTER. It is only read from: the role Read-only on the
root, propagated, is enough, with Profile-driven storage view for storage policies.`

func (o *connection) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.thumbprint, "thumbprint", "", "pin the vCenter's certificate: its SHA-1 or SHA-256 thumbprint")
	f.StringVar(&o.datacenter, "datacenter", "", "read only this datacenter, by name or path (default $GOVC_DATACENTER)")
	f.StringVar(&o.cluster, "cluster", "", "read only the compute clusters of these names; a glob")
	f.DurationVar(&o.timeout, "timeout", 5*time.Minute, "the longest that reading may take")
}

// check finds what is wrong with the flags. An empty one is mostly a shell's variable that is not set, and no thumbprint would be
// no pin.
func (o *connection) check(c *cobra.Command) error {
	if _, err := path.Match(o.cluster, ""); err != nil {
		return usagef(c, "--cluster %q is no glob", o.cluster)
	}
	if o.timeout <= 0 {
		return usagef(c, "--timeout is %s and has to be longer than nothing, such as 5m", o.timeout)
	}
	if o.thumbprint == "" && c.Flags().Changed("thumbprint") {
		return usagef(c, "--thumbprint is empty, and nothing would be pinned: give a thumbprint or leave the flag out")
	}
	if o.thumbprint != "" && !vcenter.IsThumbprint(o.thumbprint) {
		return usagef(c, "--thumbprint is neither the 40 hexadecimal digits of a SHA-1 nor the 64 of a SHA-256")
	}
	return nil
}

// session connects, and gives a context that ends with the timeout or on an interrupt. When it returns, the session is closed.
func (o *connection) session(s Streams, work func(context.Context, *vcenter.Session, vcenter.Scope, func(string)) error) (err error) {
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // by nohup
		ends = append(ends, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ends...)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	options, err := vcenter.FromEnvironment(os.Getenv, source.ReadFile)
	if err != nil {
		return err
	}
	if o.thumbprint != "" {
		options.Thumbprint = o.thumbprint
	}
	if o.datacenter != "" {
		options.Datacenter = o.datacenter
	}
	progress := func(string) {}
	if f, ok := s.Err.(*os.File); ok && isTerminalFile(f) {
		progress = func(phase string) { fmt.Fprintln(s.Err, diag.Printable(phase)+" …") }
	}
	session, err := vcenter.Connect(ctx, options)
	if err != nil {
		return err
	}
	defer func() {
		if closing := session.Close(); err == nil && closing != nil {
			fmt.Fprintf(s.Err, "warning: %s\n", diag.Printable(closing.Error()))
		}
	}()
	return work(ctx, session, vcenter.Scope{Datacenter: options.Datacenter, Cluster: o.cluster}, progress)
}
