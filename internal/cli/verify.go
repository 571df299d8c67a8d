// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/vspread/vspread/fn"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/verify"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/render"
	"github.com/vspread/vspread/internal/source"
	"github.com/vspread/vspread/inventory"
	"github.com/vspread/vspread/inventory/vcenter"
)

func newVerify(s Streams) *cobra.Command {
	var o connection
	var exitCode bool
	c := &cobra.Command{
		Use:   "verify [PATH...]",
		Short: "Compare git with the virtual machines in vCenter, and change nothing",
		Long: `verify renders the files and compares the pools with vCenter: machines on another datastore or host than
git says, disks that were moved, machines of pools that git no longer has, templates that nobody names, and
differences between the inventory and what is there now. It also shows, on your vCenter, that a local
datastore pins its machines to its host. Each cluster is compared by its own inventory; those of other vCenters
are passed over.

Exit status: 0 fine or warnings, 1 machines are elsewhere or the input has errors, 2 wrong usage, 3 something
outside failed. With --exit-code: 0 all is as git says, 1 there are errors or warnings about what was compared,
2 it could not be compared, or only without machines whose names are not understood.

` + connectionHelp,
		RunE: func(c *cobra.Command, paths []string) error {
			different, blind, err := verifyPaths(c, s, &o, paths)
			switch {
			case err != nil && exitCode:
				return comparisonError{err}
			case err != nil:
				return err
			case different >= diag.Error:
				return errInvalid
			case different >= diag.Warning && exitCode:
				return errChanged
			case blind && exitCode:
				return comparisonError{errInvalid}
			}
			return nil
		},
	}
	o.flags(c)
	c.Flags().BoolVar(&exitCode, "exit-code", false, "exit with 1 when anything is not as git says, warnings included")
	return c
}

// verifyPaths gives the severity of the differences between the files and vCenter, which it has reported, and whether some
// machines could not be compared, or why nothing could.
func verifyPaths(c *cobra.Command, s Streams, o *connection, paths []string) (worst diag.Severity, blind bool, err error) {
	if err := o.check(c); err != nil {
		return 0, false, err
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	input, err := source.Files(paths, source.Options{Stdin: s.In})
	if err != nil {
		return 0, false, err
	}
	out := expand(input)
	if err := report(s, out.Diags); err != nil {
		return 0, false, err
	}
	var read inventory.Inventory
	readings := map[*inventory.Inventory]inventory.Reading{}
	var machines []vcenter.Machine
	var diags diag.List
	err = o.session(s, func(ctx context.Context, session *vcenter.Session, scope vcenter.Scope, progress func(string)) error {
		for _, inv := range out.Inventories {
			if _, done := readings[inv]; done {
				continue
			}
			reading, err := session.Collect(ctx, scope, *inv, progress)
			if err != nil {
				return err
			}
			readings[inv], read = reading, reading.Seen
		}
		var err error
		var gaps []string
		machines, gaps, err = session.Machines(ctx, scope, progress)
		for _, g := range gaps {
			diags.Warnf(diag.InventoryGap, diag.Where{}, "%s", g).WithHint("give the user more rights, or live with it: what is not read is not compared")
		}
		return err
	})
	if err != nil {
		return 0, false, err
	}
	known := verify.Inventories{ByCluster: out.Inventories, Refs: out.InventoryRefs}
	here, others := known.OfVCenter(read)
	diags.Append(others...)
	input.Locate(diags)
	if len(here) == 0 {
		return 0, false, report(s, diags)
	}
	result := verify.Compare(setOf(out), here, convert(machines))
	diags.Append(result.Diags...)
	diags.Append(known.Stale(here, readings)...)
	input.Locate(diags)
	if err := render.Verified(s.Out, result); err != nil {
		return 0, false, err
	}
	_ = report(s, diags) // the status is not only for errors
	for _, d := range diags {
		if d.Code != diag.MachinesUnrecognised {
			worst = max(worst, d.Severity)
		}
	}
	return worst, result.Unrecognised(), nil
}

func setOf(out fn.Outcome) *object.Set {
	var all []*object.Object
	for i, n := range out.Items {
		all = append(all, object.New(n.YNode(), i))
	}
	return object.NewSet(all)
}

func convert(machines []vcenter.Machine) []verify.Machine {
	var out []verify.Machine
	for _, m := range machines {
		out = append(out, verify.Machine{Name: m.Name, Path: m.Path, Host: m.Host, ResourcePool: m.ResourcePool, Datastore: m.Datastore, Disks: m.Disks})
	}
	return out
}
