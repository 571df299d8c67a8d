// SPDX-License-Identifier: Apache-2.0

package source

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// kustomization is a file that steers kustomize, parsed.
type kustomization struct {
	name, dir string
	root      *yaml.Node
}

// entries gives what a kustomization lists.
func (k kustomization) entries(lists ...string) []*yaml.Node {
	var out []*yaml.Node
	for _, list := range lists {
		out = append(out, tree.List(k.root, list)...)
	}
	return out
}

// leadsTo is the place that an entry of a kustomization names.
func (k kustomization) leadsTo(entry *yaml.Node) string { return path.Join(k.dir, entry.Value) }

// builds are the kustomizations by their directories, and the files that were read.
type builds struct {
	byDir map[string]kustomization
	steps map[string][]step
	read  map[string]bool
}

// deepest is how far kustomizations may lead to one another.
const deepest = 20

func (m *Manifests) parsedBuilds() builds {
	b := builds{map[string]kustomization{}, m.steps, m.readPlaces()}
	for file := range m.Foreign {
		b.read[file] = true
	}
	for _, file := range m.builds {
		var doc yaml.Node
		if yaml.Unmarshal(file.content, &doc) == nil && len(doc.Content) > 0 && doc.Content[0].Kind == yaml.MappingNode {
			b.byDir[path.Dir(file.place)] = kustomization{file.name, path.Dir(file.place), doc.Content[0]}
		}
	}
	return b
}

// listed gives the steps of an entry under transformers: of a file, of the files that a directory's kustomization lists, or of the
// entry itself.
func (b builds) listed(k kustomization, entry *yaml.Node, depth int) []step {
	var out []step
	file := k.leadsTo(entry)
	inner, isDir := b.byDir[file]
	switch {
	case strings.Contains(entry.Value, "\n"):
		nodes, _ := documents([]byte(entry.Value), &codec.Budget{}) // a part of what has been read
		for _, n := range nodes {
			out = append(out, stepOf(n.YNode(), ""))
		}
	case isDir && depth < deepest:
		for _, e := range inner.entries("resources") {
			out = append(out, b.listed(inner, e, depth+1)...)
		}
	case b.steps[file] != nil:
		out = slices.Clone(b.steps[file])
	case !b.read[file] || isDir:
		out = []step{{kind: unknownStep}}
	}
	for i := range out {
		out[i].at = diag.Position{Line: entry.Line, Column: entry.Column}
	}
	return out
}

// own gives the steps of a kustomization in their order: those of its components, and then its own.
func (b builds) own(k kustomization, depth int) []step {
	var out []step
	for _, e := range k.entries("components") {
		inner, isRead := b.byDir[k.leadsTo(e)]
		if !isRead || depth > deepest {
			out = append(out, step{kind: unknownStep})
			continue
		}
		for _, s := range b.own(inner, depth+1) {
			s.at = diag.Position{Line: e.Line, Column: e.Column}
			out = append(out, s)
		}
	}
	for _, e := range k.entries("transformers") {
		out = append(out, b.listed(k, e, 0)...)
	}
	return out
}

// unguarded is a ClusterSpread that kustomize may skip in silence, and the kustomization that lists it.
type unguarded struct {
	step
	in string
	// isLate tells that the guard stands before it.
	isLate bool
}

// bare gives those of a build that no guard follows, in the kustomization that lists them or in one that takes that as a base.
func (b builds) bare(k kustomization, depth int) []unguarded {
	var out []unguarded
	for _, e := range k.entries("resources", "bases") {
		if base, isRead := b.byDir[k.leadsTo(e)]; isRead && depth < deepest {
			out = append(out, b.bare(base, depth+1)...)
		}
	}
	hadGuard := false
	for _, s := range b.own(k, 0) {
		switch s.kind {
		case skippedStep:
			out = append(out, unguarded{s, k.name, hadGuard})
		case guardStep, unknownStep:
			hadGuard = hadGuard || s.kind == guardStep
			out = nil
		case harmlessStep, runStep: // neither skips vspread nor notices that it was skipped
		}
	}
	return out
}

