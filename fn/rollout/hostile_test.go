// SPDX-License-Identifier: Apache-2.0

package rollout_test

import (
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/rollout"
)

// TestNoShapeOfAnObjectBreaksIt puts something else at every place of the manifests: what is rendered by others has not
// been checked by anybody. Nothing is asked of the plan but that there is one, and that a side equals itself.
func TestNoShapeOfAnObjectBreaksIt(t *testing.T) {
	t.Parallel()
	manifests := strings.Replace(base, "kind: Cluster\nmetadata: {name: apple}\nspec:", "kind: Cluster\nmetadata: {name: apple}\nspec:\n  topology: {version: v1}", 1)
	for _, version := range []string{"v1beta2", "v1beta1"} {
		text := strings.ReplaceAll(manifests, "v1beta2", version)
		whole := side(t, text, known)
		for i := 0; ; i++ {
			done := true
			for _, other := range []string{"x", "7", "null", "[]", "{}", "[x, {y: z}]", "{x: {y: z}}", "-1", "''"} {
				nodes, err := (&kio.ByteReader{Reader: strings.NewReader(text), OmitReaderAnnotations: true}).Read()
				if err != nil {
					t.Fatal(err)
				}
				n := 0
				var objects []*object.Object
				for item, o := range nodes {
					if replaceNth(o.YNode(), &n, i, yaml.MustParse(other).YNode()) {
						done = false
					}
					objects = append(objects, object.New(o.YNode(), item))
				}
				broken := rollout.Side{Objects: object.NewSet(objects), Inventories: whole.Inventories}
				rollout.Compare(whole, broken)
				rollout.Compare(broken, whole)
				if p := rollout.Compare(broken, broken); p.Changed() {
					t.Errorf("place %d is %s: a side against itself: %s", i, other, p.Sentence)
				}
			}
			if done {
				if i < 100 {
					t.Errorf("only %d places were tried", i)
				}
				break
			}
		}
	}
}

// replaceNth puts a value at the place of that number, counting the values of mappings and lists.
func replaceNth(n *yaml.Node, count *int, nth int, value *yaml.Node) bool {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			continue
		}
		if *count++; *count-1 == nth {
			n.Content[i] = value
			return true
		}
		if replaceNth(c, count, nth, value) {
			return true
		}
	}
	return false
}
