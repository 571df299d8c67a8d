// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"cmp"
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/vspread/vspread/fn"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/verify"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/render"
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
2 it could not be compared.

` + connectionHelp,
		RunE: func(c *cobra.Command, paths []string) error {
			different, err := verifyPaths(c, s, &o, paths)
			switch {
			case err != nil && exitCode:
				return comparisonError{err}
			case err != nil:
				return err
			case different >= diag.Error:
				return errInvalid
			case different >= diag.Warning && exitCode:
				return errChanged
			}
			return nil
		},
	}
	o.flags(c)
	c.Flags().BoolVar(&exitCode, "exit-code", false, "exit with 1 when anything is not as git says, warnings included")
	return c
}

// verifyPaths gives the severity of the differences between the files and vCenter, which it has reported, or why they could
// not be compared.
func verifyPaths(c *cobra.Command, s Streams, o *connection, paths []string) (worst diag.Severity, err error) {
	if err := o.check(c); err != nil {
		return 0, err
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	input := source{stdin: s}
	if err := input.read(paths); err != nil {
		return 0, err
	}
	out := input.transform()
	if err := report(s, out.Diags); err != nil {
		return 0, err
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
		return 0, err
	}
	here, others := ofVCenter(out, read)
	diags.Append(others...)
	if len(here) == 0 {
		return 0, report(s, diags)
	}
	result := verify.Compare(setOf(out), here, convert(machines))
	diags.Append(result.Diags...)
	diags.Append(stale(out, here, readings)...)
	if err := render.Verified(s.Out, result); err != nil {
		return 0, err
	}
	_ = report(s, diags) // the status is not only for errors
	for _, d := range diags {
		worst = max(worst, d.Severity)
	}
	return worst, nil
}

func setOf(out fn.Outcome) *object.Set {
	var all []*object.Object
	for i, n := range out.Items {
		all = append(all, object.New(n.YNode(), i))
	}
	return object.NewSet(all)
}

// ofVCenter gives the inventories of the vCenter that was read, by Cluster, and reports the others: an information, unless there is
// nothing else.
func ofVCenter(out fn.Outcome, read inventory.Inventory) (map[object.Key]*inventory.Inventory, diag.List) {
	var diags diag.List
	here := map[object.Key]*inventory.Inventory{}
	distinct := map[*inventory.Inventory]bool{}
	for _, inv := range out.Inventories {
		distinct[inv] = true
	}
	only := len(distinct) == 1
	for cluster, inv := range out.Inventories {
		same := read.InstanceID == inv.InstanceID
		if inv.InstanceID == "" || read.InstanceID == "" {
			// Written by hand. One vCenter may have several names, so they only tell several inventories apart.
			same = only || inv.Server == "" || inv.Server == read.Server
		}
		if same {
			here[cluster] = inv
			continue
		}
		diags.Infof(diag.OtherVCenter, diag.At(out.InventoryRefs[cluster], ""), "is of vCenter %s (%s), and %s (%s) is connected, so its clusters are not compared",
			cmp.Or(inv.Server, "unknown"), cmp.Or(inv.InstanceID, "no instance id"), read.Server, read.InstanceID).
			WithHint("set GOVC_URL to its vCenter; if that was set up anew, refresh the inventory")
	}
	if len(here) == 0 {
		for _, d := range diags {
			d.Severity = diag.Error
		}
	}
	return here, diags
}

// mostStale is how many differences are told: of a minimal inventory, written by hand, there may be thousands.
const mostStale = 20

// stale reports what a refresh would change in the inventories, each once.
func stale(out fn.Outcome, here map[object.Key]*inventory.Inventory, readings map[*inventory.Inventory]inventory.Reading) diag.List {
	var diags diag.List
	var done []*inventory.Inventory
	for cluster, inv := range here {
		if slices.Contains(done, inv) {
			continue
		}
		done = append(done, inv)
		at := diag.At(out.InventoryRefs[cluster], "")
		now, err := merged(*inv, readings[inv])
		if err != nil {
			diags.Warnf(diag.InventoryStale, at, "cannot be refreshed: %s", err).WithHint("`vspread inventory refresh --dry-run` says why")
			continue
		}
		changes := inventory.Changes(*inv, now)
		for i, sentence := range changes {
			if i == mostStale {
				diags.Warnf(diag.InventoryStale, at, "with %d more differences, %d in all", len(changes)-i, len(changes)).
					WithHint("`vspread inventory refresh --dry-run` says them all")
				break
			}
			diags.Warnf(diag.InventoryStale, at, "%s", sentence).WithHint("refresh the inventory")
		}
	}
	return diags
}

func convert(machines []vcenter.Machine) []verify.Machine {
	var out []verify.Machine
	for _, m := range machines {
		out = append(out, verify.Machine{Name: m.Name, Path: m.Path, Host: m.Host, ResourcePool: m.ResourcePool, Datastore: m.Datastore, Disks: m.Disks})
	}
	return out
}
