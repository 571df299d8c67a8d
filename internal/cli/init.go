// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"github.com/spf13/cobra"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

//go:embed scaffold
var scaffold embed.FS

type initOptions struct {
	directory, inventory, tool, ci string
	workers                        workerChoice
	replicas                       int
}

func newInit(s Streams) *cobra.Command {
	var o initOptions
	c := &cobra.Command{
		Use:   "init PATH...",
		Short: "Write what else a repository needs, from an inventory and a Cluster",
		Long: `init reads the manifests of a cluster ("-" is stdin, for clusterctl's output) and an inventory, and writes
into a directory: the manifests, a ClusterSpread, the kustomization with its guard or the Kptfile. The workflow that plans
and checks in CI goes where the forge reads it, at the root of the git repository that the directory is in. init overwrites
nothing.

The cluster's MachineDeployment, if it has one, is what the pools are copied from (--seed NAME), or runs
already and becomes one of them, and the others copies of it (--adopt NAME), or stays beside them (--exclude); on
a terminal init asks.`,
		Example: `  clusterctl generate cluster apple --kubernetes-version v1.35.4 | vspread init - -C clusters/apple
  vspread init cluster.yaml --for kpt --replicas 5
  vspread init running.yaml --adopt apple-md-0 --ci gitlab`,
		RunE: func(c *cobra.Command, paths []string) error {
			if len(paths) == 0 {
				return usagef(c, "name the cluster's manifests, or - for stdin")
			}
			return o.run(c, s, paths)
		},
	}
	f := c.Flags()
	f.StringVarP(&o.directory, "directory", "C", ".", "the directory to write into")
	f.StringVarP(&o.inventory, "file", "f", "inventory.yaml", "the inventory's file; it is copied into the directory when it lies elsewhere")
	f.StringVar(&o.tool, "for", "kustomize", "kustomize, kpt or render: which tool will run vspread")
	f.StringVar(&o.ci, "ci", "github", "github, gitlab or none: the workflow to write")
	f.StringVar(&o.workers.seed, "seed", "", "the MachineDeployment that the pools are copied from")
	f.StringVar(&o.workers.adopt, "adopt", "", "the running MachineDeployment that becomes one of the pools, the others being copies of it")
	f.BoolVar(&o.workers.exclude, "exclude", false, "keep the cluster's MachineDeployments running beside the pools")
	f.IntVar(&o.replicas, "replicas", -1, "the number of workers; the default is that of the seed, else 3")
	f.Lookup("replicas").DefValue = "0" // which help does not show: the default depends
	return c
}

// plan is what init writes, file by file.
type plan struct {
	Cluster, Inventory, Seed string
	// Path is where the manifests are from the root of the git repository, and "." at the root itself.
	Path string
	// InNoRepository tells that no git repository was found, so that the directory counts as the root of one.
	InNoRepository bool
	// Version is what CI installs, Ref where the repository of vspread has it.
	Version, Ref string
	// Replicas is negative where the seed's number counts.
	Replicas int
	Function bool
	// Shared is the only datastore for volumes, or "".
	Shared string
	// Adopted is the pool that the seed becomes, if it is one.
	Adopted   *adoptedPool
	Resources []string
	// InPlace tells that what comes out is kept among the sources.
	InPlace bool
	// files are by their path from the directory; the workflow may lie above it.
	files map[string][]byte
	// toAdd is what a file that was there before needs besides, by the file.
	toAdd map[string][]byte
}

