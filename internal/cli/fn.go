// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/vspread/vspread/fn"
	"github.com/vspread/vspread/internal/diag"
)

func newFn(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "fn",
		Short: "Run as a KRM function: a ResourceList on stdin, one on stdout",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if isTerminal(s.In) {
				return c.Root().Help()
			}
			in, err := readAll(s.In)
			if err != nil {
				return err
			}
			out, diags := fn.Run(in)
			if err := report(s, diags); err != nil {
				return err
			}
			_, err = s.Out.Write(out)
			return err
		},
	}
}

// readAll reads what the function takes at most, and one byte more, so that more is noticed.
func readAll(r io.Reader) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, fn.MaxInput+1))
}

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

// tooLarge tells whether readAll stopped at its limit.
func tooLarge(in []byte, file string) diag.List {
	var diags diag.List
	if len(in) > fn.MaxInput {
		fn.TooLarge(&diags, file)
	}
	return diags
}
