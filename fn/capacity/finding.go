// SPDX-License-Identifier: Apache-2.0

package capacity

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vspread/vspread/internal/diag"
)

// finding is a host or datastore that has too little for the machines of an owner, or several of which all the same is true.
type finding struct {
	shortage
	places []string
}

var codes = map[Resource]diag.Code{Memory: diag.HostMemoryOvercommitted, CPU: diag.HostCPUOvercommitted, Disk: diag.DatastoreTooSmall}

// phrase names an owner.
func (u *use) phrase(o owner) string {
	if o.group < 0 {
		return "the control plane of " + o.cluster
	}
	name := "group " + u.spec.Workers[o.group].Name
	if o.clusters > 1 {
		name += fmt.Sprintf(" of %d Clusters", o.clusters)
	}
	return name
}

// message says how many fit and how many more would come.
func (u *use) message(f finding) string {
	var b strings.Builder
	what, verb := "host", diag.Form(len(f.places), "has", "each have")
	if f.Resource == Disk {
		what = "datastore"
	}
	fmt.Fprintf(&b, "%s%s %s %s %s for %s of %s (%s a machine)", what, diag.Form(len(f.places), "", "s"), list(f.places), verb, f.noun(), diag.Count(f.fit, "machine", "machines"), u.phrase(u.owners[f.owner]), f.amount(f.each, true))
	if f.others > 0 {
		fmt.Fprintf(&b, " next to %s of others", f.amount(f.others, true))
	}
	switch {
	case f.onlyAtPeak && f.more == 0:
		b.WriteString(", and not for what others have more while machines are replaced")
	case f.onlyAtPeak:
		fmt.Fprintf(&b, ", and %d more would be there while machines are replaced", f.more)
	default:
		fmt.Fprintf(&b, ", and %d more would be there", f.more)
	}
	fmt.Fprintf(&b, ": %s needed, %s usable", f.amount(f.need, true), f.amount(f.limit, false))
	return b.String()
}

func (r Resource) noun() string { return [...]string{Memory: "memory", CPU: "CPUs", Disk: "room"}[r] }

// amount writes how much of the resource; what is needed is rounded up, what there is down.
func (r Resource) amount(n int, isNeeded bool) string {
	switch {
	case r == CPU:
		return diag.Count(n, "CPU", "CPUs")
	case r == Memory:
		return fmt.Sprintf("%d MiB", n)
	case isNeeded:
		n += mibPerGiB - 1
	}
	return fmt.Sprintf("%d GiB", n/mibPerGiB)
}

// list names a few places and counts the others.
func list(names []string) string {
	const most = 3
	if len(names) <= most+1 {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d others", len(names)-most)
}

// grouped puts findings together that say the same of several places, in the order of their first.
func grouped(found []finding) []finding {
	var out []finding
	at := map[shortage]int{}
	for _, f := range found {
		i, ok := at[f.shortage]
		if !ok {
			i = len(out)
			at[f.shortage] = i
			out = append(out, finding{shortage: f.shortage})
		}
		out[i].places = append(out[i].places, f.places...)
	}
	for _, f := range out {
		slices.Sort(f.places)
	}
	return out
}
