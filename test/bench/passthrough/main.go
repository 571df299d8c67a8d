// SPDX-License-Identifier: Apache-2.0

// Command passthrough is the smallest KRM function that can be written with kyaml: it reads a ResourceList with kio.ByteReader,
// writes it with kio.ByteWriter, and does nothing else.
package main

import (
	"fmt"
	"os"

	"sigs.k8s.io/kustomize/kyaml/kio"
)

func main() {
	list := &kio.ByteReadWriter{Reader: os.Stdin, Writer: os.Stdout}
	if err := (kio.Pipeline{Inputs: []kio.Reader{list}, Outputs: []kio.Writer{list}}).Execute(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
