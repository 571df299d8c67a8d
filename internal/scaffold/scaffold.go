// SPDX-License-Identifier: Apache-2.0

// Package scaffold is what a new repository consists of: values go in, files come out.
//
// The manifests of a cluster and an inventory are the start (OnlyCluster, WithoutSecrets, Manifests, SharedDatastore); Workers says
// what becomes of the MachineDeployments that are there. Files then gives what else a repository needs, for one tool and one
// forge: the ClusterSpread, the kustomization with its guard or the Kptfile, the workflow. Who is asked, and whether a file may
// be written, is not decided here.
package scaffold

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"text/template"

	"github.com/vspread/vspread/internal/codec"
)

//go:embed templates
var templates embed.FS

// Values are what a repository is made for.
type Values struct {
	// Cluster and Inventory are names.
	Cluster, Inventory string
	// Tool runs vspread: one of Tools. CI is where pull requests are planned: one of Forges.
	Tool, CI string
	// Path is where the manifests are from the root of the git repository, and "." at the root itself.
	Path string
	// Version is what CI installs, Ref where the repository of vspread has it.
	Version, Ref string
	// Pools says what the worker group starts with.
	Pools Pools
	// Spread is the file of a ClusterSpread that is there already, or "".
	Spread string
	// Shared is the only datastore for volumes, or "".
	Shared string
	// Resources are the files with manifests, the inventory's last.
	Resources []string
}

// Tools are what may run vspread.
func Tools() []string { return []string{"kustomize", "kpt", "render"} }

// Forges are where a workflow may run; none is none.
func Forges() []string { return []string{"github", "gitlab", "none"} }

// Files gives the files by their paths from the directory with the manifests; a workflow is at the root of the repository, which
// may lie above it.
func Files(v Values) (map[string][]byte, error) {
	files := map[string][]byte{}
	render := map[string]string{}
	if v.Spread == "" {
		render[v.SpreadFile()] = "spread.yaml.tmpl"
	}
	switch v.Tool {
	case "kustomize":
		render["kustomization.yaml"] = "kustomization.yaml.tmpl"
		for from, to := range map[string]string{
			"guard.yaml": "guard/guard.yaml", "guard-kustomization.yaml": "guard/kustomization.yaml", "references.yaml": "references.yaml",
		} {
			content, err := templates.ReadFile("templates/" + from)
			if err != nil {
				return nil, err
			}
			files[to] = content
		}
	case "kpt":
		render["Kptfile"] = "Kptfile.tmpl"
		files[".krmignore"] = []byte("# What is no package of Kubernetes objects.\n.*\n!.krmignore\nrendered\n")
	}
	switch v.CI {
	case "github":
		render[v.toRoot()+".github/workflows/"+v.Slug()+".yaml"] = "github.yaml.tmpl"
	case "gitlab":
		render[v.toRoot()+".gitlab-ci.yml"] = "gitlab.yaml.tmpl"
	}
	for file, name := range render {
		t, err := template.New(name).Funcs(template.FuncMap{"yaml": quoted}).ParseFS(templates, "templates/"+name)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		if err := t.Execute(&b, v); err != nil {
			return nil, err
		}
		files[file] = b.Bytes()
	}
	return files, nil
}

// quoted writes a name on one line so that YAML reads a string, also within braces: clusters and inventories may be called 123.
func quoted(name string) (string, error) {
	text := strings.TrimSuffix(codec.Text(codec.String(name)), "\n")
	if plain().MatchString(text) || text != name && !strings.Contains(text, "\n") {
		return text, nil // it needs no quotes, or has some
	}
	var b strings.Builder
	e := json.NewEncoder(&b) // JSON is YAML
	e.SetEscapeHTML(false)
	err := e.Encode(name)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// plain is what means nothing to YAML, wherever it stands.
var plain = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\pL\pN_./ ()+=@~-]+$`) })

// SpreadFile is the file with the ClusterSpread.
func (v Values) SpreadFile() string { return cmp.Or(v.Spread, "spread.yaml") }

// Function tells whether the ClusterSpread says how to run vspread.
func (v Values) Function() bool { return v.Tool == "kustomize" }

// InPlace tells that what is rendered is kept among the sources.
func (v Values) InPlace() bool { return v.Tool == "kpt" }

// toRoot is the way from the manifests to the root of the repository.
func (v Values) toRoot() string {
	if v.Path == "." {
		return ""
	}
	return strings.Repeat("../", strings.Count(v.Path, "/")+1)
}

// Sources is the directory with the manifests, from the root of the repository, for a script.
func (v Values) Sources() string {
	if strings.HasPrefix(v.Path, "-") {
		return "./" + v.Path // which is no flag
	}
	return v.Path
}

// Rendered is the directory for what is rendered, from the root of the repository.
func (v Values) Rendered() string {
	if v.Path == "." {
		return "rendered"
	}
	return v.Sources() + "/rendered"
}

var notInName = regexp.MustCompile(`[^A-Za-z0-9._]+`)

// longestSlug keeps the name of the workflow's file one that file systems take.
const longestSlug = 100

// Slug is a name for the workflow, one for each directory of a repository. What cannot be told from the path's letters is told by a
// hash of it.
func (v Values) Slug() string {
	if v.Path == "." {
		return "vspread"
	}
	slug := strings.Trim(notInName.ReplaceAllString(v.Path, "-"), "-")
	if slug != strings.NewReplacer("/", "-").Replace(v.Path) || len(slug) > longestSlug {
		sum := sha256.Sum256([]byte(v.Path))
		slug = strings.TrimPrefix(fmt.Sprintf("%.*s-%x", longestSlug, slug, sum[:4]), "-")
	}
	return "vspread-" + slug
}
