// SPDX-License-Identifier: Apache-2.0

// Command vspread spreads a Cluster API cluster over the disks its ESXi hosts already have.
package main

import (
	"os"

	"github.com/vspread/vspread/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}
