// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
)

// bounds limit what is taken from a server that says it is a vCenter: all of an answer is in memory for a while, and what is
// kept of the objects stays there. They stand well above what a vCenter of 5,000 hosts answers: 30 MiB in all, 2.5 MiB for a page.
type bounds struct {
	// answer is the most bytes of one answer, unpacked, and elements the most tags of XML in it. A page beyond that is asked for
	// again in smaller ones.
	answer, elements int
	// run is the most bytes of all answers of a session, with their headers.
	run int64
	// objects are the most that are kept.
	objects int
}

var usual = bounds{answer: 32 << 20, elements: 1_000_000, run: 512 << 20, objects: 1_000_000}

const (
	// headers is the most bytes of the headers of an answer.
	headers = 64 << 10
	// smallestPage is where asking for fewer objects at a time ends.
	smallestPage = 10
	// longestName and deepest bound a name and the way up to the root. Names in vCenter have at most 80 characters, 240 bytes
	// with those that are escaped; names of hosts have at most 255.
	longestName = 1024
	deepest     = 200
	// longestFile bounds a file with a user, a password, certificates or thumbprints; all authorities of a system take 250 KiB.
	longestFile = 4 << 20
	// longestText is the most characters of somebody else's text that an error repeats.
	longestText = 300
)

// errTooMuch is more than any vCenter answers.
var errTooMuch = errors.New("answers more than any vCenter has to say")

// large is an answer beyond the bounds. It may be that fewer objects fit.
type large struct{ what string }

func (e *large) Error() string { return "an answer has more than " + e.what }

// intake reads the answers of a session within its bounds.
type intake struct {
	bounds
	sum atomic.Int64
}

// read gives the whole body, which the transport has unpacked already.
func (i *intake) read(res *http.Response) ([]byte, error) {
	answer, err := io.ReadAll(io.LimitReader(res.Body, int64(i.answer)+1))
	size := len(answer)
	for name, values := range res.Header {
		for _, v := range values {
			size += len(name) + len(v)
		}
	}
	switch {
	case i.sum.Add(int64(size)) > i.run:
		return nil, errTooMuch
	case len(answer) > i.answer:
		return nil, &large{fmt.Sprintf("%d MiB", i.answer>>20)}
	case bytes.Count(answer, []byte("<")) > i.elements:
		return nil, &large{fmt.Sprintf("%d elements", i.elements)}
	}
	return answer, err
}
