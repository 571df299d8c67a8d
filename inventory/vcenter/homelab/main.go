// SPDX-License-Identifier: Apache-2.0

// Homelab serves a vCenter to try vspread and govc on: the home lab of the documentation, simulated.
//
//	go run ./inventory/vcenter/homelab -listen 127.0.0.1:8989
//
// It prints the variables of govc for a shell, and serves until it is interrupted. With -commands it reads, a line each,
//
//	join esxi04.lab.local
//	lose esxi02.lab.local
//
// so that there is something to refresh.
package main

import (
	"bufio"
	"context"
	"errors"
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
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "homelab:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("homelab", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen := flags.String("listen", "127.0.0.1:8989", "address to serve on; port 0 is any free one")
	hosts := flags.Int("hosts", 0, "a fleet of so many hosts instead of the home lab")
	commands := flags.String("commands", "", `a file, named pipe or /dev/stdin to read "join HOST" and "lose HOST" from; `+simulated.Spare+" is there to join")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%q is no flag: see -help", flags.Arg(0))
	}
	if *hosts < 0 {
		return fmt.Errorf("-hosts is %d: a fleet has at least one host, and 0 is the home lab", *hosts)
	}
	// The simulator logs what it does not implement.
	log.SetOutput(io.Discard)

	dir, err := os.MkdirTemp("", "vspread-homelab-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a certificate in a temporary directory does no harm
	options := simulated.Options{Listen: *listen}
	switch {
	case *hosts > 0:
		options.Build = simulated.Fleet(*hosts)
	case *commands != "":
		options.Build = simulated.HomeLabWithSpare
	}
	lab, err := simulated.Start(options)
	if err != nil {
		return err
	}
	defer lab.Close()
	if *commands != "" && *hosts == 0 {
		if err := lab.Lose(simulated.Spare); err != nil {
			return err
		}
	}
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
	if *commands != "" {
		failed := make(chan error, 1)
		go func() {
			if err := obey(lab, *commands, stdout, stderr); err != nil {
				failed <- err
			}
		}()
		select {
		case err := <-failed:
			return err
		case <-ctx.Done():
		}
	}
	<-ctx.Done()
	return nil
}

// obey does what the lines of a file say. A named pipe is opened again for whoever writes next.
func obey(lab *simulated.Lab, name string, stdout, stderr io.Writer) error {
	for {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		info, err := f.Stat()
		if err != nil {
			return err
		}
		for lines := bufio.NewScanner(f); lines.Scan(); {
			verb, host, _ := strings.Cut(strings.TrimSpace(lines.Text()), " ")
			do, done := lab.Join, "joined"
			switch verb {
			case "":
				continue
			case "join":
			case "lose":
				do, done = lab.Lose, "is lost"
			default:
				fmt.Fprintf(stderr, "homelab: no command %q: there are \"join HOST\" and \"lose HOST\"\n", verb)
				continue
			}
			if err := do(strings.TrimSpace(host)); err != nil {
				fmt.Fprintln(stderr, "homelab:", err)
				continue
			}
			// A comment for the shell that reads the variables.
			fmt.Fprintf(stdout, "# %s %s\n", strings.TrimSpace(host), done)
		}
		if err := f.Close(); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
			return err
		}
	}
}
