// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"

	"github.com/spf13/cobra"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/render"
)

type renderOptions struct {
	output, only string
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
		RunE: func(_ *cobra.Command, args []string) error { return o.run(s, args) },
	}
	c.Flags().StringVarP(&o.output, "output", "o", "", "directory to write into; earlier output is read from there")
	c.Flags().StringVar(&o.only, "only", "", "management: what the management cluster gets; storage: the StorageClass for the workload cluster itself")
	return c
}

func (o renderOptions) run(s Streams, paths []string) error {
	if o.only != "" && o.only != "management" && o.only != "storage" {
		return usagef("--only is management or storage, not %q", o.only)
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	for _, p := range paths {
		if o.output != "" && p != "-" && sameDirectory(p, o.output) {
			return usagef("-o must not be the directory that is read, %s", p)
		}
	}
	input := source{stdin: s, skip: o.output}
	if err := input.read(paths); err != nil {
		return err
	}
	if err := report(s, input.diags); err != nil {
		return err
	}
	if o.output != "" {
		return o.intoDirectory(s, input.items)
	}
	out := fn.Transform(input.items, nil)
	if err := report(s, out.Diags); err != nil {
		return err
	}
	text, diags := o.stream(out.Items)
	if err := report(s, diags); err != nil {
		return err
	}
	_, err := s.Out.Write(text)
	return err
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

// stream writes objects one after the other.
func (o renderOptions) stream(items []*yaml.RNode) ([]byte, diag.List) {
	items, diags := o.wanted(items)
	if diags.HasErrors() {
		return nil, diags
	}
	return document(items), diags
}

// noted are the annotations that tell where an object was read from.
var noted = []string{
	kioutil.PathAnnotation, kioutil.LegacyPathAnnotation, //nolint:staticcheck // older kpt's as well
	kioutil.IndexAnnotation, kioutil.LegacyIndexAnnotation, //nolint:staticcheck // older kpt's as well
	kioutil.SeqIndentAnnotation,
}

func document(items []*yaml.RNode) []byte {
	var b bytes.Buffer
	w := kio.ByteWriter{Writer: &b, ClearAnnotations: noted, KeepReaderAnnotations: false}
	if err := w.Write(items); err != nil {
		panic(err) // nodes that were read or made as YAML
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
		out = append(out, render.Pool{
			Cluster: p.Cluster, Host: host, Datastore: p.Datastore.Name, Name: p.Name, Replicas: p.Replicas,
			Template: p.Template, Note: p.Draining,
		})
	}
	return out
}
