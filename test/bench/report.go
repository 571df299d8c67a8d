// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/vspread/vspread/test/bench/measure"
)

var titles = []struct{ kind, title string }{
	{render, "Rendering the same objects"},
	{function, "As a KRM function, over earlier output"},
	{kustomize, "Under kustomize, with `cat` in our place"},
	{kpt, "Under kpt, with `cat` in our place"},
	{plan, "A plan of changed replicas and memory, and a render of one side"},
	{startUp, "Start-up: `vspread version`"},
	{input, "Reading and writing the input alone"},
}

// report writes what was measured as Markdown.
func (b *bench) report() string {
	var w strings.Builder
	fmt.Fprintf(&w, "Machine: %s.\n\nPrograms: %s.\n", machine(), b.versions())
	b.reportAims(&w)
	b.reportSlower(&w)
	for _, t := range titles {
		b.reportKind(&w, t.kind, t.title)
		if t.kind == render {
			b.reportGrowth(&w)
		}
	}
	return w.String()
}

func (b *bench) reportAims(w *strings.Builder) {
	w.WriteString("\n### Aims\n\n| ratio | at most | measured | |\n|---|---:|---:|---|\n")
	for _, a := range aims {
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", a.what, number(a.most), number(a.measured(b.results)), a.verdict(b.results))
	}
}

// reportSlower says where a peer takes less than vspread.
func (b *bench) reportSlower(w *strings.Builder) {
	w.WriteString("\n### Where vspread takes more than a peer\n\n")
	none := true
	for _, r := range b.results {
		ours, ok := b.results.get(r.contest.kind, r.contest.size, vspread)
		if !ok || r.name == vspread || len(r.costs) == 0 {
			continue
		}
		var more []string
		for _, of := range []struct {
			what  string
			value func(measure.Cost) float64
		}{{"CPU", cpu}, {"memory", peak}} {
			if got, _ := ratio(ours, r, of.value); got > 1.005 {
				more = append(more, number(got)+" times the "+of.what)
			}
		}
		if len(more) > 0 {
			none = false
			fmt.Fprintf(w, "* %s: %s of %s\n", strings.TrimSuffix(r.contest.kind+" "+sizeOf(r), " "), strings.Join(more, " and "), r.name)
		}
	}
	if none {
		w.WriteString("Nowhere, of what was measured.\n")
	}
}

func (b *bench) reportKind(w *strings.Builder, kind, title string) {
	var rows []result
	for _, r := range b.results {
		if r.contest.kind == kind {
			rows = append(rows, r)
		}
	}
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(w, "\n### %s\n\n", title)
	w.WriteString("| clusters × pools | objects | command | CPU s | wall s | peak MiB | vspread's CPU to it | wall to it | memory to it | pairs |\n")
	w.WriteString("|---:|---:|---|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, r := range rows {
		objects := ""
		if n := r.contest.size.Objects(); n > 0 {
			objects = thousands(n)
		}
		fmt.Fprintf(w, "| %s | %s | %s | ", sizeOf(r), objects, r.name)
		if r.refused != "" {
			fmt.Fprintf(w, "%s | | | | | | |\n", b.cell(r.refused))
			continue
		}
		fmt.Fprintf(w, "%s | %s | %s | ", seconds(r.median(cpu)), seconds(r.median(wall)), number(r.median(peak)))
		ours, ok := b.results.get(kind, r.contest.size, vspread)
		switch _, pairs := ratio(ours, r, cpu); {
		case r.name == vspread || !ok:
			fmt.Fprintf(w, "| | | %d |\n", len(r.costs))
		default:
			for _, value := range []func(measure.Cost) float64{cpu, wall, peak} {
				got, _ := ratio(ours, r, value)
				fmt.Fprintf(w, "%s | ", number(got))
			}
			fmt.Fprintf(w, "%d |\n", pairs)
		}
	}
}

// reportGrowth fits how CPU grows with the number of objects, from 10 clusters on: below that, start-up is most of it.
func (b *bench) reportGrowth(w *strings.Builder) {
	rows := ""
	for _, name := range []string{vspread, helm, jsonnet, ytt, cue} {
		var sizes, costs []float64
		var largest string
		for _, r := range b.results {
			if size := r.contest.size; r.contest.kind == render && r.name == name && size.Pools == ten.Pools && size.Clusters >= ten.Clusters && len(r.costs) > 0 {
				sizes, costs = append(sizes, float64(size.Objects())), append(costs, r.median(cpu))
				largest = sizeOf(r)
			}
		}
		if len(sizes) < 2 {
			continue
		}
		last := len(sizes) - 1
		first, end := 1e6*costs[0]/sizes[0], 1e6*costs[last]/sizes[last]
		rows += fmt.Sprintf("| %s | %s | %s | %.0f | %.0f | %s |\n", name, largest, number(measure.Exponent(sizes, costs)), first, end, number(end/first))
	}
	if rows != "" {
		w.WriteString("\n### Growth\n\nCPU grows as the number of objects to the power of the exponent.\n\n")
		w.WriteString("| command | up to | exponent | µs an object at 10 × 64 | at the largest | ratio |\n|---|---:|---:|---:|---:|---:|\n" + rows)
	}
}

func sizeOf(r result) string {
	if r.contest.size.Clusters == 0 {
		return ""
	}
	return thousands(r.contest.size.Clusters) + " × " + thousands(r.contest.size.Pools)
}

// cell is a message as a table can have it, without where this machine keeps its files.
func (b *bench) cell(message string) string {
	message = strings.ReplaceAll(strings.ReplaceAll(message, b.work+"/", ""), "|", `\|`)
	if runes := []rune(message); len(runes) > 200 {
		message = string(runes[:200]) + "…"
	}
	return message
}

func thousands(n int) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// number has three digits that mean something; what is not a number is a dash.
func number(x float64) string {
	switch {
	case math.IsNaN(x):
		return "–"
	case x >= 100:
		return thousands(int(math.Round(x)))
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	default:
		return fmt.Sprintf("%.2f", x)
	}
}

func seconds(x float64) string {
	if x < 1 {
		return fmt.Sprintf("%.3f", x)
	}
	return number(x)
}

// place writes a report into a document, between the two comments that mark the section of that name.
func place(document, section, report string) (string, error) {
	begin, end := "<!-- bench-peers: "+section+" -->\n", "<!-- bench-peers: end -->"
	head, rest, hasBegin := strings.Cut(document, begin)
	_, tail, hasEnd := strings.Cut(rest, end)
	if !hasBegin || !hasEnd {
		return "", fmt.Errorf("no section between %q and %q", strings.TrimSpace(begin), end)
	}
	return strings.Join([]string{head, begin, strings.TrimRight(report, "\n"), "\n", end, tail}, ""), nil
}

// kindsOf lists what -only can choose from.
func kindsOf() []string {
	var kinds []string
	for _, t := range titles {
		kinds = append(kinds, t.kind)
	}
	slices.Sort(kinds)
	return kinds
}
