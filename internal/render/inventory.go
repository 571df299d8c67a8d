// SPDX-License-Identifier: Apache-2.0

package render

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/vspread/vspread/inventory"
)

// Inventory writes a table of hosts with their datastores, and what all of them share. Wide adds sizes of
// the hosts, ordinals and tags of datastores.
func Inventory(w io.Writer, inv inventory.Inventory, wide bool) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	head := "HOST\tSTATE\tLOCAL DATASTORES\tFREE/CAPACITY GIB\tSHARED DATASTORES\tTAGS"
	if wide {
		head += "\tCLUSTER\tCORES\tMEMORY MIB"
	}
	fmt.Fprintln(t, head)
	for _, h := range inv.Hosts {
		var local, size, shared []string
		for _, d := range inv.Datastores {
			switch {
			case !slices.Contains(d.Hosts, h.Name):
			case d.IsLocal():
				name := d.Name
				if wide && d.Ordinal > 0 {
					name += fmt.Sprintf(" #%d", d.Ordinal)
				}
				if inv.IsGone(d) {
					name += " (gone)"
				}
				local = append(local, name)
				size = append(size, fmt.Sprintf("%d/%d", d.FreeGiB, d.CapacityGiB))
			default:
				shared = append(shared, d.Name)
			}
		}
		row := []string{h.Name, string(cmp.Or(h.State, inventory.Connected)), join(local), join(size), join(shared), tags(h.Tags)}
		if wide {
			row = append(row, cmp.Or(h.Cluster, "-"), fmt.Sprint(h.CPUs), fmt.Sprint(h.MemoryMiB))
		}
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%d hosts, %d datastores (%d local, %d on all hosts), %d networks, %d templates, %d gaps\n",
		len(inv.Hosts), len(inv.Datastores), len(inv.Locals()), len(inv.Shared(inv.HostNames())), len(inv.Networks), len(inv.Templates), len(inv.Gaps))
	return err
}

func join(words []string) string {
	if len(words) == 0 {
		return "-"
	}
	return strings.Join(words, ", ")
}

func tags(t inventory.Tags) string {
	var words []string
	for k, v := range t {
		words = append(words, k+"="+v)
	}
	slices.Sort(words)
	return join(words)
}
