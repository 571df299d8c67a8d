// SPDX-License-Identifier: Apache-2.0

package render

import (
	_ "embed"
	"io"

	"github.com/vspread/vspread/fn/rollout"
	"github.com/vspread/vspread/internal/diag"
)

//go:embed plan.schema.json
var planSchema []byte

// PlanSchema is the JSON schema of a plan in JSON.
func PlanSchema() []byte { return planSchema }

// The types below are the published form of a plan. Fields are added, and none is renamed or removed.
type planJSON struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"`
	From       sideJSON       `json:"from"`
	To         sideJSON       `json:"to"`
	Summary    string         `json:"summary"`
	Changed    bool           `json:"changed"`
	Machines   sumsJSON       `json:"machines"`
	Pools      []poolJSON     `json:"pools"`
	Hosts      []hostJSON     `json:"hosts"`
	Templates  []templateJSON `json:"unusedTemplates"`
	Others     []otherJSON    `json:"otherObjects"`
	Steps      []stepJSON     `json:"byHand"`
	Diags      []diagJSON     `json:"diagnostics"`
}

type sideJSON struct {
	Name     string `json:"name"`
	Revision string `json:"revision,omitempty"`
}

type totalsJSON struct {
	Before        int `json:"before"`
	After         int `json:"after"`
	Created       int `json:"created"`
	Replaced      int `json:"replaced"`
	Removed       int `json:"removed"`
	MayBeCreated  int `json:"mayBeCreated"`
	MayBeReplaced int `json:"mayBeReplaced"`
	MayBeRemoved  int `json:"mayBeRemoved"`
	// Inexact is left out where all is exact.
	Inexact bool `json:"inexact,omitempty"`
}

type sumsJSON struct {
	totalsJSON
	PoolsNotKnown int `json:"poolsNotKnown,omitempty"`
}

type poolJSON struct {
	Cluster   string       `json:"cluster"`
	Kind      string       `json:"kind"`
	Namespace string       `json:"namespace"`
	Name      string       `json:"name"`
	Changes   []string     `json:"changes"`
	Machines  machinesJSON `json:"machines"`
	WaitsFor  string       `json:"waitsFor,omitempty"`
	Before    *shapeJSON   `json:"before,omitempty"`
	After     *shapeJSON   `json:"after,omitempty"`
	Reasons   []reasonJSON `json:"reasons"`
}

type machinesJSON struct {
	totalsJSON
	Peak     int  `json:"peak"`
	NotKnown bool `json:"notKnown,omitempty"`
}

type shapeJSON struct {
	Host       string     `json:"host,omitempty"`
	Datastore  string     `json:"datastore,omitempty"`
	Template   string     `json:"template,omitempty"`
	Bootstrap  string     `json:"bootstrap,omitempty"`
	Version    string     `json:"version,omitempty"`
	MemoryMiB  int        `json:"memoryMiB,omitempty"`
	DiskGiB    int        `json:"diskGiB,omitempty"`
	Autoscaler *rangeJSON `json:"autoscaler,omitempty"`
}

type rangeJSON struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

type reasonJSON struct {
	Object string `json:"object,omitempty"`
	Field  string `json:"field,omitempty"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	Text   string `json:"text"`
}

type hostJSON struct {
	Host          string    `json:"host,omitempty"`
	Datastore     string    `json:"datastore,omitempty"`
	Machines      usageJSON `json:"machines"`
	MemoryMiB     usageJSON `json:"memoryMiB"`
	DiskGiB       usageJSON `json:"diskGiB"`
	HostMemoryMiB int       `json:"hostMemoryMiB,omitempty"`
	CapacityGiB   int       `json:"capacityGiB,omitempty"`
	Untouched     bool      `json:"untouched,omitempty"`
}

type usageJSON struct {
	Before int `json:"before"`
	Peak   int `json:"peak"`
	After  int `json:"after"`
}

type templateJSON struct {
	Kind            string `json:"kind"`
	Namespace       string `json:"namespace"`
	Name            string `json:"name"`
	NeededByRollout bool   `json:"neededByRollout"`
}

type otherJSON struct {
	Kind      string   `json:"kind"`
	Namespace string   `json:"namespace,omitempty"`
	Name      string   `json:"name"`
	Change    string   `json:"change"`
	Fields    []string `json:"fields,omitempty"`
}

type stepJSON struct {
	Text    string `json:"text"`
	Command string `json:"command,omitempty"`
}

type diagJSON struct {
	Severity string `json:"severity"`
	Code     string `json:"code"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Object   string `json:"object,omitempty"`
	Field    string `json:"field,omitempty"`
	Message  string `json:"message"`
	Hint     string `json:"hint,omitempty"`
}

