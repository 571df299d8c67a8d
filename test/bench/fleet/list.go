// SPDX-License-Identifier: Apache-2.0

package fleet

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// WriteList writes the fleet's sources in a directory as the ResourceList that a host of KRM functions gives to a function.
func (f Fleet) WriteList(dir, path string) error {
	return writeFile(path, func(w *bufio.Writer) error {
		fmt.Fprint(w, "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n")
		for _, name := range []string{spreadFile, inventoryFile, clustersFile} {
			if err := writeItems(w, filepath.Join(dir, name)); err != nil {
				return err
			}
		}
		return nil
	})
}

// writeItems writes the documents of a file as entries of a list.
func writeItems(w *bufio.Writer, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	isFirst := true
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		switch line := lines.Text(); {
		case line == "---":
			isFirst = true
		case isFirst:
			fmt.Fprintf(w, "- %s\n", line)
			isFirst = false
		default:
			fmt.Fprintf(w, "  %s\n", line)
		}
	}
	return lines.Err()
}

// WriteKustomization writes a kustomization of the fleet with its rendered output, which lies in the file rendered.yaml there, and
// with a program that is run as an exec function.
func (f Fleet) WriteKustomization(dir, program string) error {
	return writeFiles(dir, map[string]func(io.Writer){
		inventoryFile: f.inventory,
		spreadFile:    func(w io.Writer) { f.spread(w, program) },
		"kustomization.yaml": func(w io.Writer) {
			fmt.Fprintf(w, "resources:\n- rendered.yaml\n- %s\ntransformers:\n- %s\n", inventoryFile, spreadFile)
		},
	})
}
