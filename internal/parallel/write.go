// SPDX-License-Identifier: Apache-2.0

package parallel

import "io"

// chunk is how many texts one call of InOrder makes.
const chunk = 64

// Write writes the texts of the numbers from 0 to n, in that order. add appends the text of a number. The error is that of writing.
func Write(out io.Writer, n int, add func(b []byte, at int) []byte) error {
	for _, text := range InOrder((n+chunk-1)/chunk, func(i int) []byte {
		var b []byte
		for at := i * chunk; at < min(n, (i+1)*chunk); at++ {
			b = add(b, at)
		}
		return b
	}) {
		if _, err := out.Write(text); err != nil {
			return err
		}
	}
	return nil
}
