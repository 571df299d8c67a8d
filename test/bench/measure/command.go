// SPDX-License-Identifier: Apache-2.0

// Package measure runs commands and says what they cost, and what their costs have in common.
package measure

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Command is a program to run.
type Command struct {
	Path  string
	Args  []string
	Dir   string // where it runs; empty: here
	Stdin string // the file that it reads; empty: nothing
}

// Cost is what one run of a command took, the processes that it started and waited for included.
type Cost struct {
	CPU  time.Duration // user and system
	Wall time.Duration
	Peak int64 // the largest resident set of one of its processes, in bytes
}

// Refusal is a command's own word that it failed.
type Refusal struct {
	Line string // the first line that it wrote to stderr
}

func (r *Refusal) Error() string { return "refused: " + r.Line }

// Run runs the command. Its output goes into the file out, or nowhere. After limit it is stopped.
//
// Neither output nor errors are kept in memory: Linux counts the size of a parent at the moment of the fork into the peak of its child.
func (c Command) Run(out string, limit time.Duration) (Cost, error) {
	if out == "" {
		out = os.DevNull
	}
	stdout, err := os.Create(out)
	if err != nil {
		return Cost{}, err
	}
	defer stdout.Close()
	stderr, err := os.CreateTemp("", "stderr-")
	if err != nil {
		return Cost{}, err
	}
	defer os.Remove(stderr.Name())
	defer stderr.Close()
	cmd := exec.Command(c.Path, c.Args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = c.Dir, stdout, stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if c.Stdin != "" {
		stdin, err := os.Open(c.Stdin)
		if err != nil {
			return Cost{}, err
		}
		defer stdin.Close()
		cmd.Stdin = stdin
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return Cost{}, err
	}
	stop := time.AfterFunc(limit, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	err = cmd.Wait()
	cost := Cost{Wall: time.Since(start)}
	if !stop.Stop() {
		return cost, fmt.Errorf("stopped after %v", limit)
	}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return cost, &Refusal{Line: firstLine(stderr, exit)}
	case err != nil:
		return cost, err
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return cost, errors.New("this system does not say what a process used")
	}
	cost.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	cost.Peak = int64(usage.Maxrss) * maxrssUnit
	return cost, nil
}

func firstLine(stderr *os.File, exit *exec.ExitError) string {
	if _, err := stderr.Seek(0, 0); err == nil {
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			if line := strings.TrimSpace(lines.Text()); line != "" {
				return line
			}
		}
	}
	return exit.String()
}
