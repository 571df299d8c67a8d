// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math"

	"github.com/vspread/vspread/test/bench/fleet"
	"github.com/vspread/vspread/test/bench/measure"
)

// aim is what is wanted of vspread, as a ratio that must not be larger than most.
type aim struct {
	what     string
	most     float64
	measured func(results) float64 // not a number where it was not measured
}

var (
	ten        = fleet.Size{Clusters: 10, Pools: 64}
	hundred    = fleet.Size{Clusters: 100, Pools: 64}
	twoHundred = fleet.Size{Clusters: 200, Pools: 64}
	thousand   = fleet.Size{Clusters: 1_000, Pools: 64}
)

var aims = []aim{
	{"render 100 × 64: CPU, to Helm's", 0.5, against(render, hundred, helm, cpu)},
	{"render 100 × 64: peak memory, to Helm's", 0.5, against(render, hundred, helm, peak)},
	{"render 100 × 64: wall time to CPU time", 0.6, func(all results) float64 { return value(all, render, hundred, share) }},
	{"render 1,000 × 64: peak memory, to that at 100 × 64 and what the input takes", 1, boundedMemory},
	{"render 1,000 × 64: CPU of an object, to that at 10 × 64", 1.15, linear},
	{"start-up: CPU, to an empty Go program's", 4, against(startUp, fleet.Size{}, empty, cpu)},
	{"plan 200 × 64: CPU, to a render's", 1.5, against(plan, twoHundred, rendering, cpu)},
	{"KRM function 10 × 64: CPU, to kyaml's pass-through", 1.1, against(function, ten, passthrough, cpu)},
	{"KRM function 10 × 64: peak memory, to kyaml's pass-through", 0.5, against(function, ten, passthrough, peak)},
	{"KRM function 100 × 64: CPU, to kyaml's pass-through", 1.1, against(function, hundred, passthrough, cpu)},
	{"KRM function 100 × 64: peak memory, to kyaml's pass-through", 0.5, against(function, hundred, passthrough, peak)},
	{"kustomize 10 × 64: CPU, to a build with `cat` in our place", 1.05, against(kustomize, ten, cat, cpu)},
	{"kpt 10 × 64: CPU, to a run with `cat` in our place", 1.05, against(kpt, ten, cat, cpu)},
}

func value(all results, kind string, size fleet.Size, of func(measure.Cost) float64) float64 {
	r, ok := all.get(kind, size, vspread)
	if !ok {
		return math.NaN()
	}
	return r.median(of)
}

func against(kind string, size fleet.Size, peer string, of func(measure.Cost) float64) func(results) float64 {
	return func(all results) float64 {
		ours, isOurs := all.get(kind, size, vspread)
		theirs, isTheirs := all.get(kind, size, peer)
		if !isOurs || !isTheirs {
			return math.NaN()
		}
		r, _ := ratio(ours, theirs, of)
		return r
	}
}

// boundedMemory adds to the memory of 100 clusters what kyaml takes to hold the input of 1,000, less what it takes for 100.
func boundedMemory(all results) float64 {
	large, isLarge := all.get(input, thousand, passthrough)
	small, isSmall := all.get(input, hundred, passthrough)
	if !isLarge || !isSmall {
		return math.NaN()
	}
	return value(all, render, thousand, peak) / (value(all, render, hundred, peak) + large.median(peak) - small.median(peak))
}

func linear(all results) float64 {
	each := func(size fleet.Size) float64 { return value(all, render, size, cpu) / float64(size.Objects()) }
	return each(thousand) / each(ten)
}

func (a aim) verdict(all results) string {
	switch got := a.measured(all); {
	case math.IsNaN(got):
		return "not measured"
	case got <= a.most:
		return "met"
	default:
		return "**not met**"
	}
}
