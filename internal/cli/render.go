// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/output"
	"github.com/vspread/vspread/internal/render"
	"github.com/vspread/vspread/internal/source"
)

type renderOptions struct {
	output, only   string
	pruneTemplates bool
}

func newRender(s Streams) *cobra.Command {
	var o renderOptions
	c := &cobra.Command{
		Use:   "render [PATH...]",
		Short: "Expand the ClusterSpreads in files and write plain YAML",
		Long: `render does the function's job on files and directories ("-" is stdin; default: the current
directory). It writes all objects but those that are local configuration: to stdout, or with
-o into a directory, one file for each pool, and then tells on stdout what it wrote.`,
		Example: `  vspread render cluster/ > rendered.yaml
  vspread render cluster/ -o rendered/
  clusterctl generate cluster apple --from capv.yaml | vspread render - spread.yaml inventory.yaml`,
		RunE: func(c *cobra.Command, args []string) error { return o.run(c, s, args) },
	}
	c.Flags().StringVarP(&o.output, "output", "o", "", "directory to write into; earlier output is read from there")
	c.Flags().StringVar(&o.only, "only", "", "management: what the management cluster gets; storage: the StorageClass for the workload cluster itself")
	c.Flags().BoolVar(&o.pruneTemplates, "prune-templates", false, "drop templates of earlier output that no MachineDeployment names; wait until their rollout is over")
	return c
}

func (o renderOptions) run(c *cobra.Command, s Streams, paths []string) error {
	if !slices.Contains([]output.Part{output.Everything, output.Management, output.Storage}, output.Part(o.only)) {
		return usagef(c, "--only is management or storage, not %q", o.only)
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	for _, p := range paths {
		if o.output != "" && p != "-" && source.IsWithin(p, o.output) {
			return usagef(c, "-o must not be a directory that is read from, and %s is in %s", p, o.output)
		}
	}
	if linked, err := filepath.EvalSymlinks(o.output); err == nil && o.output != "" {
		o.output = linked
	}
	if info, err := os.Stat(o.output); err == nil && !info.IsDir() {
		return usagef(c, "-o names %s, which is not a directory", o.output)
	}
	input, err := source.Files(paths, source.Options{Stdin: s.In, Skip: o.output})
	if err != nil {
		return err
	}
	if o.output != "" {
		return o.intoDirectory(s, input)
	}
	out := o.expanded(input, fn.Render)
	wanted, added, diags := output.WantedOf(out.Items, out.Added, output.Part(o.only))
	if !out.Diags.HasErrors() {
		out.Diags.Append(diags...)
		input.Locate(out.Diags)
	}
	if err := report(s, out.Diags); err != nil {
		return err
	}
	return output.Stream(s.Out, wanted, added)
}

// expanded does the function's job. Who says --only does already what the info about a bare StorageClass asks for.
func (o renderOptions) expanded(input *source.Manifests, transform transformer) fn.Outcome {
	if o.pruneTemplates {
		transform = fn.Transform // which templates are named is asked of the objects
	}
	out := expandWith(input, transform)
	if o.only != "" {
		out.Diags = slices.DeleteFunc(out.Diags, func(d *diag.Diagnostic) bool { return d.Code == diag.StorageDirect })
	}
	if o.pruneTemplates && !out.Diags.HasErrors() {
		kept, diags := output.Pruned(out.Items)
		out.Items = kept
		out.Diags.Append(diags...)
	}
	out.Diags.Append(input.Kustomizations()...)
	return out
}

// intoDirectory renders into files. What vspread wrote there before is the earlier output; what the
// user put there is left alone, also in files that are shared with ours.
func (o renderOptions) intoDirectory(s Streams, input *source.Manifests) error {
	// Nobody else writes there from the reading of what is there to the last file.
	target, err := output.Open(o.output)
	if err != nil {
		return err
	}
	defer target.Close()
	earlier, err := source.Files([]string{o.output}, source.Options{Stdin: s.In, Strict: true})
	if err != nil {
		return err
	}
	// Earlier output counts only where it is written to; another directory of output is known by what it owns.
	input.Items = slices.DeleteFunc(source.WithoutCopies(input.Items), isOwned)
	for _, n := range earlier.Items {
		if isOwned(n) {
			input.Items = append(input.Items, n)
		}
	}
	input.Diags.Append(earlier.Diags...)
	out := o.expanded(input, fn.Transform)
	earlier.Locate(out.Diags)
	wanted, diags := output.Wanted(out.Items, output.Part(o.only))
	layout := output.Arrange(o.output, wanted, out.Items, earlier.Items)
	layout.RefuseForeign(earlier.Foreign)
	layout.WarnUnlisted(earlier.Unlisted(layout.Files()))
	if !out.Diags.HasErrors() {
		out.Diags.Append(diags...)
		out.Diags.Append(layout.Diags...)
		earlier.Locate(out.Diags)
		input.Locate(out.Diags)
	}
	if err := report(s, out.Diags); err != nil {
		return err
	}
	if err := report(s, target.Sweep()); err != nil {
		return err
	}
	changes, err := layout.Write(target)
	if err != nil {
		return err
	}
	if err := render.Pools(s.Out, rows(out.Pools)); err != nil {
		return err
	}
	var changed []render.FileChange
	for _, c := range changes {
		if c.Action != output.Unchanged {
			changed = append(changed, render.FileChange{Name: c.Name, Action: string(c.Action)})
		}
	}
	return render.Files(s.Out, o.output, changed, len(changes)-len(changed))
}

func isOwned(n *yaml.RNode) bool { return object.New(n.YNode(), 0).Owner() != "" }

func rows(pools []fn.Pool) []render.Pool {
	var out []render.Pool
	for _, p := range pools {
		host := ""
		if len(p.Datastore.Hosts) == 1 {
			host = p.Datastore.Hosts[0]
		}
		row := render.Pool{
			Cluster: p.Cluster, Host: host, Datastore: p.Datastore.Name, Name: p.Name, Min: p.Replicas, Max: p.Replicas,
			Template: p.Template, Note: p.Draining,
		}
		if p.Bounds != nil {
			row.Min, row.Max = p.Bounds.Min, p.Bounds.Max
		}
		out = append(out, row)
	}
	return out
}
