// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vspread/vspread/inventory"
	"github.com/vspread/vspread/inventory/vcenter"
)

// serve starts the program and gives the lines that it prints, and how to end it.
func serve(t *testing.T, args ...string) (lines *bufio.Scanner, env map[string]string, end func()) {
	t.Helper()
	ctx, interrupt := context.WithCancel(context.Background())
	out, in := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- run(ctx, append([]string{"-listen", "127.0.0.1:0"}, args...), in, io.Discard) }()
	env = map[string]string{}
	for lines = bufio.NewScanner(out); len(env) < 4 && lines.Scan(); {
		name, value, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "export "), "=")
		env[name] = strings.Trim(value, "'")
	}
	return lines, env, func() {
		t.Helper()
		interrupt()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(env["GOVC_TLS_CA_CERTS"]); err == nil {
			t.Error("the certificate's file is left behind")
		}
	}
}

// read gives the names of hosts and local datastores.
func read(t *testing.T, env map[string]string) string {
	t.Helper()
	ctx := context.Background()
	o, err := vcenter.FromEnvironment(func(name string) string { return env[name] }, os.ReadFile)
	if err != nil {
		t.Fatal(err)
	}
	s, err := vcenter.Connect(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	reading, err := s.Collect(ctx, vcenter.Scope{}, inventory.Inventory{}, nil)
	inv := reading.Seen
	if err != nil || len(inv.Gaps) > 0 {
		t.Error(inv.Gaps, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	names := inv.HostNames()
	for _, d := range inv.Locals() {
		names = append(names, d.Name)
	}
	return strings.ReplaceAll(strings.Join(names, " "), ".lab.local", "")
}

// TestRun does what a person does: starts it, takes the variables, reads the inventory, and interrupts it.
func TestRun(t *testing.T) {
	_, env, end := serve(t)
	defer end()
	if got, want := read(t, env), "esxi01 esxi02 esxi03 datastore00 datastore01 datastore02"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestCommands changes the lab while it is served.
func TestCommands(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "commands")
	if err := exec.Command("mkfifo", pipe).Run(); err != nil {
		t.Skip(err)
	}
	lines, env, end := serve(t, "-commands", pipe)
	defer end()
	if got, want := read(t, env), "esxi01 esxi02 esxi03 datastore00 datastore01 datastore02"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, c := range []struct{ command, said, want string }{
		{"join esxi04.lab.local", "# esxi04.lab.local joined", "esxi01 esxi02 esxi03 esxi04 datastore00 datastore01 datastore02 datastore03"},
		{"jump\nlose nobody\n\n lose  esxi02.lab.local ", "# esxi02.lab.local is lost", "esxi01 esxi03 esxi04 datastore00 datastore02 datastore03"},
	} {
		if err := os.WriteFile(pipe, []byte(c.command+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if !lines.Scan() || lines.Text() != c.said {
			t.Errorf("%q, want %q", lines.Text(), c.said)
		}
		if got := read(t, env); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

func TestWrongFlags(t *testing.T) {
	for _, args := range [][]string{{"foo", "-listen", "127.0.0.1:0"}, {"-hosts", "-4"}, {"-listen", "127.0.0.1:0", "-commands", "/nonexistent"}} {
		if err := run(context.Background(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%q is no error", args)
		}
	}
}
