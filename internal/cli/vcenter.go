// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
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
	options, err := vcenter.FromEnvironment(os.Getenv, os.ReadFile)
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
		progress = func(phase string) { fmt.Fprintln(s.Err, phase+" …") }
	}
	session, err := vcenter.Connect(ctx, options)
	if err != nil {
		return err
	}
	defer func() {
		if closing := session.Close(); err == nil && closing != nil {
			fmt.Fprintf(s.Err, "warning: %s\n", closing)
		}
	}()
	return work(ctx, session, vcenter.Scope{Datacenter: options.Datacenter, Cluster: o.cluster}, progress)
}

func newInventoryRefresh(s Streams) *cobra.Command {
	var o connection
	var file, name string
	var dryRun, acceptLoss, acceptVCenter bool
	c := &cobra.Command{
		Use:   "refresh",
		Short: "Read vCenter and write what changed into the inventory",
		Long: `refresh reads a vCenter and brings the inventory up to date: what is new gets an ordinal, what is no longer
there becomes gone and is kept until ` + "`vspread inventory forget`" + `. Comments, the ConfigMap's name and whatever else
is in the file stay; without a change the file is not touched.

` + connectionHelp,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := o.check(c); err != nil {
				return err
			}
			if len(validation.IsDNS1123Subdomain(name)) > 0 {
				return usagef(c, "--name %q is no name for a ConfigMap: it has lower-case letters, digits, - and ., and begins and ends with a letter or digit", name)
			}
			if err := refuseStream(c, file); err != nil {
				return err
			}
			f, diags, err := openInventory(file)
			if errors.Is(err, fs.ErrNotExist) {
				f, diags, err = newInventoryFile(file, name), nil, nil
			}
			if err != nil {
				return err
			}
			if err := report(s, diags); err != nil {
				return err
			}
			var updated inventory.Inventory
			err = o.session(s, func(ctx context.Context, session *vcenter.Session, scope vcenter.Scope, progress func(string)) error {
				read, err := session.Collect(ctx, scope, f.inventory, progress)
				if err != nil {
					return err
				}
				updated, err = inventory.Merge(f.inventory, read)
				var other *inventory.OtherVCenterError
				if acceptVCenter && errors.As(err, &other) {
					updated, err = inventory.Merge(f.inventory.WithoutIDs(), read)
				}
				var loss *inventory.LossError
				if errors.As(err, &loss) && !acceptLoss {
					var diags diag.List
					diags.Errorf(diag.RefreshLoss, f.at, "%s", loss).
						WithHint("look whether the vCenter is whole; with --accept-loss they become gone, and their pools drain")
					return report(s, diags)
				}
				if diags := refusal(f, err); diags.HasErrors() {
					return report(s, diags)
				}
				var diags diag.List
				for _, g := range updated.Gaps {
					diags.Warnf(diag.InventoryGap, f.at, "%s", g).WithHint("what was not read stays as it was")
				}
				for _, d := range updated.Disagreements {
					diags.Warnf(diag.Disagreement, f.at, "%s", d).WithHint("mounts are as the datastore has them; a VMFS datastore that lists one host gets local: false if it is new")
				}
				return report(s, diags)
			})
			if err != nil {
				return err
			}
			// Only now that nothing is open in vCenter any more.
			return f.save(s, updated, dryRun)
		},
	}
	fileFlag(c, &file)
	o.flags(c)
	c.Flags().StringVar(&name, "name", "inventory", "the name of the ConfigMap, when the file is made")
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would change, and write nothing")
	c.Flags().BoolVar(&acceptLoss, "accept-loss", false, "let more than a third of the hosts or datastores become gone at once")
	c.Flags().BoolVar(&acceptVCenter, "accept-vcenter", false, "take the vCenter for the inventory's, though its ids say otherwise: find everything again by name, path and url")
	return c
}

// refusal says why a reading cannot be brought together with the inventory.
func refusal(f *inventoryFile, err error) diag.List {
	var diags diag.List
	var other *inventory.OtherVCenterError
	var conflict *inventory.ConflictError
	switch {
	case errors.As(err, &other):
		diags.Errorf(diag.OtherVCenter, f.at, "%s", other).
			WithHint("check GOVC_URL; where the vCenter was set up anew, --accept-vcenter finds hosts and datastores again by names, paths and urls")
	case errors.As(err, &conflict):
		for _, d := range conflict.Diags {
			diags.Errorf(d.Code, f.at, "what was read contradicts what stays as it was: %s", d.Message).
				WithHint("refresh without --datacenter and --cluster, and by a user who may read everything")
		}
	}
	return diags
}

// merged is what a refresh would make of the inventory; a great loss is a difference like others here.
func merged(old inventory.Inventory, read inventory.Reading) (inventory.Inventory, error) {
	out, err := inventory.Merge(old, read)
	var loss *inventory.LossError
	if errors.As(err, &loss) {
		err = nil
	}
	return out, err
}
