// SPDX-License-Identifier: Apache-2.0

package fn

import (
	"bytes"
	"io"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/parallel"
	"github.com/vspread/vspread/internal/tree"
)

// place gives new objects the file they go to, behind what that file has already. An orchestrator that
// keeps objects in files tells where they are by annotations; one that does not, kustomize, drops ours.
// What belongs with an object that the user moved to another file goes there.
func place(added []*addition, items []*yaml.RNode, moved map[string]string) {
	next := map[string]int{}
	for _, item := range items {
		if item == nil {
			continue // removed
		}
		o := object.New(item.YNode(), 0)
		next[o.Place] = max(next[o.Place], o.Index()+1)
	}
	for i, a := range added {
		file, isMoved := moved[a.File]
		if isMoved {
			a.File = file
		}
		// Most files are new, and their objects follow one another. Only the others are worth an entry.
		if _, isThere := next[a.File]; !isMoved && !isThere {
			if i > 0 && added[i-1].File == a.File {
				a.Position = added[i-1].Position + 1
			}
			continue
		}
		a.Position = next[a.File]
		next[a.File]++
	}
}

// Write writes the list. Items are encoded one by one and indented: one document as
// a whole takes the encoder twice the time and, for a large list, more than a gigabyte. The error is that of writing.
func (rl *ResourceList) Write(out io.Writer) error {
	n := len(rl.Items) + len(rl.Added) + len(rl.Last)
	head := "apiVersion: " + kio.ResourceListAPIVersion + "\nkind: " + kio.ResourceListKind + "\nitems:\n"
	if n == 0 {
		head = strings.TrimSuffix(head, "\n") + " []\n"
	}
	if _, err := io.WriteString(out, head); err != nil {
		return err
	}
	if err := parallel.Write(out, n, func(text []byte, at int) []byte {
		e := itemEncoder{out: text}
		rl.encode(&e, at)
		return e.out
	}); err != nil {
		return err
	}
	var e itemEncoder
	if rl.FunctionConfig != nil && len(rl.FunctionConfig.Content()) > 0 {
		e.out = append(e.out, "functionConfig:\n"...)
		e.encode(rl.FunctionConfig.YNode(), "  ")
	}
	if len(rl.Results) > 0 {
		e.out = append(e.out, "results:\n"...)
		for _, r := range rl.Results {
			e.encode(codec.Encode(r), "- ")
		}
	}
	_, err := out.Write(e.out)
	return err
}

// encode writes one of all items.
func (rl *ResourceList) encode(e *itemEncoder, at int) {
	if at < len(rl.Items) {
		e.encode(rl.Items[at].YNode(), "- ")
		return
	}
	at -= len(rl.Items)
	if at >= len(rl.Added) {
		e.encode(rl.Last[at-len(rl.Added)].YNode(), "- ")
		return
	}
	text, ok := rl.Added[at].AppendItem(e.out)
	if !ok {
		e.encode(rl.Added[at].Node(), "- ")
		return
	}
	e.out = text
}

type itemEncoder struct {
	out     []byte
	scratch bytes.Buffer
}

// encode puts a node below a list or key: its first line after the lead, the others below it. All lines
// of a YAML block may be moved to the right together; empty ones stay empty.
func (w *itemEncoder) encode(n *yaml.Node, lead string) {
	if written, ok := codec.AppendBlock(append(w.out, lead...), n, codec.Block{Indent: len(lead)}); ok {
		w.out = written
		return
	}
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
		w.out = append(append(w.out, head...), '\n')
	}
	for line := range bytes.Lines(w.scratch.Bytes()) {
		if len(line) > 1 {
			w.out = append(w.out, lead...)
			lead = "  "
		}
		w.out = append(w.out, line...)
	}
}
