// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bufio"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/scaffold"
	"github.com/vspread/vspread/internal/source"
)

type initOptions struct {
	repository
	workers scaffold.Workers
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

A cluster's MachineDeployment is what the pools are copied from (--seed NAME), or runs already and becomes one of
them, and the others copies of it (--adopt NAME, of several NAME,NAME), or stays next to them (--exclude, as all do
that are not named); on a terminal init asks. A ClusterSpread among the manifests is kept as it is.`,
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
	f.StringSliceVar(&o.workers.Adopt, "adopt", nil, "the running MachineDeployments that become pools, the others being copies of the first")
	f.BoolVar(&o.workers.Exclude, "exclude", false, "keep the cluster's MachineDeployments running next to the pools")
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
	if w := o.workers; w.Seed != "" && len(w.Adopt) > 0 || w.Exclude && (w.Seed != "" || len(w.Adopt) > 0) {
		return usagef(c, "--seed, --adopt and --exclude are mutually exclusive; what is not named by --seed or --adopt stays next to the pools")
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
	if cluster != nil {
		diags.Append(oddNames(cluster)...)
	}
	input.Locate(diags)
	if diags.HasErrors() {
		return report(s, diags)
	}
	own, more := scaffold.OwnSpread(set)
	diags.Append(more...)
	input.Locate(diags)
	if diags.HasErrors() {
		return report(s, diags)
	}
	v := scaffold.Values{Cluster: cluster.Ref.Name, Inventory: inv.ConfigMap.GetName(), Tool: o.tool, CI: o.ci}
	v.Version, v.Ref = releaseVersion()
	root, path, inRepository, err := source.Repository(o.directory)
	if err != nil {
		return err
	}
	if err := checkPath(o.directory, path, o.ci); err != nil {
		return usageError{err, c.CommandPath()}
	}
	o.root, o.path, v.Path = root, path, path
	switch {
	case own != nil && (o.workers.IsChosen() || c.Flags().Changed("replicas")):
		return usagef(c, "%s says what becomes of the workers, and --seed, --adopt, --exclude and --replicas would say it again; keep one of the two", own.Ref)
	case own == nil:
		if err := o.choose(c, s, scaffold.Deployments(set, cluster)); err != nil {
			return err
		}
		if v.Pools, err = o.workers.Apply(input.Items, set, cluster, &inv.Inventory); err != nil {
			return usageError{err, c.CommandPath()}
		}
	}
	v.Shared = scaffold.SharedDatastore(&inv.Inventory)
	items, more := scaffold.WithoutSecrets(input.Items)
	diags.Append(more...)
	input.Locate(diags)
	if err := report(s, diags); err != nil {
		return err
	}
	files, err := o.files(v, own, items, inv)
	if err != nil {
		return err
	}
	if edits := o.editsOf(v, own, set, more); len(edits) > 0 {
		input.Locate(edits)
		return report(s, edits)
	}
	if err := o.write(s, files, v.Pools.Excluded); err != nil {
		return err
	}
	return o.next(s, inRepository)
}

// choose says what becomes of the MachineDeployments that a cluster has: by the flags, or else by asking.
func (o *initOptions) choose(c *cobra.Command, s Streams, names []string) error {
	if err := o.workers.Check(names); err != nil {
		return usageError{err, c.CommandPath()}
	}
	if len(names) == 0 || o.workers.IsChosen() {
		return nil
	}
	have := fmt.Sprintf("the cluster has the %s %s", diag.Form(len(names), "MachineDeployment", "MachineDeployments"), strings.Join(names, ", "))
	choices := "--seed NAME to copy the pools from it, --adopt NAME when it runs and is to become one of them (of several NAME,NAME), or --exclude to keep it next to them"
	answer, err := ask(s, "The"+strings.TrimPrefix(have, "the")+". What becomes of it: seed, adopt or exclude? "+choices+": ")
	if err == nil {
		o.workers, err = o.workers.Answer(answer, names)
	}
	switch {
	case errors.Is(err, errNoTerminal):
		return usagef(c, "%s: say %s", have, choices)
	case err != nil:
		return usagef(c, "%w; say %s", err, choices)
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
	return strings.TrimSpace(line), err
}

// releaseVersion is what CI installs, as a version of the module and as a name in its repository.
func releaseVersion() (version, ref string) {
	v := ownVersion()
	if strings.HasPrefix(v, "v") && !strings.ContainsAny(v, "-+") {
		return v, v
	}
	return "latest", "main"
}
