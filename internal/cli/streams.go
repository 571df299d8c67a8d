// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"io"
	"os"
)

// Streams are the standard streams of a command.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	// told is what the run has printed of diagnostics; Main makes it.
	told *told
}

// checkedWriter remembers the first error of writing, so that no output is lost without a word.
type checkedWriter struct {
	next io.Writer
	err  error
}

func (w *checkedWriter) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.next.Write(p)
	w.err = err
	return n, err
}

// isTerminal tells whether somebody sits in front of a stream.
func isTerminal(r io.Reader) bool {
	f, ok := r.(*os.File)
	return ok && isTerminalFile(f)
}

func isTerminalFile(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}