func (o initOptions) run(c *cobra.Command, s Streams, paths []string) error {
	if !slices.Contains([]string{"kustomize", "kpt", "render"}, o.tool) {
		return usagef(c, "--for is kustomize, kpt or render, not %q", o.tool)
	}
	if !slices.Contains([]string{"github", "gitlab", "none"}, o.ci) {
		return usagef(c, "--ci is github, gitlab or none, not %q", o.ci)
	}
	if w := o.workers; w.seed != "" && w.adopt != "" || w.seed+w.adopt != "" && w.exclude {
		return usagef(c, "--seed, --adopt and --exclude exclude each other")
	}
	if c.Flags().Changed("replicas") && (o.replicas < 0 || o.replicas > v1alpha1.MaxReplicas) {
		return usagef(c, "--replicas is a number from 0 to %d, not %d", v1alpha1.MaxReplicas, o.replicas)
	}
	input := source{stdin: s}
	if err := input.read(paths); err != nil {
		return err
	}
	inv, diags, err := openFlagged(o.inventory)
	if err != nil {
		return err
	}
	diags = append(input.diags, diags...)
	cluster := onlyCluster(input.items, &diags)
	if diags.HasErrors() {
		return report(s, diags)
	}
	p := plan{Cluster: cluster.Ref.Name, Inventory: inv.config.GetName(), Replicas: o.replicas, Function: o.tool == "kustomize", InPlace: o.tool == "kpt", files: map[string][]byte{}, toAdd: map[string][]byte{}}
	p.Version, p.Ref = releaseVersion()
	root, err := p.locate(c, o)
	if err != nil {
		return err
	}
	if err := o.workers.choose(c, s, &p, input.items, cluster, &inv.inventory); err != nil {
		return err
	}
	if p.Seed == "" && p.Replicas < 0 {
		p.Replicas = 3
	}
	p.Shared = onlyShared(&inv.inventory)
	input.items = withoutSecrets(input.items, &diags)
	if err := report(s, diags); err != nil {
		return err
	}
	if err := o.collect(&p, input.items, inv, root); err != nil {
		return err
	}
	return o.write(s, p)
}

func onlyCluster(items []*yaml.RNode, diags *diag.List) *object.Object {
	var all []*object.Object
	for i, n := range items {
		all = append(all, object.New(n.YNode(), i))
	}
	clusters := object.NewSet(all).Clusters()
	if len(clusters) == 1 {
		return clusters[0]
	}
	code := diag.NoCluster
	if len(clusters) > 1 {
		code = diag.AmbiguousCluster
	}
	diags.Errorf(code, diag.Where{}, "there are %d Clusters in the input", len(clusters)).
		WithHint("give init the manifests of one cluster")
	return &object.Object{}
}

// collect makes the content of all files.
func (o initOptions) collect(p *plan, items []*yaml.RNode, inv *inventoryFile, root string) error {
	byFile := map[string][]*yaml.RNode{}
	for _, n := range items {
		if object.New(n.YNode(), 0).IsInventory() || tree.String(n.YNode(), "kind") == "ClusterSpread" {
			continue
		}
		file := object.New(n.YNode(), 0).Place
		if file == "" || isMadeByInit(file) {
			file = "cluster.yaml"
		}
		if !slices.Contains(p.Resources, file) {
			p.Resources = append(p.Resources, file)
		}
		byFile[file] = append(byFile[file], n)
	}
	for file, nodes := range byFile {
		p.files[file] = document(nodes)
	}
	p.files["inventory.yaml"] = document(inv.nodes)
	p.Resources = append(p.Resources, "inventory.yaml")

	render := map[string]string{"spread.yaml": "spread.yaml.tmpl"}
	switch o.tool {
	case "kustomize":
		render["kustomization.yaml"] = "kustomization.yaml.tmpl"
		for from, to := range map[string]string{
			"guard.yaml": "guard/guard.yaml", "guard-kustomization.yaml": "guard/kustomization.yaml", "references.yaml": "references.yaml",
		} {
			content, err := scaffold.ReadFile("scaffold/" + from)
			if err != nil {
				return err
			}
			p.files[to] = content
		}
	case "kpt":
		render["Kptfile"] = "Kptfile.tmpl"
		p.files[".krmignore"] = []byte("# What is no package of Kubernetes objects.\n.*\n!.krmignore\nrendered\n")
	}
	switch o.ci {
	case "github":
		render[root+".github/workflows/"+p.Slug()+".yaml"] = "github.yaml.tmpl"
	case "gitlab":
		render[root+".gitlab-ci.yml"] = "gitlab.yaml.tmpl"
	}
	for file, name := range render {
		t, err := template.New(name).Funcs(template.FuncMap{"yaml": quoted}).ParseFS(scaffold, "scaffold/"+name)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		if err := t.Execute(&b, p); err != nil {
			return err
		}
		p.files[file] = b.Bytes()
	}
	return nil
}

