// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn"
	"github.com/vspread/vspread/internal/diag"
)

// source reads objects from files and directories.
type source struct {
	stdin Streams
	// skip is a directory not to enter, the output's.
	skip  string
	bytes int
	items []*yaml.RNode
	diags diag.List
}

// read takes paths in their order; "-" is standard input. Objects are annotated with their path,
// relative to the directory that was named, and their index in the file.
func (r *source) read(paths []string) error {
	for _, p := range paths {
		if p == "-" {
			in, err := readAll(r.stdin.In)
			if err != nil {
				return err
			}
			r.add(in, "")
			continue
		}
		info, err := os.Stat(p)
		if err != nil {
			return err
		}
		if !info.IsDir() {
			if err := r.file(p, filepath.Base(p)); err != nil {
				return err
			}
			continue
		}
		if err := r.directory(p); err != nil {
			return err
		}
	}
	return nil
}

func (r *source) directory(dir string) error {
	return filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if p != dir && (strings.HasPrefix(d.Name(), ".") || sameDirectory(p, r.skip)) {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || !isYAML(d.Name()) {
			return nil
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		return r.file(p, filepath.ToSlash(rel))
	})
}

func isYAML(name string) bool {
	return !strings.HasPrefix(name, ".") && slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(name))
}

func sameDirectory(a, b string) bool {
	if b == "" {
		return false
	}
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

func (r *source) file(p, name string) error {
	f, err := os.Open(p)
	if err != nil {
		return err
	}
	defer f.Close()
	in, err := readAll(f)
	if err != nil {
		return fmt.Errorf("read %s: %w", p, err)
	}
	r.add(in, name)
	return nil
}

// add parses one file. What is no Kubernetes object (values, patches) is passed over.
func (r *source) add(in []byte, name string) {
	if r.bytes += len(in); r.bytes > fn.MaxInput {
		fn.TooLarge(&r.diags, name)
		return
	}
	reader := kio.ByteReader{
		Reader:            bytes.NewReader(in),
		DisableUnwrapping: true,
		PreserveSeqIndent: true,
		WrapBareSeqNode:   true,
	}
	if name != "" {
		reader.SetAnnotations = map[string]string{kioutil.PathAnnotation: name}
	}
	nodes, err := reader.Read()
	if err != nil {
		d := r.diags.Errorf(diag.InvalidYAML, diag.At(diag.Ref{File: name}, ""), "is not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
		if bytes.Contains(in, []byte("{{")) {
			d.WithHint("it looks like a template; render it first, for example with `helm template`")
		}
		return
	}
	for _, n := range nodes {
		if n.GetApiVersion() == "" || n.GetKind() == "" || isBuildFile(n) {
			continue
		}
		r.items = append(r.items, n)
	}
}

// isBuildFile recognises what steers kustomize and kpt and is no object of the package.
func isBuildFile(n *yaml.RNode) bool {
	group, _, _ := strings.Cut(n.GetApiVersion(), "/")
	return group == "kustomize.config.k8s.io" || group == "kpt.dev" || n.GetApiVersion() == "builtin"
}
