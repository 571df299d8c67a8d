// SPDX-License-Identifier: Apache-2.0

package main

import (
	"maps"
	"reflect"
	"strings"
	"testing"
)

func TestCompare(t *testing.T) {
	const most = 1.05
	for _, c := range []struct {
		name          string
		before, after map[string]sample
		want          []line
	}{
		{"equal", map[string]sample{"a": {100, 10}}, map[string]sample{"a": {100, 10}}, []line{{"a", 10, 10, same}}},
		{"fewer", map[string]sample{"a": {100, 10}}, map[string]sample{"a": {50, 10}}, []line{{"a", 10, 5, fewer}}},
		{"within", map[string]sample{"a": {100, 10}}, map[string]sample{"a": {105, 10}}, []line{{"a", 10, 10.5, more}}},
		{"noise", map[string]sample{"a": {1000, 10}}, map[string]sample{"a": {1004, 10}}, []line{{"a", 100, 100.4, same}}},
		{"grown", map[string]sample{"a": {100, 10}}, map[string]sample{"a": {106, 10}}, []line{{"a", 10, 10.6, grown}}},
		{"from nothing", map[string]sample{"a": {0, 1}}, map[string]sample{"a": {1, 1}}, []line{{"a", 0, 1, grown}}},
		{"more objects", map[string]sample{"a": {100, 10}}, map[string]sample{"a": {200, 20}}, []line{{"a", 10, 10, same}}},
		{"objects said first now", map[string]sample{"a": {100, 1}}, map[string]sample{"a": {120, 10}}, []line{{"a", 10, 12, grown}}},
		{"missing", map[string]sample{"a": {100, 10}, "b": {7, 1}}, map[string]sample{"b": {7, 1}, "c": {8, 1}},
			[]line{{"a", 10, 0, gone}, {"b", 7, 7, same}, {"c", 0, 8, added}}},
	} {
		got := compare(c.before, c.after, most)
		for i := range got { // what is missing has no number
			if got[i].word == added {
				got[i].before = 0
			}
			if got[i].word == gone {
				got[i].after = 0
			}
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, not %+v", c.name, got, c.want)
		}
	}
}

func TestParse(t *testing.T) {
	const text = `goos: linux
pkg: example.com/a
BenchmarkRun/clusters=10-2    1  200 ns/op  7.50 MB/s  1300 objects  900 B/op  2700 allocs/op
BenchmarkRun/clusters=10-2    1  100 ns/op  7.50 MB/s  1300 objects  800 B/op  2600 allocs/op
BenchmarkRun/clusters=10-2    1  300 ns/op  7.50 MB/s  1300 objects  900 B/op  2800 allocs/op
BenchmarkQuiet-2              1  300 ns/op
PASS
ok    example.com/a  1.2s
pkg: example.com/b
BenchmarkRun    1    300 ns/op    900 B/op    12 allocs/op
`
	got, err := parse(strings.NewReader(text))
	want := map[string]sample{"example.com/a BenchmarkRun/clusters=10": {2600, 1300}, "example.com/b BenchmarkRun": {12, 1}}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v %v", got, err)
	}
	if _, err := parse(strings.NewReader("BenchmarkRun 1 many ns/op\n")); err == nil {
		t.Error("many is a number")
	}
}
