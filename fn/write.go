// SPDX-License-Identifier: Apache-2.0

package fn

import (
	"bytes"
	"io"

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

// chunk is how many items one processor encodes at a time.
const chunk = 64

// WriteTo writes the list. Items are encoded one by one and indented: one document as
// a whole takes the encoder twice the time and, for a large list, more than a gigabyte.
func (rl *ResourceList) WriteTo(out io.Writer) (int64, error) {
	w := counted{next: out}
	w.write([]byte("apiVersion: " + kio.ResourceListAPIVersion + "\nkind: " + kio.ResourceListKind + "\n"))
	n := len(rl.Items) + len(rl.Added) + len(rl.Last)
	if n == 0 {
		w.write([]byte("items: []\n"))
	} else {
		w.write([]byte("items:\n"))
	}
	for _, text := range parallel.InOrder((n+chunk-1)/chunk, func(i int) []byte {
		var e itemEncoder
		for at := i * chunk; at < min(n, (i+1)*chunk); at++ {
			rl.encode(&e, at)
		}
		return e.out
	}) {
		if w.write(text); w.err != nil {
			return w.n, w.err
		}
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
	w.write(e.out)
	return w.n, w.err
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

// counted writes until something goes wrong.
type counted struct {
	next io.Writer
	n    int64
	err  error
}

func (w *counted) write(p []byte) {
	if w.err == nil {
		var n int
		n, w.err = w.next.Write(p)
		w.n += int64(n)
	}
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
