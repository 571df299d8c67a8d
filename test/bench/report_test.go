// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/vspread/vspread/test/bench/fleet"
	"github.com/vspread/vspread/test/bench/measure"
)

// fixed is a result of two rounds with the same cost.
func fixed(kind string, size fleet.Size, name string, cpu, mebibytes float64) result {
	cost := measure.Cost{CPU: time.Duration(cpu * 1e9), Wall: time.Duration(cpu * 1e9 / 2), Peak: int64(mebibytes * (1 << 20))}
	return result{contest: contest{kind: kind, size: size}, name: name, costs: map[int]measure.Cost{0: cost, 1: cost}}
}

func TestAims(t *testing.T) {
	all := results{
		fixed(render, ten, vspread, 0.1, 40), fixed(render, hundred, vspread, 1, 50), fixed(render, thousand, vspread, 12, 90),
		fixed(render, hundred, helm, 4, 100),
		fixed(input, hundred, passthrough, 1, 10), fixed(input, thousand, passthrough, 1, 60),
		fixed(startUp, fleet.Size{}, vspread, 0.05, 20), fixed(startUp, fleet.Size{}, empty, 0.01, 3),
		{contest: contest{kind: kpt, size: ten}, name: vspread, refused: "not measured: no kpt"},
	}
	want := map[string]string{
		"render 100 × 64: CPU, to Helm's":                                              "met",
		"render 100 × 64: peak memory, to Helm's":                                      "met",
		"render 100 × 64: wall time to CPU time":                                       "met",
		"render 1,000 × 64: peak memory, to that at 100 × 64 and what the input takes": "met",
		"render 1,000 × 64: CPU of an object, to that at 10 × 64":                      "**not met**",
		"start-up: CPU, to an empty Go program's":                                      "**not met**",
		"kpt 10 × 64: CPU, to a run with `cat` in our place":                           "not measured",
	}
	for _, a := range aims {
		verdict, ok := want[a.what]
		if !ok {
			verdict = "not measured"
		}
		delete(want, a.what)
		if got := a.verdict(all); got != verdict {
			t.Errorf("%s: %s (%v), not %s", a.what, got, a.measured(all), verdict)
		}
	}
	for what := range want {
		t.Errorf("no aim is %s", what)
	}
}

// TestRatioIsOfPairs wants only rounds in which both ran, and the median of the ratios, not the ratio of the medians.
func TestRatioIsOfPairs(t *testing.T) {
	seconds := func(all ...float64) result {
		r := result{costs: map[int]measure.Cost{}}
		for round, s := range all {
			if s > 0 {
				r.costs[round] = measure.Cost{CPU: time.Duration(s * 1e9)}
			}
		}
		return r
	}
	got, pairs := ratio(seconds(1, 10, 4, 7), seconds(1, 2, 8, 0), cpu)
	if got != 1 || pairs != 3 {
		t.Error(got, pairs)
	}
	if got, pairs := ratio(seconds(1), seconds(0, 1), cpu); !math.IsNaN(got) || pairs != 0 {
		t.Error(got, pairs)
	}
}

func TestTooMuch(t *testing.T) {
	all := results{fixed(render, ten, ytt, 0.1, 10), fixed(render, hundred, ytt, 10, 300), fixed(render, hundred, helm, 3, 150)}
	for _, c := range []struct{ name, want string }{
		{ytt, "left out: would take about 100 s of CPU, by 100x64"},
		{helm, "left out: would take about 1.5 GiB, by 100x64"},
		{cue, ""},
	} {
		if got := all.tooMuch(render, thousand, c.name, 45, 1024); got != c.want {
			t.Errorf("%s: %q", c.name, got)
		}
	}
	if got := all.tooMuch(render, thousand, helm, 45, 2048); got != "" {
		t.Error(got)
	}
}

func TestRefusalIsARow(t *testing.T) {
	b := &bench{work: "/somewhere", results: results{
		{contest: contest{kind: render, size: thousand}, name: vspread, refused: "refused: /somewhere/sources: 64,000 pools | too many"},
		fixed(render, thousand, helm, 30, 900),
	}}
	text := b.report()
	for _, want := range []string{
		"| 1,000 × 64 | 130,000 | vspread | refused: sources: 64,000 pools \\| too many | | | | | | |\n",
		"| 1,000 × 64 | 130,000 | helm | 30.0 | 15.0 | 900 | | | | 2 |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("not in the report: %s%s", want, text)
		}
	}
	if strings.Contains(text, "/somewhere") {
		t.Error("the report says where this machine keeps its files")
	}
}

func TestSlowerIsSaid(t *testing.T) {
	b := &bench{results: results{fixed(render, hundred, vspread, 6, 100), fixed(render, hundred, helm, 3, 150), fixed(render, hundred, ytt, 9, 300)}}
	text := b.report()
	if !strings.Contains(text, "* render 100 × 64: 2.00 times the CPU of helm\n") || strings.Contains(text, "of ytt") {
		t.Error(text)
	}
}

func TestPlace(t *testing.T) {
	document := "a\n<!-- bench-peers: before -->\nold\n<!-- bench-peers: end -->\nb\n<!-- bench-peers: now -->\n<!-- bench-peers: end -->\nc\n"
	got, err := place(document, "now", "new\n\n")
	want := "a\n<!-- bench-peers: before -->\nold\n<!-- bench-peers: end -->\nb\n<!-- bench-peers: now -->\nnew\n<!-- bench-peers: end -->\nc\n"
	if err != nil || got != want {
		t.Errorf("%v\n%s", err, got)
	}
	for _, broken := range []string{"", "<!-- bench-peers: now -->\n", "<!-- bench-peers: end -->\n"} {
		if _, err := place(broken, "now", "new"); err == nil {
			t.Errorf("%q has a section", broken)
		}
	}
}

func TestNumber(t *testing.T) {
	for x, want := range map[float64]string{0.5: "0.50", 12.34: "12.3", 123.4: "123", 1234567: "1,234,567"} {
		if got := number(x); got != want {
			t.Errorf("%v: %s", x, got)
		}
	}
	if number(math.NaN()) != "–" {
		t.Error(number(math.NaN()))
	}
}
