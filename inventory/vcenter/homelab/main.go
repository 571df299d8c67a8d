// SPDX-License-Identifier: Apache-2.0

// Homelab serves a vCenter to try vspread and govc on: the home lab of the documentation, simulated.
//
//	go run ./inventory/vcenter/homelab -listen 127.0.0.1:8989
//
// It prints the variables of govc for a shell, and serves until it is interrupted.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/vspread/vspread/inventory/vcenter/simulated"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "homelab:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("homelab", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen := flags.String("listen", "127.0.0.1:8989", "address to serve on; port 0 is any free one")
	hosts := flags.Int("hosts", 0, "a fleet of so many hosts instead of the home lab")
	if err := flags.Parse(args); err != nil {
		return err
	}
	// The simulator logs what it does not implement.
	log.SetOutput(io.Discard)

	dir, err := os.MkdirTemp("", "vspread-homelab-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a certificate in a temporary directory does no harm
	options := simulated.Options{Listen: *listen}
	if *hosts > 0 {
		options.Build = simulated.Fleet(*hosts)
	}
	lab, err := simulated.Start(options)
	if err != nil {
		return err
	}
	defer lab.Close()
	certificate := filepath.Join(dir, "vcenter.pem")
	if err := os.WriteFile(certificate, lab.Certificate(), 0o600); err != nil {
		return err
	}
	for _, v := range [][2]string{
		{"GOVC_URL", "https://" + lab.URL.Host},
		{"GOVC_USERNAME", simulated.Username},
		{"GOVC_PASSWORD", simulated.Password},
		{"GOVC_TLS_CA_CERTS", certificate},
	} {
		if _, err := fmt.Fprintf(stdout, "export %s='%s'\n", v[0], strings.ReplaceAll(v[1], "'", `'\''`)); err != nil {
			return err
		}
	}
	<-ctx.Done()
	return nil
}
