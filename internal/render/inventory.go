// SPDX-License-Identifier: Apache-2.0

package render

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// Inventory writes a table of hosts with their datastores, one of the other datastores with who mounts them, and the gaps. Wide
// has all datastores in the second, with their tags, and more about hosts.
func Inventory(w io.Writer, inv inventory.Inventory, wide bool) error {
	v := view{inv: inv, wide: wide}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	v.hosts(t)
	if err := t.Flush(); err != nil {
		return err
	}
	if rows := v.datastores(); len(rows) > 1 {
		fmt.Fprintln(w)
		for _, r := range rows {
			tableRow(t, r...)
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	fmt.Fprintf(w, "\n%s\n", v.summary())
	if err := notes(w, "Not read at the last refresh, so nothing becomes gone:", inv.Gaps); err != nil {
		return err
	}
	return notes(w, "vCenter contradicts itself, and what a datastore says of its hosts counts:", inv.Disagreements)
}

func notes(w io.Writer, head string, notes []string) error {
	if len(notes) > 0 {
		fmt.Fprintln(w, "\n"+head)
	}
	for _, n := range notes {
		if _, err := fmt.Fprintln(w, "  "+diag.Printable(n)); err != nil {
			return err
		}
	}
	return nil
}

type view struct {
	inv  inventory.Inventory
	wide bool
}

// tableRow writes cells; a name with a tab or an escape sequence in it does not break the table.
func tableRow(w io.Writer, cells ...string) {
	for i := range cells {
		cells[i] = diag.Name(cells[i])
	}
	fmt.Fprintln(w, strings.Join(cells, "\t"))
}

func (v view) hosts(w io.Writer) {
	head := []string{"HOST", "STATE", "LOCAL DATASTORES", "FREE/SIZE GIB", "SHARED DATASTORES", "TAGS"}
	if v.wide {
		head = append(head, "CLUSTER", "CORES", "MEMORY GIB")
	}
	tableRow(w, head...)
	for _, h := range v.inv.Hosts {
		var local, size, shared []string
		for _, d := range v.inv.Datastores {
			switch {
			case !slices.Contains(d.Hosts, h.Name):
			case d.IsLocal():
				name := d.Name
				if state := v.state(d); state != inventory.Connected {
					name += " (" + string(state) + ")"
				}
				local = append(local, name)
				size = append(size, space(d))
			case v.who(d).shared:
				shared = append(shared, d.Name)
			}
		}
		cells := []string{h.Name, string(cmp.Or(h.State, inventory.Connected)), join(local), join(size), join(shared), tags(h.Tags)}
		if v.wide {
			cells = append(cells, cmp.Or(h.Cluster, "-"), number(h.CPUs), number((h.MemoryMiB+512)/1024))
		}
		tableRow(w, cells...)
	}
}

func (v view) datastores() [][]string {
	head := []string{"DATASTORE", "TYPE", "STATE", "FREE/SIZE GIB", "HOSTS", "TAGS"}
	if v.wide {
		head = append(head, "ORDINAL", "PATH")
	}
	rows := [][]string{head}
	for _, d := range v.inv.Datastores {
		if d.IsLocal() && !v.wide {
			continue
		}
		state := string(v.state(d))
		if state == string(inventory.Connected) {
			state = "accessible" // as vSphere says of a datastore
		}
		cells := []string{d.Name, cmp.Or(d.Type, "VMFS"), state, space(d), v.who(d).words, tags(d.Tags)}
		if v.wide {
			cells = append(cells, number(d.Ordinal), cmp.Or(d.Path, "-"))
		}
		rows = append(rows, cells)
	}
	return rows
}

func (v view) state(d inventory.Datastore) inventory.State {
	if v.inv.IsGone(d) {
		return inventory.Gone
	}
	return cmp.Or(d.State, inventory.Connected)
}

// mounted says who mounts a datastore.
type mounted struct {
	words string
	// shared tells that all hosts do, of the inventory or of the compute clusters that have it at all.
	shared bool
}

func (v view) who(d inventory.Datastore) mounted {
	var mounting, elsewhere []string
	clusters := map[string]bool{}
	for _, h := range v.inv.Hosts {
		if h.State == inventory.Gone {
			continue
		}
		if slices.Contains(d.Hosts, h.Name) {
			mounting = append(mounting, h.Name)
			clusters[h.Cluster] = true
		} else {
			elsewhere = append(elsewhere, h.Name)
		}
	}
	all := len(mounting) + len(elsewhere)
	switch {
	case len(mounting) == 0:
		return mounted{words: "none"}
	case len(mounting) == 1:
		words := mounting[0]
		if d.Local != nil && !*d.Local {
			words += " (local: false)"
		}
		return mounted{words, len(elsewhere) == 0}
	case len(elsewhere) == 0:
		return mounted{fmt.Sprintf("all %d", all), true}
	}
	if !clusters[""] && !slices.ContainsFunc(elsewhere, func(name string) bool {
		h, _ := v.inv.Host(name)
		return clusters[h.Cluster]
	}) {
		var names []string
		for c := range clusters {
			names = append(names, c[strings.LastIndexByte(c, '/')+1:])
		}
		slices.Sort(names)
		return mounted{fmt.Sprintf("all %d of %s", len(mounting), strings.Join(names, ", ")), true}
	}
	words := fmt.Sprintf("%d of %d", len(mounting), all)
	if missing := strings.Join(elsewhere, ", "); len(elsewhere) <= 3 {
		words += ", not " + missing
	} else if len(mounting) <= 3 {
		words += ": " + strings.Join(mounting, ", ")
	}
	return mounted{words: words}
}

func (v view) summary() string {
	some := 0
	for _, d := range v.inv.Datastores {
		if !d.IsLocal() && !v.who(d).shared {
			some++
		}
	}
	words := fmt.Sprintf("%s, %s (%d local, %d shared", diag.Count(len(v.inv.Hosts), "host", "hosts"), diag.Count(len(v.inv.Datastores), "datastore", "datastores"),
		len(v.inv.Locals()), len(v.inv.Datastores)-len(v.inv.Locals())-some)
	if some > 0 {
		words += fmt.Sprintf(", %d on some hosts", some)
	}
	return words + fmt.Sprintf("), %s, %s, %s", diag.Count(len(v.inv.Networks), "network", "networks"), diag.Count(len(v.inv.Templates), "template", "templates"),
		diag.Count(len(v.inv.Gaps), "gap", "gaps"))
}

// space is what is free of a datastore; a size that is not known is not zero.
func space(d inventory.Datastore) string {
	if d.CapacityGiB == 0 {
		return "-"
	}
	return fmt.Sprintf("%d/%d", d.FreeGiB, d.CapacityGiB)
}

func number(n int) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
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
