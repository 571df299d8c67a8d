// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"reflect"
	"slices"

	"github.com/vspread/vspread/internal/codec"
)

// longestPaths is the most bytes of all paths; those of 100,000 objects take 15 MiB.
const longestPaths = 256 << 20

// check refuses a tree that no vCenter has: one whose ways up are endless or go round in a circle, or whose paths would fill
// the memory.
func (t *tree) check() error {
	type way struct{ depth, length int }
	ways := make(map[*node]way, len(t.nodes))
	sum := 0
	for _, n := range t.nodes {
		var up []*node
		var above way
		for n != nil {
			known, ok := ways[n]
			if ok {
				above = known
				break
			}
			if up = append(up, n); len(up) > deepest {
				return errNonsense
			}
			if n.parent == nil {
				break
			}
			n = t.nodes[*n.parent]
		}
		for _, n := range slices.Backward(up) {
			above = way{above.depth + 1, above.length + 1 + len(n.name)}
			ways[n] = above
			sum += above.length
			switch {
			case above.depth > deepest:
				return errNonsense
			case sum > longestPaths:
				return errTooMuch
			}
		}
	}
	return nil
}

// fits tells whether what was read could be read again as an inventory.
func fits(inv any) bool { return weight(reflect.ValueOf(inv)) <= codec.MaxInput }

// weight sums the lengths of all texts in a value.
func weight(v reflect.Value) int {
	sum := 0
	switch v.Kind() {
	case reflect.String:
		return v.Len()
	case reflect.Pointer:
		if !v.IsNil() {
			return weight(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			sum += weight(v.Index(i))
		}
	case reflect.Map:
		for k, e := range v.Seq2() {
			sum += weight(k) + weight(e)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			sum += weight(v.Field(i))
		}
	default:
		// numbers are short
	}
	return sum
}
