// SPDX-License-Identifier: Apache-2.0

// Package source is where manifests come from. Paths, a stream or a revision of git go in; objects come out, each with notes on
// the file that it was read from, and a diagnostic for everything that could not be read.
//
// Files reads from disk and from a stream, OpenSide what a side of a comparison means: files, a commit or the working tree.
// Lists and ResourceLists are opened, whatever is no Kubernetes object is left out. Nothing is expanded here and nothing is
// written: what becomes of the objects is for others to say.
package source

import (
	"path"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
)

// Manifests are the objects of files, and what else is known of these files.
type Manifests struct {
	// Items are the objects in the order of the files, noted as by object.Annotate.
	Items []*yaml.RNode
	// Foreign are the places of files with something in them that is no object.
	Foreign map[string]bool
	Diags   diag.List
	// places know where in the files the objects are.
	places
	// builds are the kustomization files, which are no objects.
	builds []buildFile
	// steps are what objects of a file do where kustomize runs them, by the file's place, where that matters.
	steps map[string][]step
	// packages are the directories with a Kptfile.
	packages map[string]bool
	// configs are functionConfigs of ours in ResourceLists.
	configs []diag.Ref
	// empty are paths, as they were given, below which nothing is.
	empty []string
}

// buildFile is a file that steers kustomize.
type buildFile struct {
	name, place string
	content     []byte
}

// reader fills Manifests.
type reader struct {
	Manifests
	// strict refuses symbolic links instead of following those to files, and opens no ResourceList: what is written through
	// one would replace it, or land elsewhere.
	strict bool
	// roots are the directories that links must not lead out of.
	roots []string
	// label is put before the names of files that git has.
	label  string
	budget codec.Budget
}

// count is how much was found so far, what is wrong with it included.
func (r *reader) count() int { return len(r.Items) + len(r.builds) + len(r.Diags) }

// note remembers a path that brought nothing more than there was.
func (r *reader) note(path string, had int) {
	if r.count() == had {
		r.empty = append(r.empty, path)
	}
}

// putStep remembers what an object does where kustomize runs it.
func (m *Manifests) putStep(place string, node *yaml.Node) {
	if s := stepOf(node, place); s.kind != harmlessStep {
		if m.steps == nil {
			m.steps = map[string][]step{}
		}
		m.steps[place] = append(m.steps[place], s)
	}
}

// putPackage remembers a file that makes a directory a package of kpt.
func (m *Manifests) putPackage(place string) {
	if path.Base(place) != "Kptfile" {
		return
	}
	if m.packages == nil {
		m.packages = map[string]bool{}
	}
	m.packages[path.Dir(place)] = true
}

// readPlaces gives the files that objects were read from, and the directories that these are in.
func (m *Manifests) readPlaces() map[string]bool {
	out := map[string]bool{}
	for _, n := range m.Items {
		for p := object.New(n.YNode(), 0).Place; p != "" && !out[p]; p = path.Dir(p) {
			out[p] = true
		}
	}
	return out
}
