// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// harmless are the fields of a kustomization that change no object, or only pass objects on.
var harmless = []string{"apiVersion", "kind", "metadata", "resources", "configurations", "sortOptions", "buildMetadata", "openapi", "transformers"}

// has tells whether what a kustomization lists was read, be it a file or a directory.
func (r *source) has(kustomization, entry string) bool {
	file := func(name string) string { return strings.TrimPrefix(name, r.label) }
	listed := path.Join(path.Dir(file(kustomization)), entry)
	return slices.ContainsFunc(r.items, func(n *yaml.RNode) bool {
		f := file(object.New(n.YNode(), 0).Ref.File)
		return f == listed || strings.HasPrefix(f, listed+"/")
	})
}

// unlisted gives those of the files in a directory that its kustomization, if it has one, does not lead to: who applies the
// directory by kustomize, as Flux does, leaves them out.
func (r *source) unlisted(files []string) []string {
	lists := map[string][]string{}
	for _, b := range r.builds {
		var doc yaml.Node
		if yaml.Unmarshal(b.content, &doc) != nil || len(doc.Content) == 0 {
			continue
		}
		dir := path.Dir(r.placeOf(b.name))
		lists[dir] = []string{}
		for _, entry := range tree.List(doc.Content[0], "resources") {
			lists[dir] = append(lists[dir], path.Join(dir, entry.Value))
		}
	}
	if lists["."] == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(files), func(file string) bool { return isListed(lists, ".", file) })
}

func isListed(lists map[string][]string, dir, file string) bool {
	return slices.ContainsFunc(lists[dir], func(entry string) bool {
		isInside := strings.HasPrefix(entry, dir+"/") || dir == "." && entry != "."
		return entry == file || isInside && strings.HasPrefix(file, entry+"/") && (lists[entry] == nil || isListed(lists, entry, file))
	})
}

// kustomizations warns of those that do more than list resources: what they do is neither in a plan nor in what is rendered.
func (r *source) kustomizations() diag.List {
	var diags diag.List
	for _, b := range r.builds {
		var doc yaml.Node
		if yaml.Unmarshal(b.content, &doc) != nil || len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
			continue // reported as no YAML
		}
		root := doc.Content[0]
		var does []string
		for i := 0; i+1 < len(root.Content); i += 2 {
			if key := root.Content[i].Value; !slices.Contains(harmless, key) {
				does = append(does, key)
			}
		}
		for _, list := range []string{"resources", "transformers"} {
			for _, entry := range tree.List(root, list) {
				outside := strings.HasPrefix(entry.Value, "..") && !r.has(b.name, entry.Value)
				if outside || strings.Contains(entry.Value, "://") || strings.Contains(entry.Value, "\n") || strings.HasPrefix(entry.Value, "github.com/") {
					line, _, _ := strings.Cut(entry.Value, "\n")
					does = append(does, list+": "+line)
				}
			}
		}
		if len(does) > 0 {
			diags.Warnf(diag.KustomizationNotRun, diag.At(diag.Ref{File: b.name}, ""), "does more than list files (%s), and vspread does not run kustomize", diag.Choices(does)).
				WithHint("let kustomize run vspread, and compare what comes out: `kustomize build` each side into a file, and `vspread plan --from FILE --to FILE`")
		}
	}
	return diags
}
