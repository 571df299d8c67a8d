// SPDX-License-Identifier: Apache-2.0

// Command guard compares what the benchmarks allocate for an object with an earlier commit, and fails when it has grown. It never
// compares time: what a machine does at the same time changes that, but not how often memory is allocated.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

func main() {
	// The worktree is removed as well when the guard is interrupted.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	hasGrown, err := run(ctx, os.Args[1:])
	stop()
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "guard:", err)
		os.Exit(2)
	case hasGrown:
		fmt.Fprintln(os.Stderr, "guard: allocations have grown")
		os.Exit(1)
	}
}

// suite is which benchmarks run.
type suite struct {
	packages []string
	skip     string
}

func run(ctx context.Context, args []string) (hasGrown bool, err error) {
	flags := flag.NewFlagSet("guard", flag.ContinueOnError)
	base := flags.String("base", "HEAD^", "the commit to compare the working tree with")
	most := flags.Float64("most", 1.05, "the factor by which the allocations of an object may grow")
	packages := flags.String("packages", "./fn ./fn/place ./fn/rollout", "the packages with benchmarks")
	skip := flags.String("skip", "/clusters=100$", "benchmarks to leave out, a regular expression: what a large one allocates for an object, a smaller one does as well")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return false, nil
	case err != nil:
		return false, err
	}
	all := suite{packages: strings.Fields(*packages), skip: *skip}
	root, err := output(ctx, ".", "git", "rev-parse", "--show-toplevel")
	if err != nil {
		return false, err
	}
	top := strings.TrimSpace(string(root))
	before, err := all.atCommit(ctx, top, *base)
	if err != nil {
		return false, fmt.Errorf("at %s: %w", *base, err)
	}
	after, err := all.run(ctx, top)
	if err != nil {
		return false, err
	}
	if len(after) == 0 {
		return false, errors.New("no benchmark ran")
	}
	fmt.Printf("allocations of an object, at %s and now\n", *base)
	for _, l := range compare(before, after, *most) {
		fmt.Printf("%-80s %12s %12s  %s\n", l.name, number(l.before, l.word == added), number(l.after, l.word == gone), l.word)
		hasGrown = hasGrown || l.word == grown
	}
	return hasGrown, nil
}

func number(x float64, isMissing bool) string {
	if isMissing {
		return "-"
	}
	return fmt.Sprintf("%.2f", x)
}

// atCommit runs the benchmarks of a commit in a worktree of its own.
func (s suite) atCommit(ctx context.Context, top, commit string) (out map[string]sample, err error) {
	dir, err := os.MkdirTemp("", "guard-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	tree := filepath.Join(dir, "tree")
	if _, err := output(ctx, top, "git", "worktree", "add", "--detach", tree, commit); err != nil {
		return nil, err
	}
	defer func() {
		_, removed := output(context.WithoutCancel(ctx), top, "git", "worktree", "remove", "--force", tree)
		err = errors.Join(err, removed)
	}()
	return s.run(ctx, tree)
}

// run runs each benchmark three times, one operation each: allocations need no more.
func (s suite) run(ctx context.Context, dir string) (map[string]sample, error) {
	args := []string{"test", "-run", "^$", "-bench", ".", "-skip", s.skip, "-benchmem", "-benchtime", "1x", "-count", "3"}
	text, err := output(ctx, dir, "go", append(args, s.packages...)...)
	if err != nil {
		return nil, err
	}
	return parse(bytes.NewReader(text))
}

func output(ctx context.Context, dir, program string, args ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, program, args...)
	command.Dir = dir
	out, err := command.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil, fmt.Errorf("%s %s: %w\n%s%s", program, strings.Join(args, " "), err, out, exit.Stderr)
	}
	return out, err
}