// JSON writes the plan by its published schema.
func (p *Plan) JSON(w io.Writer) error {
	out := planJSON{
		APIVersion: "vspread.dev/v1alpha1", Kind: "Plan",
		From: sideJSON(p.From), To: sideJSON(p.To), Summary: p.Sentence, Changed: p.Changed(),
		Pools: []poolJSON{}, Hosts: []hostJSON{}, Templates: []templateJSON{}, Others: []otherJSON{}, Steps: []stepJSON{}, Diags: []diagJSON{},
	}
	for _, pool := range p.Pools {
		m := totals(pool.Machines)
		x := poolJSON{
			Cluster: pool.Cluster, Kind: pool.Kind, Namespace: pool.Namespace, Name: pool.Name, Reasons: []reasonJSON{}, WaitsFor: string(pool.Waits),
			Machines: machinesJSON{m, pool.Machines.Peak, pool.Machines.NotKnown}, Before: shape(pool.Before), After: shape(pool.After),
		}
		for _, k := range pool.Changes {
			x.Changes = append(x.Changes, string(k))
		}
		for _, r := range pool.Reasons {
			x.Reasons = append(x.Reasons, reasonJSON(r))
		}
		out.Pools = append(out.Pools, x)
		out.Machines.Before += m.Before
		out.Machines.After += m.After
		out.Machines.Created += m.Created
		out.Machines.Replaced += m.Replaced
		out.Machines.Removed += m.Removed
		out.Machines.MayBeCreated += m.MayBeCreated
		out.Machines.MayBeReplaced += m.MayBeReplaced
		out.Machines.MayBeRemoved += m.MayBeRemoved
		out.Machines.Inexact = out.Machines.Inexact || m.Inexact
		if pool.Machines.NotKnown {
			out.Machines.PoolsNotKnown++
		}
	}
	for _, h := range p.Hosts {
		out.Hosts = append(out.Hosts, hostJSON{
			h.Host, h.Datastore, usageJSON(h.Machines), usageJSON(h.MemoryMiB), usageJSON(h.DiskGiB), h.HostMemoryMiB, h.CapacityGiB, h.Untouched,
		})
	}
	for _, t := range p.Templates {
		out.Templates = append(out.Templates, templateJSON(t))
	}
	for _, o := range p.Others {
		out.Others = append(out.Others, otherJSON{o.Kind, o.Namespace, o.Name, string(o.Change), o.Fields})
	}
	for _, s := range p.Steps {
		out.Steps = append(out.Steps, stepJSON(s))
	}
	for _, d := range p.Diags {
		out.Diags = append(out.Diags, diagOf(d))
	}
	return JSON(w, out)
}

func totals(m rollout.Machines) totalsJSON {
	return totalsJSON{m.Before, m.After, m.Created, m.Replaced, m.Removed, m.MayBeCreated, m.MayBeReplaced, m.MayBeRemoved, m.Inexact}
}

func shape(s *rollout.Shape) *shapeJSON {
	if s == nil {
		return nil
	}
	out := &shapeJSON{s.Host, s.Datastore, s.Template, s.Bootstrap, s.Version, s.MemoryMiB, s.DiskGiB, nil}
	if s.Autoscaler != nil {
		out.Autoscaler = &rangeJSON{s.Autoscaler.Min, s.Autoscaler.Max}
	}
	return out
}

func diagOf(d *diag.Diagnostic) diagJSON {
	return diagJSON{d.Severity.String(), string(d.Code), d.Object.File, d.Position.Line, d.Position.Column, d.Object.String(), d.Field, d.Message, d.Hint}
}
