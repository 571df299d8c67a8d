// SPDX-License-Identifier: Apache-2.0

package fn

import (
	"bytes"
	"strconv"

	sdk "github.com/kptdev/krm-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/tree"
)

// placed gives new objects the file they go to, behind what that file has already. An orchestrator that
// keeps objects in files tells where they are by annotations; one that does not, kustomize, drops ours.
// What belongs with an object that the user moved to another file goes there.
func placed(added []object.Desired, items []*yaml.RNode, moved map[string]string) []*yaml.RNode {
	next := map[string]int{}
	for _, item := range items {
		if item == nil {
			continue // removed
		}
		o := object.New(item.YNode(), 0)
		next[o.Place] = max(next[o.Place], o.Index()+1)
	}
	var out []*yaml.RNode
	for _, d := range added {
		n := d.Node.YNode()
		if file, ok := moved[d.File]; ok {
			d.File = file
		}
		tree.Set(n, codec.String(d.File), "metadata", "annotations", kioutil.PathAnnotation)
		tree.Set(n, &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Style: yaml.DoubleQuotedStyle, Value: strconv.Itoa(next[d.File])},
			"metadata", "annotations", kioutil.IndexAnnotation)
		next[d.File]++
		out = append(out, d.Node)
	}
	return out
}

// WriteResourceList writes a ResourceList. Items are encoded one by one and indented: one document as
// a whole takes the encoder twice the time and, for a large list, more than a gigabyte.
func WriteResourceList(rl *sdk.ResourceList) []byte {
	var b bytes.Buffer
	b.WriteString("apiVersion: " + kio.ResourceListAPIVersion + "\nkind: " + kio.ResourceListKind + "\n")
	w := itemWriter{out: &b}
	if len(rl.Items) == 0 {
		b.WriteString("items: []\n")
	} else {
		b.WriteString("items:\n")
	}
	for _, item := range rl.Items {
		w.write(borrowed(item).YNode(), "- ")
	}
	if rl.FunctionConfig != nil && !rl.FunctionConfig.IsEmpty() {
		b.WriteString("functionConfig:\n")
		w.write(borrowed(rl.FunctionConfig).YNode(), "  ")
	}
	if len(rl.Results) > 0 {
		b.WriteString("results:\n")
		for _, r := range rl.Results {
			w.write(codec.Encode(r), "- ")
		}
	}
	return b.Bytes()
}

type itemWriter struct {
	out     *bytes.Buffer
	scratch bytes.Buffer
}

// write puts a node below a list or key: its first line after the lead, the others below it. All lines
// of a YAML block may be moved to the right together; empty ones stay empty.
func (w *itemWriter) write(n *yaml.Node, lead string) {
	tree.Writable(n)
	// A comment above the object goes above the dash, where a reader of the list looks for it.
	head := n.HeadComment
	n.HeadComment = ""
	w.scratch.Reset()
	encoder := yaml.NewEncoder(&w.scratch)
	if err := encoder.Encode(n); err != nil {
		panic(err) // only a node that is no YAML; guarded turns it into an error
	}
	n.HeadComment = head
	if head != "" {
		for line := range bytes.Lines([]byte(head + "\n")) {
			w.out.Write(line)
		}
	}
	for line := range bytes.Lines(w.scratch.Bytes()) {
		if len(line) > 1 {
			w.out.WriteString(lead)
			lead = "  "
		}
		w.out.Write(line)
	}
}
