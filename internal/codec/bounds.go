// SPDX-License-Identifier: Apache-2.0

package codec

import (
	"bytes"
	"io"

	"github.com/vspread/vspread/internal/diag"
)

// MaxInput is the most bytes that are read; 100 clusters of 64 pools are a third of it.
const MaxInput = 64 << 20

// MaxValues is the most values that are read; in memory each takes some hundred bytes, however short it is
// written.
const MaxValues = 3_000_000

// Values estimates from above how many values a text of YAML holds.
func Values(in []byte) int { return bytes.Count(in, []byte("\n")) + bytes.Count(in, []byte(",")) }

// ReadAll reads as much as MaxInput, and one byte more, so that more is noticed.
func ReadAll(r io.Reader) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, MaxInput+1))
}

// TooLarge reports an input beyond MaxInput or MaxValues.
func TooLarge(diags *diag.List, file string) {
	diags.Errorf(diag.InputTooLarge, diag.At(diag.Ref{File: file}, ""), "the input has more than %d MiB or %d values", MaxInput>>20, MaxValues).
		WithHint("render one cluster at a time")
}
