// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/vspread/vspread/test/bench/fleet"
	"github.com/vspread/vspread/test/bench/measure"
)

// The kinds of contests.
const (
	startUp   = "start-up"
	render    = "render"
	input     = "input"
	function  = "function"
	kustomize = "kustomize"
	kpt       = "kpt"
	plan      = "plan"
)

// contender is a command with the name that it has in the report.
type contender struct {
	name    string
	command measure.Command
	missing string // why it cannot be run here
}

// contest is several commands that do the same; the first is vspread's.
type contest struct {
	kind       string
	size       fleet.Size
	contenders []contender
	rounds     int
}

func (c contest) name(of contender) string {
	if c.kind == startUp {
		return c.kind + "/" + of.name
	}
	return c.kind + "/" + c.size.String() + "/" + of.name
}

// result is what the rounds of one contender gave.
type result struct {
	contest contest
	name    string
	costs   map[int]measure.Cost // by round
	refused string
}

func (r result) median(value func(measure.Cost) float64) float64 {
	var values []float64
	for _, c := range r.costs {
		values = append(values, value(c))
	}
	return measure.Median(values)
}

// ratio is the median of the ratios of pairs, each of one round, and their number.
func ratio(of, to result, value func(measure.Cost) float64) (float64, int) {
	var ratios []float64
	for round, c := range of.costs {
		if other, ok := to.costs[round]; ok {
			ratios = append(ratios, value(c)/value(other))
		}
	}
	return measure.Median(ratios), len(ratios)
}

func cpu(c measure.Cost) float64  { return c.CPU.Seconds() }
func wall(c measure.Cost) float64 { return c.Wall.Seconds() }
func peak(c measure.Cost) float64 { return float64(c.Peak) / (1 << 20) }
func share(c measure.Cost) float64 {
	return c.Wall.Seconds() / c.CPU.Seconds()
}

// run has the contenders run in turn, every other round in the opposite order, so that what else the machine does falls on all
// alike. A contender that fails once is out. Of each result it tells as it goes.
func (c contest) run(limit time.Duration, isLeftOut func(contender) string, tell func(string)) []result {
	results := make([]result, len(c.contenders))
	for i, of := range c.contenders {
		results[i] = result{contest: c, name: of.name, costs: map[int]measure.Cost{}, refused: of.missing}
		if of.missing == "" {
			results[i].refused = isLeftOut(of)
		}
	}
	for round := range c.rounds {
		for i := range c.contenders {
			if round%2 == 1 {
				i = len(c.contenders) - 1 - i
			}
			if results[i].refused != "" {
				continue
			}
			cost, err := c.contenders[i].command.Run("", limit)
			if err != nil {
				results[i].refused, results[i].costs = err.Error(), nil
				continue
			}
			results[i].costs[round] = cost
		}
	}
	for i, of := range c.contenders {
		if r := results[i]; r.refused != "" {
			tell(fmt.Sprintf("%s: %s", c.name(of), r.refused))
		} else {
			tell(fmt.Sprintf("%s: CPU %.2f s, wall %.2f s, peak %.0f MiB", c.name(of), r.median(cpu), r.median(wall), r.median(peak)))
		}
	}
	return results
}

// results are those of all contests.
type results []result

// get finds a contender's result, if it has any.
func (all results) get(kind string, size fleet.Size, name string) (result, bool) {
	for _, r := range all {
		if r.contest.kind == kind && r.contest.size == size && r.name == name && len(r.costs) > 0 {
			return r, true
		}
	}
	return result{}, false
}

// tooMuch says why a contender is left out: by what it took at the largest size so far, growing linearly, it would take more CPU or
// memory than it may.
func (all results) tooMuch(kind string, size fleet.Size, name string, seconds, mebibytes float64) string {
	var last result
	for _, r := range all {
		if r.contest.kind == kind && r.name == name && len(r.costs) > 0 && r.contest.size.Objects() < size.Objects() &&
			(last.costs == nil || r.contest.size.Objects() > last.contest.size.Objects()) {
			last = r
		}
	}
	if last.costs == nil {
		return ""
	}
	growth := float64(size.Objects()) / float64(last.contest.size.Objects())
	switch {
	case last.median(cpu)*growth > seconds:
		return fmt.Sprintf("left out: would take about %.0f s of CPU, by %s", last.median(cpu)*growth, last.contest.size)
	case last.median(peak)*growth > mebibytes:
		return fmt.Sprintf("left out: would take about %.1f GiB, by %s", last.median(peak)*growth/1024, last.contest.size)
	}
	return ""
}

// isRefusal tells a command that refused its input from one that could not be run.
func isRefusal(err error) bool {
	var refusal *measure.Refusal
	return errors.As(err, &refusal)
}