// Guards warns of kustomizations that would give a Cluster without workers and no error: where kustomize may skip vspread with no
// guard behind it, and where a ClusterSpread is listed so that nothing runs it.
func (m *Manifests) Guards() diag.List {
	b := m.parsedBuilds()
	var diags diag.List
	// What others take as a base, a component or a directory of transformers is judged with them.
	isPart, isTransformer, runs := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, k := range b.byDir {
		for _, e := range k.entries("resources", "bases", "components", "transformers") {
			isPart[k.leadsTo(e)] = true
		}
		for _, e := range k.entries("transformers") {
			isTransformer[k.leadsTo(e)] = true
		}
		for _, s := range b.own(k, 0) {
			runs[s.file] = true
		}
	}
	said := map[unguarded]bool{}
	for _, dir := range slices.Sorted(maps.Keys(b.byDir)) {
		if isPart[dir] {
			continue
		}
		for _, u := range b.bare(b.byDir[dir], 0) {
			if !said[u] {
				said[u] = true
				diags.Append(u.warning())
			}
		}
	}
	diags.Append(m.idle(b, isTransformer, runs)...)
	return diags
}

func (u unguarded) warning() *diag.Diagnostic {
	var l diag.List
	at := diag.At(diag.Ref{File: u.in}, "")
	d := l.Warnf(diag.GuardMissing, at, "%s runs as an exec function and no guard follows it", u.name)
	d.WithHint("without --enable-exec kustomize skips it, and gives a Cluster without workers: list `guard`, as `vspread init` writes it, after it under transformers")
	if u.isLate {
		d.Message = fmt.Sprintf("the guard stands before %s, so it fails in every build", u.name)
		d.WithHint("list the guard after it")
	}
	d.Position = u.at
	return d
}

// idle warns of ClusterSpreads that kustomizations list where nothing runs them, or leave out next to their Cluster. Where
// another tool has written the workers, as kpt and `vspread render` do, or is to, that is as it should be.
func (m *Manifests) idle(b builds, isTransformer, runs map[string]bool) diag.List {
	var diags diag.List
	hasCluster := map[string]bool{}
	var spreads []*object.Object
	for _, n := range m.Items {
		o := object.New(n.YNode(), 0)
		switch {
		case o.Owner() != "":
			return nil
		case o.IsSpread() && o.Place != "" && !runs[o.Place]:
			spreads = append(spreads, o)
		case o.Group() == object.CoreGroup && o.Ref.Kind == "Cluster":
			hasCluster[o.Place] = true
		}
	}
	for _, o := range spreads {
		isSaid := false
		for _, dir := range slices.Sorted(maps.Keys(b.byDir)) {
			k := b.byDir[dir]
			for _, list := range []string{"resources", "generators", "validators"} {
				for _, e := range k.entries(list) {
					if k.leadsTo(e) != o.Place || isTransformer[dir] {
						continue
					}
					isSaid = true
					d := diags.Warnf(diag.SpreadNotRun, diag.At(diag.Ref{File: k.name}, ""), "a ClusterSpread under %s does nothing: %s", list, e.Value)
					d.WithHint("list it under transformers, and `guard` after it, as `vspread init` writes them; otherwise kustomize gives a Cluster without workers")
					d.Position = diag.Position{Line: e.Line, Column: e.Column}
				}
			}
		}
		k, isThere := b.byDir[path.Dir(o.Place)]
		if isThere && !isSaid && !m.isPackage(o.Place) && slices.ContainsFunc(k.entries("resources"), func(e *yaml.Node) bool { return hasCluster[k.leadsTo(e)] }) {
			diags.Warnf(diag.SpreadNotRun, diag.At(diag.Ref{File: k.name}, ""), "lists the Cluster and not %s, so kustomize gives a Cluster without workers", path.Base(o.Place)).
				WithHint("list it under transformers, and `guard` after it, as `vspread init` writes them")
		}
	}
	return diags
}

// isPackage tells whether a file is in a package of kpt, which runs functions by its Kptfile.
func (m *Manifests) isPackage(file string) bool {
	for dir := range directories(file) {
		if m.packages[dir] {
			return true
		}
	}
	return false
}
