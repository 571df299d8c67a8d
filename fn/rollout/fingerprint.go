// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/tree"
)

// fingerprint is equal for trees that have no differences, and for no others.
func fingerprint(n *yaml.Node) string {
	var b strings.Builder
	printInto(&b, n)
	sum := sha256.Sum256([]byte(b.String()))
	return string(sum[:])
}

func printInto(w *strings.Builder, n *yaml.Node) {
	n = something(n)
	switch {
	case n == nil:
		w.WriteByte('-')
	case n.Kind == yaml.MappingNode:
		pairs := make([][2]*yaml.Node, 0, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			if something(n.Content[i+1]) != nil {
				pairs = append(pairs, [2]*yaml.Node{n.Content[i], n.Content[i+1]})
			}
		}
		slices.SortFunc(pairs, func(a, b [2]*yaml.Node) int { return strings.Compare(a[0].Value, b[0].Value) })
		w.WriteByte('{')
		for _, p := range pairs {
			fmt.Fprintf(w, "%d:%s", len(p[0].Value), p[0].Value)
			printInto(w, p[1])
		}
		w.WriteByte('}')
	case n.Kind == yaml.SequenceNode:
		w.WriteByte('[')
		for _, c := range n.Content {
			printInto(w, c)
		}
		w.WriteByte(']')
	default:
		text, isSent := tree.Sent(n)
		if !isSent { // then only what is written alike is the same
			text = fmt.Sprintf("%s %d %s", n.Tag, n.Style, n.Value)
		}
		fmt.Fprintf(w, "%t%d:%s", isSent, len(text), text)
	}
}