// isMadeByInit tells whether a file's name is for what init writes itself, whatever the tool is.
func isMadeByInit(file string) bool {
	return slices.Contains([]string{"spread.yaml", "inventory.yaml", "kustomization.yaml", "references.yaml", "guard", "rendered"}, strings.Split(file, "/")[0])
}

// quoted writes a name so that YAML reads a string: clusters and inventories may be called 123.
func quoted(name string) string { return strings.TrimSuffix(codec.Text(codec.String(name)), "\n") }

// write puts the files there, none when one is in the way, and says what to do next.
func (o initOptions) write(s Streams, p plan) error {
	var names, inTheWay []string
	for name := range p.files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		old, err := os.ReadFile(filepath.Join(o.directory, filepath.FromSlash(name)))
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return err
		case bytes.Equal(old, p.files[name]) || o.isOriginal(name):
		case filepath.Base(name) == ".gitlab-ci.yml": // there is one for the whole repository, and it is the user's
			if _, entry, _ := bytes.Cut(p.files[name], []byte("include:\n")); !bytes.Contains(old, entry) {
				p.toAdd[name] = entry
			}
		default:
			inTheWay = append(inTheWay, name)
		}
	}
	if len(inTheWay) > 0 {
		var diags diag.List
		diags.Errorf(diag.ObjectInTheWay, diag.Where{}, "%s %s in %s, and init overwrites nothing", strings.Join(inTheWay, ", "), diag.Form(len(inTheWay), "exists", "exist"), o.directory).
			WithHint("choose another directory with -C, or delete them")
		return report(s, diags)
	}
	for _, name := range names {
		target := filepath.Join(o.directory, filepath.FromSlash(name))
		if _, err := os.Stat(target); err == nil {
			continue
		}
		if err := replaceFile(target, p.files[name]); err != nil {
			return err
		}
		fmt.Fprintf(s.Out, "created %s\n", filepath.Join(o.directory, name))
	}
	if p.InNoRepository && o.ci != "none" && filepath.Clean(o.directory) != "." {
		fmt.Fprintf(s.Out, "\n%s is in no git repository yet, so the workflow was made for one whose root it is. If the root is to be above it, delete what was "+
			"created, run `git init` there, and then init again: a forge reads workflows at the root only.\n", o.directory)
	}
	for name, entry := range p.toAdd {
		fmt.Fprintf(s.Out, "\nAdd to %s, under include:\n%s", filepath.Join(o.directory, name), entry)
	}
	if !sameDirectory(filepath.Join(o.directory, "inventory.yaml"), o.inventory) {
		fmt.Fprintf(s.Out, "\nThe inventory is a copy. From now on: vspread inventory refresh -f %s\n", filepath.Join(o.directory, "inventory.yaml"))
	}
	written := source{stdin: s}
	if err := written.read([]string{o.directory}); err != nil {
		return err
	}
	diags := written.transform().Diags
	if diags.HasErrors() {
		fmt.Fprintln(s.Out, "\nNext: mend what is reported as an error, then `vspread validate "+o.directory+"`")
		return report(s, diags)
	}
	rendered := "vspread render " + o.directory + " -o " + filepath.Join(o.directory, "rendered")
	fmt.Fprintf(s.Out, "\nNext: %s\n", map[string]string{
		"kustomize": "kustomize build --enable-alpha-plugins --enable-exec " + o.directory,
		"kpt":       "kpt fn render --allow-exec " + o.directory,
		"render":    rendered,
	}[o.tool])
	if o.tool == "kustomize" && o.ci != "none" {
		fmt.Fprintf(s.Out, "CI compares %s with the sources; write and commit it, and point Flux or Argo CD there: %s\n", filepath.Join(o.directory, "rendered"), rendered)
	}
	return report(s, diags)
}

// isOriginal tells whether a file is the input itself, which stays as it is unless a MachineDeployment in
// it has to be marked.
func (o initOptions) isOriginal(name string) bool {
	return name == "inventory.yaml" && sameDirectory(filepath.Join(o.directory, name), o.inventory)
}

// releaseVersion is what CI installs, as a version of the module and as a name in its repository.
func releaseVersion() (version, ref string) {
	v := ownVersion()
	if strings.HasPrefix(v, "v") && !strings.ContainsAny(v, "-+") {
		return v, v
	}
	return "latest", "main"
}
