// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/output"
	"github.com/vspread/vspread/internal/scaffold"
	"github.com/vspread/vspread/internal/source"
)

type initOptions struct {
	directory, inventory, tool, ci string
	workers                        scaffold.Workers
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
	f.StringVar(&o.workers.Seed, "seed", "", "the MachineDeployment that the pools are copied from")
	f.StringVar(&o.workers.Adopt, "adopt", "", "the running MachineDeployment that becomes one of the pools, the others being copies of it")
	f.BoolVar(&o.workers.Exclude, "exclude", false, "keep the cluster's MachineDeployments running beside the pools")
	f.IntVar(&o.workers.Replicas, "replicas", -1, "the number of workers; the default is that of the seed, else 3")
	f.Lookup("replicas").DefValue = "0" // which help does not show: the default depends
	return c
}

func (o *initOptions) run(c *cobra.Command, s Streams, paths []string) error {
	if !slices.Contains(scaffold.Tools(), o.tool) {
		return usagef(c, "--for is kustomize, kpt or render, not %q", o.tool)
	}
	if !slices.Contains(scaffold.Forges(), o.ci) {
		return usagef(c, "--ci is github, gitlab or none, not %q", o.ci)
	}
	if w := o.workers; w.Seed != "" && w.Adopt != "" || w.Seed+w.Adopt != "" && w.Exclude {
		return usagef(c, "--seed, --adopt and --exclude exclude each other")
	}
	if c.Flags().Changed("replicas") && (o.workers.Replicas < 0 || o.workers.Replicas > v1alpha1.MaxReplicas) {
		return usagef(c, "--replicas is a number from 0 to %d, not %d", v1alpha1.MaxReplicas, o.workers.Replicas)
	}
	input, err := source.Files(paths, source.Options{Stdin: s.In})
	if err != nil {
		return err
	}
	inv, diags, err := openFlagged(o.inventory)
	if err != nil {
		return err
	}
	diags = append(input.Diags, diags...)
	cluster, set, more := scaffold.OnlyCluster(input.Items)
	diags.Append(more...)
	input.Locate(diags)
	if diags.HasErrors() {
		return report(s, diags)
	}
	v := scaffold.Values{Cluster: cluster.Ref.Name, Inventory: inv.ConfigMap.GetName(), Tool: o.tool, CI: o.ci}
	v.Version, v.Ref = releaseVersion()
	path, inRepository, err := source.RepositoryPath(o.directory)
	if err != nil {
		return err
	}
	if o.ci != "none" && strings.ContainsAny(path, " \t\n") {
		return usagef(c, "%q has a space in it, and a workflow takes several directories apart by spaces; choose another directory, or --ci none", path)
	}
	v.Path = path
	if err := o.choose(c, s, scaffold.Deployments(set, cluster)); err != nil {
		return err
	}
	if v.Pools, err = o.workers.Apply(input.Items, set, cluster, &inv.Inventory); err != nil {
		return usageError{err, c.CommandPath()}
	}
	v.Shared = scaffold.SharedDatastore(&inv.Inventory)
	items, more := scaffold.WithoutSecrets(input.Items)
	diags.Append(more...)
	input.Locate(diags)
	if err := report(s, diags); err != nil {
		return err
	}
	manifests, resources := scaffold.Manifests(items)
	v.Resources = append(resources, "inventory.yaml")
	files, err := scaffold.Files(v)
	if err != nil {
		return err
	}
	for file, nodes := range manifests {
		files[file] = output.Document(nodes)
	}
	files["inventory.yaml"] = output.Document(inv.Nodes)
	return o.write(s, files, inRepository)
}

// choose says what becomes of the MachineDeployments that a cluster has: by the flags, or else by asking.
func (o *initOptions) choose(c *cobra.Command, s Streams, names []string) error {
	if err := o.workers.Check(names); err != nil {
		return usageError{err, c.CommandPath()}
	}
	if len(names) == 0 || o.workers.IsChosen() {
		return nil
	}
	have := "cluster has the MachineDeployment " + strings.Join(names, ", ")
	answer, err := ask(s, "The "+have+". Copy the pools from it (c), adopt it because it runs (a), or keep it beside them (k)? ")
	if err != nil || len(names) > 1 && answer != "k" {
		return usagef(c, "the %s: say --seed NAME to copy the pools from it, --adopt NAME when it runs and is to become one of them, or --exclude to keep it beside them", have)
	}
	switch answer {
	case "c":
		o.workers.Seed = names[0]
	case "a":
		o.workers.Adopt = names[0]
	}
	return nil
}

var errNoTerminal = errors.New("stdin is no terminal")

// ask puts a question to a person, and to nobody else.
func ask(s Streams, question string) (string, error) {
	if !isTerminal(s.In) {
		return "", errNoTerminal
	}
	fmt.Fprint(s.Err, question)
	line, err := bufio.NewReader(s.In).ReadString('\n')
	answer := strings.ToLower(strings.TrimSpace(line))
	if err == nil && !slices.Contains([]string{"c", "a", "k"}, answer) {
		err = errors.New("answer c, a or k")
	}
	return answer, err
}

// write puts the files there, none when one is in the way, and says what to do next.
func (o *initOptions) write(s Streams, files map[string][]byte, inRepository bool) error {
	var inTheWay []string
	toAdd := map[string][]byte{} // what a file that was there before needs besides
	names := slices.Sorted(maps.Keys(files))
	for _, name := range names {
		old, err := os.ReadFile(filepath.Join(o.directory, filepath.FromSlash(name)))
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return err
		case bytes.Equal(old, files[name]) || o.isOriginal(name):
		case filepath.Base(name) == ".gitlab-ci.yml": // there is one for the whole repository, and it is the user's
			if _, entry, _ := bytes.Cut(files[name], []byte("include:\n")); !bytes.Contains(old, entry) {
				toAdd[name] = entry
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
		if err := output.ReplaceFile(target, files[name]); err != nil {
			return err
		}
		fmt.Fprintf(s.Out, "created %s\n", filepath.Join(o.directory, name))
	}
	if !inRepository && o.ci != "none" && filepath.Clean(o.directory) != "." {
		fmt.Fprintf(s.Out, "\n%s is in no git repository yet, so the workflow was made for one whose root it is. If the root is to be above it, delete what was "+
			"created, run `git init` there, and then init again: a forge reads workflows at the root only.\n", o.directory)
	}
	for name, entry := range toAdd {
		fmt.Fprintf(s.Out, "\nAdd to %s, under include:\n%s", filepath.Join(o.directory, name), entry)
	}
	if !source.IsSame(filepath.Join(o.directory, "inventory.yaml"), o.inventory) {
		fmt.Fprintf(s.Out, "\nThe inventory is a copy. From now on: vspread inventory refresh -f %s\n", filepath.Join(o.directory, "inventory.yaml"))
	}
	written, err := source.Files([]string{o.directory}, source.Options{Stdin: s.In})
	if err != nil {
		return err
	}
	diags := expand(written).Diags
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
func (o *initOptions) isOriginal(name string) bool {
	return name == "inventory.yaml" && source.IsSame(filepath.Join(o.directory, name), o.inventory)
}

// releaseVersion is what CI installs, as a version of the module and as a name in its repository.
func releaseVersion() (version, ref string) {
	v := ownVersion()
	if strings.HasPrefix(v, "v") && !strings.ContainsAny(v, "-+") {
		return v, v
	}
	return "latest", "main"
}
