// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"io/fs"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/source"
	"github.com/vspread/vspread/inventory"
	"github.com/vspread/vspread/inventory/vcenter"
)

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
			f, diags, err := source.OpenInventory(file)
			if errors.Is(err, fs.ErrNotExist) {
				f, diags, err = source.NewInventory(file, name), nil, nil
			}
			if err != nil {
				return err
			}
			if err := report(s, diags); err != nil {
				return err
			}
			var updated inventory.Inventory
			err = o.session(s, func(ctx context.Context, session *vcenter.Session, scope vcenter.Scope, progress func(string)) error {
				read, err := session.Collect(ctx, scope, f.Inventory, progress)
				if err != nil {
					return err
				}
				updated, err = inventory.Merge(f.Inventory, read)
				var other *inventory.OtherVCenterError
				if acceptVCenter && errors.As(err, &other) {
					updated, err = inventory.Merge(f.Inventory.WithoutIDs(), read)
				}
				var loss *inventory.LossError
				if errors.As(err, &loss) && !acceptLoss {
					var diags diag.List
					diags.Errorf(diag.RefreshLoss, f.At, "%s", loss).
						WithHint("look whether the vCenter is whole; with --accept-loss they become gone, and their pools drain")
					return report(s, diags)
				}
				if diags := refusal(f, err); diags.HasErrors() {
					return report(s, diags)
				}
				var diags diag.List
				for _, g := range updated.Gaps {
					diags.Warnf(diag.InventoryGap, f.At, "%s", g).WithHint("what was not read stays as it was")
				}
				for _, d := range updated.Disagreements {
					diags.Warnf(diag.Disagreement, f.At, "%s", d).WithHint("mounts are as the datastore has them; a VMFS datastore that lists one host gets local: false if it is new")
				}
				return report(s, diags)
			})
			if err != nil {
				return err
			}
			// Only now that nothing is open in vCenter any more.
			return saveInventory(s, f, updated, dryRun)
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
func refusal(f *source.InventoryFile, err error) diag.List {
	var diags diag.List
	var other *inventory.OtherVCenterError
	var conflict *inventory.ConflictError
	switch {
	case errors.As(err, &other):
		diags.Errorf(diag.OtherVCenter, f.At, "%s", other).
			WithHint("check GOVC_URL; where the vCenter was set up anew, --accept-vcenter finds hosts and datastores again by names, paths and urls")
	case errors.As(err, &conflict):
		for _, d := range conflict.Diags {
			diags.Errorf(d.Code, f.At, "what was read contradicts what stays as it was: %s", d.Message).
				WithHint("refresh without --datacenter and --cluster, and by a user who may read everything")
		}
	}
	return diags
}
