// SPDX-License-Identifier: Apache-2.0

package source

import (
	"path"
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// harmless are the fields of a kustomization that change no object, or only pass objects on.
var harmless = []string{"apiVersion", "kind", "metadata", "resources", "configurations", "sortOptions", "buildMetadata", "openapi", "transformers"}

// listings are what kustomizations list, by their directories.
type listings map[string]map[string]bool

// Unlisted gives those of the files in a directory that its kustomization, if it has one, does not lead to: who applies the
// directory by kustomize, as Flux does, leaves them out.
func (m *Manifests) Unlisted(files []string) []string {
	all := listings{}
	for _, b := range m.builds {
		var doc yaml.Node
		if yaml.Unmarshal(b.content, &doc) != nil || len(doc.Content) == 0 {
			continue
		}
		dir := path.Dir(b.place)
		all[dir] = map[string]bool{}
		for _, list := range []string{"resources", "bases", "components"} {
			for _, entry := range tree.List(doc.Content[0], list) {
				all[dir][path.Join(dir, entry.Value)] = true
			}
		}
	}
	if all["."] == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(files), func(file string) bool { return all.leads(".", file) })
}

// leads tells whether the kustomization of a directory leads to a file in it.
func (l listings) leads(dir, file string) bool {
	for p := file; p != dir && p != "."; p = path.Dir(p) {
		if l[dir][p] && (p == file || l[p] == nil || l.leads(p, file)) {
			return true
		}
	}
	return false
}

// Kustomizations warns of those that do more than list resources, since what they do is neither in a plan nor in what is rendered, and
// of those that may not run vspread.
func (m *Manifests) Kustomizations() diag.List {
	var diags diag.List
	places := sync.OnceValue(m.readPlaces)
	for _, b := range m.builds {
		var doc yaml.Node
		if yaml.Unmarshal(b.content, &doc) != nil || len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
			continue // reported as no YAML
		}
		root := doc.Content[0]
		var does []string
		var first *yaml.Node
		note := func(what string, at *yaml.Node) {
			if len(does) == 0 {
				first = at
			}
			does = append(does, what)
		}
		for i := 0; i+1 < len(root.Content); i += 2 {
			if key := root.Content[i].Value; !slices.Contains(harmless, key) {
				note(key, root.Content[i])
			}
		}
		for _, list := range []string{"resources", "transformers"} {
			for _, entry := range tree.List(root, list) {
				outside := strings.HasPrefix(entry.Value, "..") && !places()[path.Join(path.Dir(b.place), entry.Value)]
				if outside || strings.Contains(entry.Value, "://") || strings.Contains(entry.Value, "\n") || strings.HasPrefix(entry.Value, "github.com/") {
					line, _, _ := strings.Cut(entry.Value, "\n")
					note(list+": "+line, entry)
				}
			}
		}
		if len(does) > 0 {
			d := diags.Warnf(diag.KustomizationNotRun, diag.At(diag.Ref{File: b.name}, ""), "does more than list files (%s), and vspread does not run kustomize", diag.Choices(does))
			d.Position = diag.Position{Line: first.Line, Column: first.Column}
			d.WithHint("let kustomize run vspread, and compare what comes out: `kustomize build` each side into a file, and `vspread plan --from FILE --to FILE`")
		}
	}
	return append(diags, m.Guards()...)
}
