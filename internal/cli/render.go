// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/ownership"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/render"
	"github.com/vspread/vspread/internal/tree"
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
	if o.only != "" && o.only != "management" && o.only != "storage" {
		return usagef(c, "--only is management or storage, not %q", o.only)
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	for _, p := range paths {
		if o.output != "" && p != "-" && isWithin(p, o.output) {
			return usagef(c, "-o must not be a directory that is read from, and %s is in %s", p, o.output)
		}
	}
	if linked, err := filepath.EvalSymlinks(o.output); err == nil && o.output != "" {
		o.output = linked
	}
	if info, err := os.Stat(o.output); err == nil && !info.IsDir() {
		return usagef(c, "-o names %s, which is not a directory", o.output)
	}
	input := source{stdin: s, skip: o.output}
	if err := input.read(paths); err != nil {
		return err
	}
	if o.output != "" {
		return o.intoDirectory(s, input)
	}
	out := o.expanded(input)
	wanted, diags := o.wanted(out.Items)
	if !out.Diags.HasErrors() {
		out.Diags.Append(diags...)
	}
	if err := report(s, out.Diags); err != nil {
		return err
	}
	_, err := s.Out.Write(document(wanted))
	return err
}

// expanded does the function's job. Who says --only does already what the info about a bare StorageClass asks for.
func (o renderOptions) expanded(input source) fn.Outcome {
	out := input.transform()
	if o.only != "" {
		out.Diags = slices.DeleteFunc(out.Diags, func(d *diag.Diagnostic) bool { return d.Code == diag.StorageDirect })
	}
	out = o.pruned(out)
	out.Diags.Append(input.kustomizations()...)
	return out
}

// isWithin tells whether a path is a directory or something in it.
func isWithin(p, dir string) bool {
	real := func(p string) string {
		if abs, err := filepath.Abs(p); err == nil {
			p = abs
		}
		if linked, err := filepath.EvalSymlinks(p); err == nil {
			p = linked
		}
		return p
	}
	rel, err := filepath.Rel(real(dir), real(p))
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// wanted leaves out what is not to be applied, or not where --only says.
func (o renderOptions) wanted(items []*yaml.RNode) ([]*yaml.RNode, diag.List) {
	var diags diag.List
	var out []*yaml.RNode
	for _, item := range items {
		x := object.New(item.YNode(), 0)
		direct := x.Ref.Kind == "StorageClass" && x.Owner() != ""
		if x.IsLocalConfig() || o.only == "storage" && !direct || o.only == "management" && direct {
			continue
		}
		out = append(out, item)
	}
	if o.only == "storage" && len(out) == 0 {
		diags.Errorf(diag.StorageDirect, diag.Where{}, "there is no StorageClass to be applied directly").
			WithHint("set storage.delivery: Direct; with ClusterResourceSet, Cluster API delivers it")
	}
	return out, diags
}

// pruned leaves out templates that nothing names, if it is asked to, and tells which.
func (o renderOptions) pruned(out fn.Outcome) fn.Outcome {
	if !o.pruneTemplates || out.Diags.HasErrors() {
		return out
	}
	var all []*object.Object
	for i, item := range out.Items {
		all = append(all, object.New(item.YNode(), i))
	}
	for _, t := range ownership.UnusedTemplates(object.NewSet(all)) {
		out.Items[t.Item] = nil
		out.Diags.Infof(diag.TemplateUnused, diag.At(t.Ref, ""), "is pruned: no MachineDeployment names it")
	}
	out.Items = slices.DeleteFunc(out.Items, func(n *yaml.RNode) bool { return n == nil })
	return out
}

// document writes objects one after the other, without the notes.
func document(items []*yaml.RNode) []byte {
	var b bytes.Buffer
	for i, n := range items {
		if i > 0 {
			b.WriteString("---\n")
		}
		tree.Writable(n.YNode())
		if len(items) > 1 && path.Ext(object.New(n.YNode(), 0).Place) == ".json" {
			// The writer would write JSON, and a file of several is YAML.
			n = n.Copy()
			object.RemoveNotes(n.YNode())
		}
		// One by one: the YAML library's encoder keeps all that it has written, some hundred bytes for each value.
		w := kio.ByteWriter{Writer: &b, ClearAnnotations: object.Notes(), KeepReaderAnnotations: false}
		if err := w.Write([]*yaml.RNode{n}); err != nil {
			panic(err) // nodes that were read or made as YAML
		}
	}
	return b.Bytes()
}

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
