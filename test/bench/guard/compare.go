// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// sample is what one benchmark allocates.
type sample struct {
	allocs  float64 // in one operation
	objects float64 // that the operation is about; 1 where the benchmark does not say
}

func (s sample) each() float64 { return s.allocs / s.objects }

// procs is what the testing package appends to a name for more than one processor.
var procs = regexp.MustCompile(`-\d+$`)

// parse reads the output of `go test -bench . -benchmem`. Of several runs of a benchmark, the one with the fewest allocations counts:
// what comes on top was done once, or by others.
func parse(r io.Reader) (map[string]sample, error) {
	out := map[string]sample{}
	room := ""
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) == 2 && fields[0] == "pkg:" {
			room = fields[1]
		}
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name, s, isMeasured := room+" "+procs.ReplaceAllString(fields[0], ""), sample{objects: 1}, false
		for i := 2; i+1 < len(fields); i += 2 {
			value, err := strconv.ParseFloat(fields[i], 64)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", lines.Text(), err)
			}
			switch fields[i+1] {
			case "allocs/op":
				s.allocs, isMeasured = value, true
			case "objects":
				s.objects = value
			}
		}
		if other, ok := out[name]; isMeasured && (!ok || s.each() < other.each()) {
			out[name] = s
		}
	}
	return out, lines.Err()
}

// line is the comparison of one benchmark.
type line struct {
	name          string
	before, after float64 // allocations of an object
	word          string
}

const (
	same  = "same"
	fewer = "fewer"
	more  = "more"
	grown = "GROWN"
	added = "new"
	gone  = "gone"
)

// noise is a change that says nothing: maps and pools of memory allocate a little more or less by chance.
const noise = 0.005

// compare says of each benchmark, by name, how its allocations changed. Beyond most, a factor, it has grown. Where only one side says
// how many objects there are, they are taken to be as many on the other.
func compare(before, after map[string]sample, most float64) []line {
	names := maps.Clone(before)
	maps.Copy(names, after)
	var out []line
	for _, name := range slices.Sorted(maps.Keys(names)) {
		was, isOld := before[name]
		is, isNew := after[name]
		if isOld && isNew && (was.objects == 1 || is.objects == 1) {
			was.objects = max(was.objects, is.objects)
			is.objects = was.objects
		}
		l := line{name: name, before: was.each(), after: is.each()}
		switch {
		case !isOld:
			l.word = added
		case !isNew:
			l.word = gone
		case l.after > l.before*most:
			l.word = grown
		case l.after > l.before*(1+noise):
			l.word = more
		case l.after < l.before*(1-noise):
			l.word = fewer
		default:
			l.word = same
		}
		out = append(out, l)
	}
	return out
}
