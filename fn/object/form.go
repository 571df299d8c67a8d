// SPDX-License-Identifier: Apache-2.0

package object

import (
	"bytes"
	"encoding/binary"
)

// form is a text that others are kept as differences from: the objects of two pools differ in a few names and numbers.
type form struct{ lines [][]byte }

func newForm(text []byte) *form { return &form{bytes.SplitAfter(text, []byte("\n"))} }

// difference gives what a text differs by from the form, line by line; false is a text with another number of lines.
// For each line that differs it has the number of lines since the last one, how much of the beginning and of the end is the form's, and
// what stands between.
func (f *form) difference(text []byte) ([]byte, bool) {
	var out []byte
	i, last := 0, 0
	for line := range bytes.SplitAfterSeq(text, []byte("\n")) {
		if i == len(f.lines) {
			return nil, false
		}
		if base := f.lines[i]; !bytes.Equal(line, base) {
			head, most := 0, min(len(line), len(base))
			for head < most && line[head] == base[head] {
				head++
			}
			tail := 0
			for tail < most-head && line[len(line)-1-tail] == base[len(base)-1-tail] {
				tail++
			}
			middle := line[head : len(line)-tail]
			for _, n := range []int{i - last, head, tail, len(middle)} {
				out = binary.AppendUvarint(out, uint64(n))
			}
			out = append(out, middle...)
			last = i
		}
		i++
	}
	return bytes.Clone(out), i == len(f.lines)
}

// appendText gives back the text of a difference.
func (f *form) appendText(b, difference []byte) []byte {
	next := 0
	for last := 0; len(difference) > 0; {
		var n [4]int
		for i := range n {
			v, size := binary.Uvarint(difference)
			n[i], difference = int(v), difference[size:]
		}
		last += n[0]
		for ; next < last; next++ {
			b = append(b, f.lines[next]...)
		}
		base := f.lines[next]
		b = append(append(append(b, base[:n[1]]...), difference[:n[3]]...), base[len(base)-n[2]:]...)
		difference = difference[n[3]:]
		next++
	}
	for ; next < len(f.lines); next++ {
		b = append(b, f.lines[next]...)
	}
	return b
}
