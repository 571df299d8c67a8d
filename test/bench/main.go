// SPDX-License-Identifier: Apache-2.0

// Command bench measures vspread next to other programs that do the same or nothing, whole commands in interleaved pairs, and
// writes what it found as Markdown. `make bench-peers` builds what it runs.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/vspread/vspread/test/bench/fleet"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(args []string) (err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	pairs := flags.Int("n", 5, "pairs of each contest; large ones get fewer")
	only := flags.String("only", "", "run what matches this regular expression, such as render/100x64/helm; kinds: "+strings.Join(kindsOf(), ", "))
	sizes := flags.String("sizes", "1x3,1x64,10x64,100x64,1000x64,10000x3", "clusters x pools to render")
	limit := flags.Duration("limit", 45*time.Second, "leave out what would take more CPU than this for one run")
	write := flags.String("write", "", "a Markdown file to write the report into; default: stdout")
	section := flags.String("section", "now", "the section of that file")
	bin := flags.String("bin", "build/bench/bin", "the directory of the programs")
	peers := flags.String("peers", "test/bench/peers", "the directory of the peers' templates")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	case flags.NArg() > 0:
		return fmt.Errorf("what is %q?", flags.Arg(0))
	case *pairs < 1:
		return errors.New("-n must be at least 1")
	}
	b := &bench{pairs: *pairs, limit: *limit, tell: func(line string) { fmt.Fprintln(os.Stderr, line) }}
	if b.only, err = regexp.Compile(*only); err != nil {
		return err
	}
	for text := range strings.SplitSeq(*sizes, ",") {
		size, err := fleet.ParseSize(text)
		if err != nil {
			return err
		}
		b.sizes = append(b.sizes, size)
	}
	if b.bin, err = filepath.Abs(*bin); err != nil {
		return err
	}
	if b.peers, err = filepath.Abs(*peers); err != nil {
		return err
	}
	if b.work, err = os.MkdirTemp("", "bench-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.work)) }()
	if err := b.runAll(); err != nil {
		return err
	}
	report := b.report()
	if *write == "" {
		_, err := fmt.Print(report)
		return err
	}
	document, err := os.ReadFile(*write)
	if err != nil {
		return err
	}
	text, err := place(string(document), *section, report)
	if err != nil {
		return fmt.Errorf("%s: %w", *write, err)
	}
	return os.WriteFile(*write, []byte(text), 0o644)
}
