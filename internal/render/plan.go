// SPDX-License-Identifier: Apache-2.0

package render

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/vspread/vspread/fn/rollout"
	"github.com/vspread/vspread/internal/diag"
)

// PlanSide names a side of a comparison.
type PlanSide struct {
	// Name is what the user called it; Revision is the commit that it means, if it is one.
	Name, Revision string
}

// Plan is what a change does to machines, to be written for people or programs.
type Plan struct {
	rollout.Plan
	From, To PlanSide
	// Verbose wants each diagnostic for itself, also of those that say the same of many objects.
	Verbose bool
}

// planRow is a pool that changes, as all tables show it.
type planRow struct{ pool, change, host, datastore, machines, reason string }

// rows are the pools that change; the rest is counted.
func (p *Plan) rows() (rows []planRow, untouched int) {
	namespaces := map[string]bool{}
	for _, pool := range p.Pools {
		namespaces[pool.Namespace] = true
	}
	for _, pool := range p.Pools {
		if pool.Has(rollout.Untouched) {
			if pool.Kind == "MachineDeployment" {
				untouched++
			}
			continue
		}
		name := pool.Name
		if len(namespaces) > 1 {
			name = pool.Namespace + "/" + name
		}
		if pool.Kind != "MachineDeployment" {
			name += " (" + pool.Kind + ")"
		}
		rows = append(rows, planRow{
			pool: diag.Name(name), change: changes(pool), host: places(pool, func(s *rollout.Shape) string { return s.Host }),
			datastore: places(pool, func(s *rollout.Shape) string { return s.Datastore }),
			machines:  poolMachines(pool), reason: reasons(pool),
		})
	}
	return rows, untouched
}

func changes(pool rollout.Pool) string {
	var words []string
	for _, k := range pool.Changes {
		words = append(words, string(k))
	}
	return strings.Join(words, ", ")
}

// places gives a property of where the machines are, before and after where it differs.
func places(pool rollout.Pool, property func(*rollout.Shape) string) string {
	var before, after string
	if pool.Before != nil {
		before = diag.Name(property(pool.Before))
	}
	if pool.After != nil {
		after = diag.Name(property(pool.After))
	}
	switch {
	case pool.Before == nil || before == after:
		return cmp.Or(after, "-")
	case pool.After == nil:
		return cmp.Or(before, "-")
	}
	return cmp.Or(before, "-") + " → " + cmp.Or(after, "-")
}

func poolMachines(pool rollout.Pool) string {
	if pool.Kind == "Cluster" {
		return "-"
	}
	if pool.Machines.NotKnown {
		return "?"
	}
	number := func(n int, shape *rollout.Shape) string {
		if shape != nil && shape.Autoscaler != nil && shape.Autoscaler.Max > n {
			return fmt.Sprintf("%d…%d", n, shape.Autoscaler.Max)
		}
		return strconv.Itoa(n)
	}
	before, after := number(pool.Machines.Before, pool.Before), number(pool.Machines.After, pool.After)
	if before == after {
		return after
	}
	return before + " → " + after
}

// mostReasons is how many reasons a table has room for.
const mostReasons = 3

func reasons(pool rollout.Pool) string {
	var words []string
	for i, r := range pool.Reasons {
		if i == mostReasons {
			words = append(words, fmt.Sprintf("and %d more", len(pool.Reasons)-i))
			break
		}
		words = append(words, diag.Printable(r.Text))
	}
	return cmp.Or(strings.Join(words, "; "), "-")
}

// hostRow is a place that changes, as all tables show it.
type hostRow struct{ host, datastore, machines, memory, disk string }

// hostRows are the places where something changes; the rest is counted.
func (p *Plan) hostRows() (rows []hostRow, same int) {
	for _, h := range p.Hosts {
		if h.Untouched || isSteady(h.Machines) && isSteady(h.MemoryMiB) && isSteady(h.DiskGiB) {
			if h.Datastore != "" {
				same++
			}
			continue
		}
		rows = append(rows, hostRow{
			host: cmp.Or(diag.Name(h.Host), "-"), datastore: cmp.Or(diag.Name(h.Datastore), without(h)),
			machines: usage(h.Machines, 1, 0), memory: usage(h.MemoryMiB, 1024, h.HostMemoryMiB), disk: usage(h.DiskGiB, 1, h.CapacityGiB),
		})
	}
	return rows, same
}

// without says what a row without a datastore is: of machines of which none is known, or the sum of a host.
func without(h rollout.Host) string {
	if h.Host != "" {
		return "(all)"
	}
	return "-"
}

// uncounted says which pools are missing in the rows of hosts, or nothing.
func (p *Plan) uncounted() string {
	n := 0
	for _, pool := range p.Pools {
		if pool.Machines.NotKnown {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return many(n, "pool is", "pools are") + " not counted, since the number of machines is not known."
}

func isSteady(u rollout.Usage) bool { return u.Before == u.Peak && u.Peak == u.After }

// usage writes an amount before, while rolling where that is more, and after, and of how much, in larger units.
func usage(u rollout.Usage, unit, of int) string {
	if u == (rollout.Usage{}) {
		return "-"
	}
	number := func(n int) string { return strconv.FormatFloat(float64(n*10/unit)/10, 'f', -1, 64) }
	text := number(u.Before)
	if u.Peak > max(u.Before, u.After) {
		text += " → " + number(u.Peak)
	}
	if u.Before != u.After || u.Peak > u.After {
		text += " → " + number(u.After)
	}
	if of > 0 {
		text += " of " + number(of)
	}
	return text
}

// templates are those that nobody names, in two sentences.
func (p *Plan) unnamed() []string {
	var needed, free []rollout.Template
	for _, t := range p.Templates {
		if t.NeededByRollout {
			needed = append(needed, t)
		} else {
			free = append(free, t)
		}
	}
	var out []string
	if len(needed) > 0 {
		out = append(out, "Keep until the rollout is over: "+some(withKinds(needed))+".")
	}
	if len(free) > 0 {
		out = append(out, "Templates that nobody names: "+some(withKinds(free))+".")
	}
	return out
}

// withKinds names templates, and their kind where it is another one than before.
func withKinds(templates []rollout.Template) []string {
	var out []string
	kind := ""
	for _, t := range templates {
		name := t.Name
		if t.Kind != kind {
			kind, name = t.Kind, t.Kind+" "+t.Name
		}
		out = append(out, name)
	}
	return out
}

// others is what happens to other objects, in a sentence, or nothing.
func (p *Plan) others() string {
	var words []string
	for _, o := range p.Others {
		done := map[rollout.Kind]string{rollout.Create: "is new", rollout.Remove: "is removed", rollout.InPlace: "changes"}[o.Change]
		if len(o.Fields) > 0 {
			done += " (" + some(shortened(o.Fields)) + ")"
		}
		words = append(words, o.Kind+" "+o.Name+" "+done)
	}
	if len(words) == 0 {
		return ""
	}
	return "Other objects: " + some(words) + "."
}

// shortened are fields as far as a sentence has room for them.
func shortened(fields []string) []string {
	const most = 3
	out := make([]string, 0, most+1)
	for _, f := range fields {
		if len(out) == most {
			return append(out, "…")
		}
		out = append(out, strings.TrimPrefix(f, "spec."))
	}
	return out
}

// some lists names, and counts where there are many.
func some(names []string) string {
	const most = 8
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

func many(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}
