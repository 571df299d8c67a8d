// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/vspread/vspread/inventory/vcenter"
)

// TestRun does what a person does: starts it, takes the variables, reads the inventory, and interrupts it.
func TestRun(t *testing.T) {
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	out, in := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- run(ctx, []string{"-listen", "127.0.0.1:0"}, in, io.Discard) }()

	env := map[string]string{}
	for lines := bufio.NewScanner(out); len(env) < 4 && lines.Scan(); {
		name, value, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "export "), "=")
		env[name] = strings.Trim(value, "'")
	}
	o, err := vcenter.FromEnvironment(func(name string) string { return env[name] }, os.ReadFile)
	if err != nil {
		t.Fatal(err)
	}
	s, err := vcenter.Connect(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	inv, err := s.Collect(ctx, vcenter.Scope{}, nil)
	if err != nil || len(inv.Hosts) != 3 {
		t.Errorf("%d hosts, %v", len(inv.Hosts), err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	interrupt()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(env["GOVC_TLS_CA_CERTS"]); err == nil {
		t.Error("the certificate's file is left behind")
	}
}
